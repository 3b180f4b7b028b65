"""What a person of the firm should know without looking for it."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.core.clock import utcnow
from app.core.personal_data import Borrado, Dato, Personal
from app.db import Model, ShortText


class Aviso(Model):
    """One sentence for one person, with the page where something can be done about it."""

    __tablename__ = "avisos"
    __table_args__ = (
        sa.UniqueConstraint("usuario_id", "clave"),
        sa.Index("ix_avisos_unread", "usuario_id", "leido_at"),
    )

    __personal__ = Personal(
        "Avisos de la campana",
        {
            "texto": Dato.TEXTO,
            "url": Dato.TEXTO,
        },
        otros=("accion", "clave", "leido_at", "created_at"),
        borrado=Borrado.FILA,
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    usuario_id: Mapped[int] = mapped_column(sa.ForeignKey("usuarios.id"))
    #: The oficio that it is about.
    oficio_id: Mapped[int | None] = mapped_column(sa.ForeignKey("oficios.id"))
    texto: Mapped[str] = mapped_column(ShortText(500))
    #: A path of this application.
    url: Mapped[str] = mapped_column(ShortText(255))
    #: What pressing it does, for example «Ver la respuesta».
    accion: Mapped[str] = mapped_column(ShortText(60))
    #: What it comes from, so that the same event tells a person once.
    clave: Mapped[str] = mapped_column(ShortText(80))
    leido_at: Mapped[datetime | None]
    created_at: Mapped[datetime] = mapped_column(default=utcnow)
