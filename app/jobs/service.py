"""What a person may do with a job, and the heartbeat of the consumers."""

from __future__ import annotations

import contextlib
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from app.core.errors import Refused
from app.db import after_commit, db
from app.jobs.models import Consumidor, Cuota, Trabajo
from app.jobs.permissions import ALSO_ASKED, asked_for
from app.jobs.queue import ring
from app.jobs.registry import UnknownJob, get_job, why_stopped
from app.jobs.rules import PRIORITY_PERSON, RETRYABLE_STATES, WAITING_STATES, EstadoTrabajo

#: A consumer is taken for dead when it was silent for longer.
SILENCE = timedelta(seconds=60)
#: Upper bound for a provider's ``Retry-After``.
LONGEST_SILENCE = timedelta(hours=1)
#: Workers of several machines share a book; their clocks differ by less than a turn.
_BOOK_SKEW = timedelta(seconds=5)


def retry_job(trabajo: Trabajo, *, now: datetime) -> None:
    """Give a failed or cancelled job a fresh set of attempts.

    An uncertain one is not retried here: whether the mail arrived is for a person to find out,
    and sending again is a new notice.

    Raises:
        Refused: it is waiting, running or done, or what it is for does not allow it now.
    """
    if trabajo.estado not in RETRYABLE_STATES:
        raise Refused(
            f"El trabajo está «{trabajo.estado.label}»: solo se reintenta uno fallido o cancelado."
        )
    try:
        attempts = get_job(trabajo.tipo).max_attempts
    except UnknownJob:
        raise Refused("Esta versión de Rastro ya no hace este trabajo.") from None
    _refuse_start(trabajo, now)
    trabajo.estado = EstadoTrabajo.PENDIENTE
    trabajo.max_intentos = trabajo.intentos + attempts
    trabajo.ejecutar_desde = now
    trabajo.terminado_at = None
    db.session.flush()
    after_commit(ring)


def cancel_job(
    trabajo: Trabajo, *, now: datetime, cause: str = "Se canceló antes de empezar."
) -> None:
    """Take a waiting job out of the queue; it stays in the ledger and can be retried.

    What the job was for learns of it as of a failure, so that nobody waits for it.

    Raises:
        Refused: it is running already (its effects may be on their way), or has ended.
    """
    if trabajo.estado not in WAITING_STATES:
        raise Refused(
            f"El trabajo está «{trabajo.estado.label}»: solo se cancela uno que espera su turno."
        )
    _change_waiting(trabajo, estado=EstadoTrabajo.CANCELADO, terminado_at=now, error=cause)
    with contextlib.suppress(UnknownJob):
        on_failed = get_job(trabajo.tipo).on_failed
        if on_failed is not None:
            on_failed(trabajo, cause, now)


def run_now(trabajo: Trabajo, *, now: datetime) -> None:
    """Have a waiting job done next, before everything that nobody clicked on.

    Raises:
        Refused: it is running or has ended, or what it is for does not allow it now.
    """
    if trabajo.estado not in WAITING_STATES:
        raise Refused(
            f"El trabajo está «{trabajo.estado.label}»: solo se adelanta uno que espera su turno."
        )
    _refuse_start(trabajo, now)
    _change_waiting(
        trabajo,
        estado=EstadoTrabajo.PENDIENTE,
        ejecutar_desde=now,
        prioridad=max(trabajo.prioridad, PRIORITY_PERSON),
    )
    after_commit(ring)


def _refuse_start(trabajo: Trabajo, now: datetime) -> None:
    """Ask the features whether a person may have it done now: its case may be blocked."""
    with contextlib.suppress(UnknownJob):
        job = get_job(trabajo.tipo)
        if trabajo.oficio_id is not None and not job.sees_all:
            stopped = why_stopped(trabajo.oficio_id)
            if stopped is not None:
                raise Refused(stopped)
        refuse = job.refuse_start
        if refuse is not None and (sentence := refuse(trabajo, now)):
            raise Refused(sentence)


