"""Settings that live in the database, among them whether it is a demonstration."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.ajustes.rules import VALUE_MAX
from app.core.clock import utcnow
from app.core.personal_data import Borrado, Dato, Personal, Titular
from app.db import Model, ShortText


class Ajuste(Model):
    """One named setting of this installation."""

    __tablename__ = "ajustes"
    __personal__ = Personal(
        "Ajustes",
        {
            "valor": Dato.TEXTO,
        },
        titular=Titular.OFICINA,
        borrado=Borrado.GUARDAR,
        motivo="Son los ajustes de la propia oficina.",
    )

    clave: Mapped[str] = mapped_column(ShortText(60), primary_key=True)
    valor: Mapped[str] = mapped_column(ShortText(VALUE_MAX))


class Logo(Model):
    """A logo of the office, drawn anew as a small PNG. Never changed: mails that went out with an
    earlier one still show it.

    It is a row and no file, so that it is there whenever the name beside it is.
    """

    __tablename__ = "logos"
    __personal__ = Personal(
        "Logos de la oficina",
        otros=("datos", "ancho", "alto", "created_at"),
        titular=Titular.NADIE,
        borrado=Borrado.GUARDAR,
        motivo="Un logo no es de una persona.",
    )

    sha256: Mapped[str] = mapped_column(ShortText(64), primary_key=True)
    datos: Mapped[bytes] = mapped_column(sa.LargeBinary, deferred=True)
    ancho: Mapped[int]
    alto: Mapped[int]
    created_at: Mapped[datetime] = mapped_column(default=utcnow)
