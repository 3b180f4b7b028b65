"""When a clock ran ahead and is right again: what it stamped must not hold the ledger up.

A wait is what lies between two stamps of one clock, so it is kept when both are moved back. Nothing
that is evidence is touched: only when a job may start, until when it is leased, and under which
key a periodic one stands.
"""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

import sqlalchemy as sa

from app.core.clock import CLOCK_SKEW, is_ahead_of
from app.db import db
from app.jobs.models import Consumidor, Trabajo
from app.jobs.pulse import clock_ahead
from app.jobs.registry import UnknownJob, get_job
from app.jobs.rules import PRIORITY_SWEEP, WAITING_STATES, EstadoTrabajo

logger = logging.getLogger(__name__)

#: What a key of a window is followed by when a clock came to that window too early.
_EARLY = ":adelantado:"


def put_right(now: datetime) -> int:
    """Move back what a clock that ran ahead stamped; returns how many jobs. Safe to repeat.

    Call it inside a transaction. A machine whose own clock differs from the database's changes
    nothing: what others stamped would look wrong to it.
    """
    if abs(clock_ahead()) > CLOCK_SKEW:
        logger.warning("this machine's clock differs from the database's; set it right")
        return 0
    moved = _move_waiting(now) + _shorten_leases(now) + _free_windows(now)
    if moved:
        logger.warning("a clock ran ahead: %d jobs were moved back to their own time", moved)
    return moved


def newest_stamp() -> datetime | None:
    """The newest moment that the ledger and its consumers know."""
    newest = [
        db.session.scalar(sa.select(sa.func.max(Trabajo.created_at))),
        db.session.scalar(sa.select(sa.func.max(Consumidor.ultimo_latido_at))),
    ]
    return max((moment for moment in newest if moment is not None), default=None)


def list_skews() -> list[tuple[str, timedelta]]:
    """Consumers whose clock differs from the database's, with by how much it ran ahead."""
    rows = db.session.execute(sa.select(Consumidor.id, Consumidor.desfase_s))
    skews = [(row.id, timedelta(seconds=row.desfase_s)) for row in rows]
    return [(name, ahead) for name, ahead in skews if abs(ahead) > CLOCK_SKEW]


def is_skewed(now: datetime) -> bool:
    """Whether clocks disagree, or something is stamped with a moment that has not come."""
    newest = newest_stamp()
    return (
        abs(clock_ahead()) > CLOCK_SKEW
        or bool(list_skews())
        or (newest is not None and is_ahead_of(newest, now))
    )


def _move_waiting(now: datetime) -> int:
    written = sa.func.coalesce(
        Trabajo.programado_at, Trabajo.created_at, type_=Trabajo.created_at.type
    )
    early = sa.select(Trabajo).where(
        Trabajo.estado.in_(WAITING_STATES),
        Trabajo.ejecutar_desde > now,
        written > now + CLOCK_SKEW,
    )
    moved = 0
    for trabajo in db.session.scalars(early.with_for_update(skip_locked=True)):
        stamped = trabajo.programado_at or trabajo.created_at
        trabajo.ejecutar_desde = now + max(trabajo.ejecutar_desde - stamped, timedelta(0))
        trabajo.programado_at = now
        # A turn at a provider was booked in the time of that clock: it is booked again.
        trabajo.argumentos = {k: v for k, v in trabajo.argumentos.items() if k != "cupo"}
        moved += 1
    db.session.flush()
    return moved


def _shorten_leases(now: datetime) -> int:
    """No lease outlasts its own length from now on; who still works renews it."""
    held = sa.select(Trabajo).where(
        Trabajo.estado == EstadoTrabajo.EJECUTANDO, Trabajo.arriendo_hasta > now + CLOCK_SKEW
    )
    moved = 0
    for trabajo in db.session.scalars(held.with_for_update(skip_locked=True)):
        try:
            longest = timedelta(seconds=get_job(trabajo.tipo).lease_seconds)
        except UnknownJob:
            longest = timedelta(0)
        if trabajo.arriendo_hasta is not None and is_ahead_of(
            trabajo.arriendo_hasta, now + longest
        ):
            trabajo.arriendo_hasta = now + longest
            moved += 1
    db.session.flush()
    return moved


def _free_windows(now: datetime) -> int:
    """A window that was reached too early comes again: its key is given free."""
    early = sa.select(Trabajo).where(
        Trabajo.created_at > now + CLOCK_SKEW,
        Trabajo.prioridad == PRIORITY_SWEEP,
        Trabajo.clave.not_like(f"%{_EARLY}%"),
    )
    moved = 0
    for trabajo in db.session.scalars(early.with_for_update(skip_locked=True)):
        trabajo.clave = f"{trabajo.clave}{_EARLY}{trabajo.id}"[:200]
        moved += 1
    db.session.flush()
    return moved
