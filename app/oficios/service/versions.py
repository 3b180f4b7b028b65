"""The version of an oficio: asked for before a change, counted after it."""

from __future__ import annotations

from datetime import datetime

from app.db import db
from app.eventos.rules import TipoEvento
from app.eventos.service.emitting import emit
from app.oficios.models import Oficio
from app.oficios.service.case_refusals import StaleOficio
from app.usuarios.models import Usuario


def check_version(oficio: Oficio, version: int, now: datetime) -> None:
    """Refuse a change that was decided on an older state.

    Raises:
        StaleOficio: with who changed it and when.
    """
    if version != oficio.version:
        raise StaleOficio(oficio, now)


def touch(oficio: Oficio, *, actor: Usuario | None, now: datetime) -> None:
    """Mark that a person changed the oficio, so that stale copies of it are noticed."""
    oficio.version += 1
    oficio.updated_at = now
    oficio.modificado_por_id = actor.id if actor else None
    db.session.flush()
    emit(
        TipoEvento.CAMBIADO,
        oficio_id=oficio.id,
        buffet_id=oficio.buffet_id,
        now=now,
        version=oficio.version,
    )
