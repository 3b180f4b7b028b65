"""That somebody opened a case that is not theirs."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.core.clock import utcnow
from app.core.personal_data import Borrado, Dato, Personal
from app.core.sealed import Sealed
from app.db import Model, ShortText


class Apertura(Model):
    """A case that somebody of the office opened for a while, and why."""

    __tablename__ = "aperturas"
    __table_args__ = (sa.Index("ix_aperturas_reader", "usuario_id", "hasta_at"),)
    __sealed__ = (
        Sealed(
            tipo="apertura",
            label="la apertura del caso",
            fields=("usuario_id", "motivo", "hasta_at", "created_at"),
        ),
    )
    __personal__ = Personal(
        "Aperturas de casos ajenos",
        {"motivo": Dato.TEXTO},
        otros=("hasta_at", "created_at"),
        borrado=Borrado.VACIAR,
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    oficio_id: Mapped[int] = mapped_column(sa.ForeignKey("oficios.id"), index=True)
    usuario_id: Mapped[int] = mapped_column(sa.ForeignKey("usuarios.id"))
    motivo: Mapped[str] = mapped_column(ShortText(300))
    hasta_at: Mapped[datetime]
    created_at: Mapped[datetime] = mapped_column(default=utcnow)
