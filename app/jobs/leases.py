"""Who holds which job and until when. Each function is one conditional change; call it inside a
transaction.

These statements run for every job, so they are built once and work on the table, not on entities:
measured, that is half of what a trivial job costs.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from app.db import db
from app.jobs.models import Ejecucion, Trabajo
from app.jobs.registry import UnknownJob, announce_failure, get_job
from app.jobs.rules import EstadoTrabajo

logger = logging.getLogger(__name__)

_DIED = "El proceso que lo ejecutaba se detuvo antes de terminar."
_UNKNOWN = "Esta versión de Rastro ya no hace este trabajo."
_UNTOLD = "No se pudo anotar en el caso; el registro del servidor dice por qué."

_trabajos = Trabajo.metadata.tables[Trabajo.__tablename__]
_ejecuciones = Trabajo.metadata.tables[Ejecucion.__tablename__]


class LeaseLost(Exception):
    """Another worker took the job over; what this one did must not be stored."""


@dataclass
class Lease:
    """A job in a worker's hands, for one attempt."""

    trabajo_id: str
    tipo: str
    args: dict[str, Any]
    oficio_id: int | None
    usuario_id: int | None
    attempt: int
    worker: str


def _is_due() -> tuple[sa.ColumnElement[bool], ...]:
    """The three ways to be due, each of which an index answers.

    What is ``pendiente`` waits for nothing but a worker: the clocks of two machines may differ.
    """
    now = sa.bindparam("now", type_=Trabajo.ejecutar_desde.type)
    return (
        Trabajo.estado == EstadoTrabajo.PENDIENTE,
        sa.and_(Trabajo.estado == EstadoTrabajo.PROGRAMADO, Trabajo.ejecutar_desde <= now),
        sa.and_(Trabajo.estado == EstadoTrabajo.EJECUTANDO, Trabajo.arriendo_hasta <= now),
    )


def _next_due(*, lock: bool, urgent_only: bool) -> sa.Select:
    """The most urgent job that is due: the first of the first of each way.

    With ``urgent_only`` the long queue of ``pendiente`` is not sorted: an index leads straight to
    the first of the highest priority. When other workers hold all of that priority, it finds none
    of a lower one.
    """
    order = (_trabajos.c.prioridad.desc(), _trabajos.c.ejecutar_desde, _trabajos.c.created_at)
    waiting, *others = _is_due()
    if urgent_only:
        highest = sa.select(sa.func.max(_trabajos.c.prioridad)).where(waiting).scalar_subquery()
        waiting = sa.and_(waiting, _trabajos.c.prioridad == highest)
    firsts = []
    for condition in (waiting, *others):
        first = sa.select(_trabajos).where(condition).order_by(*order).limit(1)
        if lock:
            first = first.with_for_update(skip_locked=True)
        firsts.append(sa.select(first.subquery()))
    due = sa.union_all(*firsts).subquery()
    return (
        sa.select(
            due.c.id,
            due.c.tipo,
            due.c.argumentos,
            due.c.estado,
            due.c.oficio_id,
            due.c.usuario_id,
            due.c.intentos,
            due.c.max_intentos,
        )
        .order_by(due.c.prioridad.desc(), due.c.ejecutar_desde, due.c.created_at)
        .limit(1)
    )


_PEEK = _next_due(lock=False, urgent_only=True)
_URGENT = _next_due(lock=True, urgent_only=True)
_ANY = _next_due(lock=True, urgent_only=False)
_COUNT = sa.select(sa.func.count()).select_from(_trabajos).where(sa.or_(*_is_due()))

