"""Writing down who did what."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Protocol

from app.auditoria.models import Auditoria
from app.db import db


class Actor(Protocol):
    """Whoever acts: an account."""

    id: Any


def audit(
    accion: str,
    *,
    actor: Actor | None,
    now: datetime,
    entidad: str | None = None,
    entidad_id: int | None = None,
    oficio_id: int | None = None,
    **detalle: Any,
) -> None:
    """Write down a deed that concerns security or personal data, in the deed's transaction.

    ``oficio_id`` is the case that it concerns, whose *Historial* then shows it. ``detalle`` holds
    identifiers and small facts as JSON, never secrets or personal data.
    """
    db.session.add(
        Auditoria(
            accion=accion,
            usuario_id=actor.id if actor else None,
            entidad=entidad,
            entidad_id=entidad_id,
            oficio_id=oficio_id or (entidad_id if entidad == "oficio" else None),
            detalle=detalle,
            created_at=now,
        )
    )
