"""Putting work into the ledger, and ringing Huey's bell once it is committed."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from flask import Flask, current_app
from sqlalchemy.dialects import postgresql, sqlite

from app.core.outage_line import OutageLine
from app.db import after_commit, db
from app.jobs.models import Trabajo
from app.jobs.registry import get_job, list_periodic
from app.jobs.rules import PRIORITY_PERSON, PRIORITY_SWEEP, EstadoTrabajo

#: Says once that the consumer cannot be woken, and once that it can again.
BELL = OutageLine(logging.getLogger(__name__), "the queue that wakes the consumer")

#: How often one transaction wakes the consumer at most: each worker that wakes goes on until
#: nothing is due, so that an import of a thousand rows need not leave a thousand messages.
MAX_RINGS = 8

#: How an application wakes its consumer: ``bell(None)`` now, ``bell(moment)`` then.
Bell = Callable[[datetime | None], None]
_KEY = "bell"


def set_bell(app: Flask, bell: Bell | None) -> None:
    """Say how the consumer of an application is woken; None: by its sweep alone."""
    app.extensions[_KEY] = bell


def ring(moment: datetime | None = None) -> None:
    """Wake the consumer. If that fails, the sweep finds the row within a minute."""
    bell: Bell | None = current_app.extensions.get(_KEY)
    if bell is None:
        return
    try:
        bell(moment)
    except Exception as error:
        BELL.down(error)
    else:
        BELL.up()


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
        UnknownJob: no feature of this application brings it.
    """
    definition = get_job(name)
    when = ejecutar_desde or now
    db.session.flush()
    # Two consumers may enqueue the same window in the same moment, so the database decides.
    insert = postgresql.insert if db.engine.dialect.name == "postgresql" else sqlite.insert
    trabajo = db.session.scalar(
        insert(Trabajo)
        .values(
            tipo=name,
            clave=key,
            argumentos=args or {},
            oficio_id=oficio_id,
            usuario_id=usuario_id,
            prioridad=prioridad,
            estado=EstadoTrabajo.PROGRAMADO if when > now else EstadoTrabajo.PENDIENTE,
            ejecutar_desde=when,
            programado_at=now if when > now else None,
            max_intentos=definition.max_attempts,
            created_at=now,
        )
        .on_conflict_do_nothing(index_elements=[Trabajo.clave])
        .returning(Trabajo)
    )
    if trabajo is None:
        return db.session.scalars(sa.select(Trabajo).where(Trabajo.clave == key)).one()
    _ring_after_commit(when if when > now else None)
    return trabajo


def enqueue_once_a_minute(
    name: str, about: str, *, now: datetime, args: dict[str, Any]
) -> Trabajo | None:
    """Add a job of something that a button asks for, unless it was added in the last minute.

    ``about`` is what two such jobs have in common, beside their name. Whoever presses twice means
    it once, also where a minute of the clock ends in between.

    Raises:
        UnknownJob: no feature of this application brings it.
    """
    minute = int(now.timestamp()) // 60
    key, last = (f"{name}:{about}:{one}" for one in (minute, minute - 1))
    since = now - timedelta(minutes=1)
    known = sa.select(Trabajo.id).where(Trabajo.clave == last, Trabajo.created_at > since)
    if db.session.scalar(known) is not None:
        return None
    return enqueue(name, key=key, now=now, args=args)


def _ring_after_commit(moment: datetime | None) -> None:
    """Wake the consumer once for each moment, and for several jobs that are due now."""
    transaction = db.session().get_transaction()
    owner, rings = db.session.info.get("rings", (None, []))
    if owner is not transaction:
        rings = []
        db.session.info["rings"] = (transaction, rings)
        after_commit(lambda: _ring_all(rings))
    if moment is None:
        if rings.count(None) < MAX_RINGS:
            rings.append(None)
    elif moment not in rings:
        rings.append(moment)


def _ring_all(moments: list[datetime | None]) -> None:
    db.session.info.pop("rings", None)
    for moment in moments:
        ring(moment)


def enqueue_periodic(now: datetime, *, most: int | None = None) -> int:
    """Enqueue what is due in the current window, once, whoever asks and however often.

    Windows that went by while nothing ran are not made up for: one catch-up is enough, since each
    periodic job looks for all that is due. At most ``most`` are enqueued; returns how many were.
    """
    due = {
        f"{one.name}:{int(now.timestamp()) // one.every_seconds}": one.name
        for one in list_periodic()
    }
    known = set(db.session.scalars(sa.select(Trabajo.clave).where(Trabajo.clave.in_(due))))
    missing = [key for key in due if key not in known][:most]
    for key in missing:
        enqueue(due[key], key=key, now=now, prioridad=PRIORITY_SWEEP)
    return len(missing)