_TAKE = (
    sa.update(_trabajos)
    .where(
        _trabajos.c.id == sa.bindparam("row_id"),
        _trabajos.c.intentos == sa.bindparam("row_intentos"),
        _trabajos.c.estado == sa.bindparam("row_estado", type_=_trabajos.c.estado.type),
    )
    .values(
        estado=EstadoTrabajo.EJECUTANDO,
        intentos=_trabajos.c.intentos + 1,
        arriendo_de=sa.bindparam("worker"),
        arriendo_hasta=sa.bindparam("until", type_=_trabajos.c.arriendo_hasta.type),
        iniciado_at=sa.func.coalesce(
            _trabajos.c.iniciado_at, sa.bindparam("now", type_=_trabajos.c.iniciado_at.type)
        ),
    )
)
_BEGIN_ATTEMPT = sa.insert(_ejecuciones)
_END_ATTEMPT = (
    sa.update(_ejecuciones)
    .where(
        _ejecuciones.c.trabajo_id == sa.bindparam("row_id"),
        _ejecuciones.c.numero == sa.bindparam("row_numero"),
    )
    .values(
        terminado_at=sa.bindparam("now", type_=_ejecuciones.c.terminado_at.type),
        error=sa.bindparam("cause"),
        traza=sa.bindparam("trace"),
    )
)
_HELD = (
    _trabajos.c.id == sa.bindparam("row_id"),
    _trabajos.c.estado == EstadoTrabajo.EJECUTANDO,
    _trabajos.c.arriendo_de == sa.bindparam("row_worker"),
    _trabajos.c.intentos == sa.bindparam("row_intentos"),
)


def is_any_due(now: datetime) -> bool:
    """Whether a worker would find something; asks without the write lock."""
    return db.session.execute(_PEEK, {"now": now}).first() is not None


def count_due(now: datetime) -> int:
    """How many jobs a worker could take at that moment."""
    return db.session.scalar(_COUNT, {"now": now}) or 0


def _find_next(now: datetime) -> sa.Row[Any] | None:
    for statement in (_URGENT, _ANY):
        row = db.session.execute(statement, {"now": now}).first()
        if row is not None:
            return row
    return None


def take_next(worker: str, now: datetime) -> Lease | None:
    """Lease the most urgent job, or None: nothing is due, or it has to be given up first."""
    row = _find_next(now)
    if row is None or row.intentos >= row.max_intentos:
        return None
    try:
        seconds = get_job(row.tipo).lease_seconds
    except UnknownJob:
        return None
    if row.estado is EstadoTrabajo.EJECUTANDO:
        _end_dead_attempt(row.id, now)
    taken = _rows(
        _TAKE,
        row_id=row.id,
        row_intentos=row.intentos,
        row_estado=row.estado,
        worker=worker,
        until=now + timedelta(seconds=seconds),
        now=now,
    )
    if not taken:
        return None
    attempt = row.intentos + 1
    db.session.execute(
        _BEGIN_ATTEMPT,
        {"trabajo_id": row.id, "numero": attempt, "trabajador": worker, "iniciado_at": now},
    )
    args = dict(row.argumentos)
    return Lease(row.id, row.tipo, args, row.oficio_id, row.usuario_id, attempt, worker)


def give_up_next(now: datetime) -> bool:
    """Bury the most urgent job if it cannot be run. False: it can, or there is none.

    Here a poison job ends, whose workers died as often as it may be tried, and one that no
    version knows any more.
    """
    row = _find_next(now)
    if row is None:
        return False
    trabajo = db.session.get_one(Trabajo, row.id)
    if trabajo.intentos >= trabajo.max_intentos:
        times = "1 vez" if trabajo.intentos == 1 else f"{trabajo.intentos} veces"
        cause = f"{_DIED} Pasó {times}, así que no se intenta más."
    else:
        try:
            get_job(trabajo.tipo)
        except UnknownJob:
            cause = _UNKNOWN
        else:
            return False
    _end_dead_attempt(trabajo.id, now)
    trabajo.estado = EstadoTrabajo.FALLIDO
    trabajo.error = cause
    trabajo.terminado_at = now
    trabajo.arriendo_hasta = trabajo.arriendo_de = None
    db.session.flush()
    tell_failed(trabajo, cause, now)
    return True


