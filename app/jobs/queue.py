"""Putting work into the ledger, and ringing Huey's bell once it is committed."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from app.db import after_commit, db
from app.jobs.models import Trabajo
from app.jobs.registry import get_job, list_periodic
from app.jobs.rules import PRIORITY_PERSON, PRIORITY_SWEEP, EstadoTrabajo

logger = logging.getLogger(__name__)

_bell: Callable[[datetime | None], None] | None = None


def connect_bell(bell: Callable[[datetime | None], None] | None) -> None:
    """Say how the consumer is woken: ``bell(None)`` now, ``bell(moment)`` then."""
    global _bell  # one process, one alarm clock
    _bell = bell


def ring(moment: datetime | None = None) -> None:
    """Wake the consumer. A failure is logged: the sweep finds the row within a minute."""
    if _bell is None:
        return
    try:
        _bell(moment)
    except Exception:
        logger.exception("could not wake the consumer; the sweep will")


def enqueue(
    name: str,
    *,
    key: str,
    now: datetime,
    args: dict[str, Any] | None = None,
    oficio_id: int | None = None,
    usuario_id: int | None = None,
    prioridad: int = PRIORITY_PERSON,
    ejecutar_desde: datetime | None = None,
) -> Trabajo:
    """Add a job to the caller's transaction: no commit, no job.

    A key that exists is the same job, whatever its state. Arguments are identifiers only.

    Raises:
        UnknownJob: nobody registered that name.
    """
    definition = get_job(name)
    existing = db.session.scalar(sa.select(Trabajo).where(Trabajo.clave == key))
    if existing is not None:
        return existing
    when = ejecutar_desde or now
    trabajo = Trabajo(
        tipo=name,
        clave=key,
        argumentos=args or {},
        oficio_id=oficio_id,
        usuario_id=usuario_id,
        prioridad=prioridad,
        estado=EstadoTrabajo.PROGRAMADO if when > now else EstadoTrabajo.PENDIENTE,
        ejecutar_desde=when,
        max_intentos=definition.max_attempts,
        created_at=now,
    )
    db.session.add(trabajo)
    db.session.flush()
    moment = when if when > now else None
    after_commit(lambda: ring(moment))
    return trabajo


def enqueue_periodic(now: datetime) -> None:
    """Enqueue what is due in the current window, once, whoever asks and however often.

    Windows that went by while nothing ran are not made up for: one catch-up is enough, since each
    periodic job looks for all that is due.
    """
    for periodic in list_periodic():
        window = int(now.timestamp()) // periodic.seconds
        enqueue(
            periodic.job_name,
            key=f"{periodic.job_name}:{window}",
            now=now,
            prioridad=PRIORITY_SWEEP,
        )
