"""The stamps of the tables."""

from __future__ import annotations

from sqlalchemy.orm import Mapped, mapped_column

from app.core.personal_data import Borrado, Personal, Titular
from app.db import Model, ShortText


class CambioDeTabla(Model):
    """The stamp of a table: another one after each commit that wrote to it.

    Stamps are random, not counted: a restored backup brings those of its day along, and a number
    that was counted twice would stand for two contents.
    """

    __tablename__ = "cambios_de_tabla"
    __personal__ = Personal(
        "Sellos de las tablas",
        otros=("tabla", "huella"),
        titular=Titular.NADIE,
        borrado=Borrado.GUARDAR,
        motivo="Dice qué tabla cambió, no qué contiene.",
    )

    tabla: Mapped[str] = mapped_column(ShortText(63), primary_key=True)
    huella: Mapped[str] = mapped_column(ShortText(32))
