"""Reading settings."""

from __future__ import annotations

from app.ajustes.models import Ajuste
from app.db import db


def find_setting(clave: str) -> str | None:
    """The stored value, or None when nobody set it."""
    ajuste = db.session.get(Ajuste, clave)
    return ajuste.valor if ajuste else None


def is_demo() -> bool:
    """Whether this database is marked as a demonstration.

    Simulated sightings, known passwords and the demo mailbox exist only in such a database.
    """
    return find_setting("demo") == "1"
