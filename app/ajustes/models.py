"""Settings that live in the database, among them whether it is a demonstration."""

from __future__ import annotations

from sqlalchemy.orm import Mapped, mapped_column

from app.db import Model, ShortText


class Ajuste(Model):
    """One named setting of this installation."""

    __tablename__ = "ajustes"

    clave: Mapped[str] = mapped_column(ShortText(60), primary_key=True)
    valor: Mapped[str] = mapped_column(ShortText(2000))