def tell_failed(trabajo: Trabajo, cause: str, now: datetime) -> None:
    """Let what the job was for know that it was given up.

    A fault in doing so must not keep the job alive, where it would be in everybody's way.
    """
    try:
        on_failed = get_job(trabajo.tipo).on_failed
    except UnknownJob:
        on_failed = None
    try:
        with db.session.begin_nested():
            if on_failed is not None:
                on_failed(trabajo, cause, now)
            announce_failure(trabajo, cause, now)
    except Exception:
        logger.exception("nobody could be told that job %s (%s) failed", trabajo.id, trabajo.tipo)
        trabajo.error = f"{cause} {_UNTOLD}"
        db.session.flush()


def settle(lease: Lease, **values: Any) -> None:
    """Change the row and let go of it.

    Raises:
        LeaseLost: this worker does not hold it any more.
    """
    statement = sa.update(_trabajos).where(*_HELD)
    _change_held(lease, statement.values(arriendo_hasta=None, arriendo_de=None, **values))


def renew(lease: Lease, now: datetime) -> None:
    """Hold the row for as long again.

    Raises:
        LeaseLost: this worker does not hold it any more.
    """
    until = now + timedelta(seconds=get_job(lease.tipo).lease_seconds)
    _change_held(lease, sa.update(_trabajos).where(*_HELD).values(arriendo_hasta=until))


def count_anew(lease: Lease) -> None:
    """Give the job as many attempts as a fresh one, this one being the first.

    Raises:
        LeaseLost: this worker does not hold it any more.
    """
    attempts = lease.attempt - 1 + get_job(lease.tipo).max_attempts
    _change_held(lease, sa.update(_trabajos).where(*_HELD).values(max_intentos=attempts))


def _change_held(lease: Lease, statement: sa.Update) -> None:
    held = {
        "row_id": lease.trabajo_id,
        "row_worker": lease.worker,
        "row_intentos": lease.attempt,
    }
    if not _rows(statement, **held):
        raise LeaseLost(lease.trabajo_id)


def close_attempt(
    lease: Lease, now: datetime, cause: str | None = None, trace: str | None = None
) -> None:
    """Write down how the attempt ended."""
    _rows(
        _END_ATTEMPT,
        row_id=lease.trabajo_id,
        row_numero=lease.attempt,
        now=now,
        cause=cause,
        trace=trace,
    )


def forget_attempt(lease: Lease) -> None:
    """The job was only put off: the attempt does not count."""
    db.session.execute(
        sa.delete(_ejecuciones).where(
            _ejecuciones.c.trabajo_id == lease.trabajo_id, _ejecuciones.c.numero == lease.attempt
        )
    )


def release_leases(consumer_id: str, now: datetime) -> int:
    """End the leases of a consumer that is certainly dead, so that nobody waits for them.

    Returns how many jobs it left behind. Each of them has spent an attempt.
    """
    return _rows(
        sa.update(_trabajos)
        .where(
            _trabajos.c.estado == EstadoTrabajo.EJECUTANDO,
            _trabajos.c.arriendo_de.startswith(f"{consumer_id}:", autoescape=True),
            _trabajos.c.arriendo_hasta > now,
        )
        .values(arriendo_hasta=now)
    )


def _end_dead_attempt(trabajo_id: str, now: datetime) -> None:
    db.session.execute(
        sa.update(_ejecuciones)
        .where(_ejecuciones.c.trabajo_id == trabajo_id, _ejecuciones.c.terminado_at.is_(None))
        .values(terminado_at=now, error=_DIED)
    )


def _rows(statement: sa.Update, **values: Any) -> int:
    """Return the number of rows that a statement matched."""
    result: sa.CursorResult = db.session.execute(statement, values)  # type: ignore[assignment]  # a change has a cursor
    return result.rowcount