def _change_waiting(trabajo: Trabajo, **values: Any) -> None:
    """Change a job that waits, unless a worker took it in this very moment."""
    changed = db.session.scalar(
        sa.update(Trabajo)
        .where(Trabajo.id == trabajo.id, Trabajo.estado.in_(WAITING_STATES))
        .values(**values)
        .returning(Trabajo.id)
        .execution_options(synchronize_session=False)
    )
    if changed is None:
        raise Refused("El trabajo acaba de empezar. Recargue la página para ver cómo va.")
    db.session.expire(trabajo)


def note_asker(trabajo: Trabajo, *, usuario_id: int) -> None:
    """Somebody asked for a job that is open already: they may follow it as who asked first."""
    if not asked_for(trabajo, usuario_id):
        also = trabajo.argumentos.get(ALSO_ASKED, [])
        trabajo.argumentos = {**trabajo.argumentos, ALSO_ASKED: [*also, usuario_id]}
        db.session.flush()


def beat(
    consumer_id: str,
    *,
    hilos: int,
    version: str,
    started: datetime,
    now: datetime,
    ahead: timedelta = timedelta(0),
) -> None:
    """Write down that a consumer lives, and forget those silent for a day.

    ``ahead`` is how far its clock runs ahead of the database's.
    """
    db.session.merge(
        Consumidor(
            id=consumer_id,
            hilos=hilos,
            version=version,
            iniciado_at=started,
            ultimo_latido_at=now,
            desfase_s=ahead.total_seconds(),
        )
    )
    day = timedelta(days=1)
    db.session.execute(
        sa.delete(Consumidor).where(
            sa.or_(
                Consumidor.ultimo_latido_at < now - day, Consumidor.ultimo_latido_at > now + day
            ),
            Consumidor.id != consumer_id,
        )
    )


def note_sweep(consumer_id: str, *, now: datetime) -> None:
    """Write down that a consumer looked for what is due. Before its first beat there is no row."""
    db.session.execute(
        sa.update(Consumidor).where(Consumidor.id == consumer_id).values(ultimo_barrido_at=now)
    )


def book_call(nombre: str, *, limit: int, seconds: int, now: datetime) -> datetime:
    """Book the next moment at which a provider may be asked, for all workers of all consumers.

    At most ``limit`` calls start in any ``seconds`` seconds. The moment may lie in the future; the
    caller waits for it without holding a transaction. Call inside a transaction.

    What a clock that ran ahead wrote moves back by as much as the clock did, so that a quota of
    seconds blocks for seconds.
    """
    cuota = _open_book(nombre, seconds=seconds, now=now)
    last = cuota.momentos[-limit:]
    moment = now.timestamp()
    if len(last) == limit:
        moment = max(moment, last[0] + seconds)
    if cuota.bloqueada_hasta is not None:
        moment = max(moment, cuota.bloqueada_hasta.timestamp())
    cuota.momentos = [*last, moment][-limit:]
    cuota.anotada_at = now
    db.session.flush()
    return datetime.fromtimestamp(moment, tz=now.tzinfo)


def block_calls(nombre: str, *, until: datetime, now: datetime) -> None:
    """Obey a provider that says it was asked too often: nobody asks before that moment."""
    cuota = _open_book(nombre, seconds=0, now=now)
    if cuota.bloqueada_hasta is None or cuota.bloqueada_hasta < until:
        cuota.bloqueada_hasta = until
    cuota.anotada_at = now
    db.session.flush()


def _open_book(nombre: str, *, seconds: int, now: datetime) -> Cuota:
    """The bookings of a provider, in the time of the clock as it is now, locked until the commit.

    Rows of before ``anotada_at`` do not say which clock wrote them: a moment that lies ahead is
    then taken as now, and a silence as one of no more than an hour.
    """
    cuota = db.session.get(Cuota, nombre, with_for_update=True)
    if cuota is None:
        cuota = Cuota(nombre=nombre, momentos=[])
        db.session.add(cuota)
        return cuota
    written, until = cuota.anotada_at, cuota.bloqueada_hasta
    if written is None:
        stamp = now.timestamp()
        cuota.momentos = [min(moment, stamp + seconds) for moment in cuota.momentos]
        if until is not None:
            cuota.bloqueada_hasta = min(until, now + LONGEST_SILENCE)
    elif written - now > _BOOK_SKEW:
        back = written - now
        cuota.momentos = [moment - back.total_seconds() for moment in cuota.momentos]
        cuota.bloqueada_hasta = until - back if until is not None else None
    return cuota
