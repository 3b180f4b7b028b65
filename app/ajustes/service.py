"""Changing settings."""

from __future__ import annotations

from app.ajustes.models import Ajuste
from app.db import db


def set_setting(clave: str, valor: str) -> None:
    """Store a value under a name, in the caller's transaction."""
    db.session.merge(Ajuste(clave=clave, valor=valor))
    db.session.flush()
