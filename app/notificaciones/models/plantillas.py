"""The office's own words around the facts of a notice."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.core.clock import utcnow
from app.core.personal_data import Borrado, Dato, Personal, Titular
from app.db import Model, ShortText


class Plantilla(Model):
    """A template as an admin changed it; without a row the product's own words hold."""

    __tablename__ = "plantillas"
    __personal__ = Personal(
        "Plantillas de correos",
        {
            "asunto": Dato.TEXTO,
            "saludo": Dato.TEXTO,
            "introduccion": Dato.TEXTO,
            "despedida": Dato.TEXTO,
        },
        otros=("updated_at",),
        titular=Titular.NADIE,
        borrado=Borrado.GUARDAR,
        motivo="Son frases de la oficina.",
    )

    #: What it is for; today only ``receptor``.
    clave: Mapped[str] = mapped_column(ShortText(40), primary_key=True)
    asunto: Mapped[str] = mapped_column(ShortText(200))
    saludo: Mapped[str] = mapped_column(ShortText(200))
    introduccion: Mapped[str] = mapped_column(sa.Text)
    despedida: Mapped[str] = mapped_column(sa.Text)
    modificada_por_id: Mapped[int | None] = mapped_column(sa.ForeignKey("usuarios.id"))
    updated_at: Mapped[datetime] = mapped_column(default=utcnow)
