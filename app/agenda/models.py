"""The calendar that somebody reads outside of Rastro."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.core.clock import utcnow
from app.core.personal_data import Borrado, Personal, Titular
from app.db import Model, ShortText


class EnlaceCalendario(Model):
    """That a person has a link to their calendar: its public half, which alone opens nothing."""

    __tablename__ = "calendarios"
    __personal__ = Personal(
        "Enlaces al calendario",
        otros=("selector", "created_at"),
        titular=Titular.OFICINA,
        borrado=Borrado.FILA,
    )

    usuario_id: Mapped[int] = mapped_column(sa.ForeignKey("usuarios.id"), primary_key=True)
    #: Another one ends the link of before.
    selector: Mapped[str] = mapped_column(ShortText(64), unique=True)
    created_at: Mapped[datetime] = mapped_column(default=utcnow)
