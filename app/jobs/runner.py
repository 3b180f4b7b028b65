"""Doing the work of the ledger: claim, run, settle. Safe against a kill at any moment."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import sqlalchemy as sa

from app.core.clock import utcnow
from app.core.errors import RastroError
from app.db import after_commit, db, transaction
from app.jobs.models import Ejecucion, Trabajo
from app.jobs.queue import ring
from app.jobs.registry import UnknownJob, get_job
from app.jobs.rules import EstadoTrabajo, backoff

logger = logging.getLogger(__name__)

_DIED = "El proceso que lo ejecutaba se detuvo antes de terminar."


class JobError(RastroError):
    """A job could not do its work, said in words for the office.

    ``retry=False`` gives it up at once; ``delay`` replaces the usual wait (a 429's Retry-After).
    """

    def __init__(self, cause: str, *, retry: bool = True, delay: timedelta | None = None) -> None:
        super().__init__(cause)
        self.retry = retry
        self.delay = delay


class JobUncertain(RastroError):
    """Nobody can know whether the outside effect happened; a person decides."""


class Postpone(Exception):
    """Not now: try again at that moment, without counting an attempt."""

    def __init__(self, until: datetime, args: dict[str, Any] | None = None) -> None:
        super().__init__(until.isoformat())
        self.until = until
        self.args_to_keep = args or {}


class LeaseLost(Exception):
    """Another worker took the job over; what this one did must not be stored."""


@dataclass
class JobRun:
    """One attempt at a job, as its function sees it."""

    trabajo_id: str
    tipo: str
    args: dict[str, Any]
    oficio_id: int | None
    usuario_id: int | None
    attempt: int
    worker: str
    clock: Callable[[], datetime] = utcnow
    finished: bool = field(default=False, init=False)

    @contextmanager
    def finish(self, resultado: str | None = None) -> Iterator[None]:
        """Store the job's effects and that it is done in one transaction, or neither.

        Raises:
            LeaseLost: the lease ran out and somebody else holds the job.
        """
        with transaction():
            now = self.clock()
            self._settle(
                estado=EstadoTrabajo.HECHO, resultado=resultado, error=None, terminado_at=now
            )
            _close_attempt(self, now, None)
            yield
        self.finished = True

    def renew(self) -> None:
        """Keep the lease of long work: call it between its steps, outside any transaction.

        Raises:
            LeaseLost: it ran out and somebody else holds the job; stop, and store nothing.
        """
        lease = timedelta(seconds=get_job(self.tipo).lease_seconds)
        with transaction():
            kept = db.session.scalar(
                sa.update(Trabajo)
                .where(*self._is_held())
                .values(arriendo_hasta=self.clock() + lease)
                .returning(Trabajo.id)
                .execution_options(synchronize_session=False)
            )
        if kept is None:
            raise LeaseLost(self.trabajo_id)

    def _is_held(self) -> tuple[sa.ColumnElement[bool], ...]:
        """Whether the row is still this attempt of this worker."""
        return (
            Trabajo.id == self.trabajo_id,
            Trabajo.estado == EstadoTrabajo.EJECUTANDO,
            Trabajo.arriendo_de == self.worker,
            Trabajo.intentos == self.attempt,
        )

    def _settle(self, **values: Any) -> None:
        """Change the row if, and only if, this worker still holds it."""
        done = db.session.scalar(
            sa.update(Trabajo)
            .where(*self._is_held())
            .values(arriendo_hasta=None, arriendo_de=None, **values)
            .returning(Trabajo.id)
            .execution_options(synchronize_session=False)
        )
        if done is None:
            raise LeaseLost(self.trabajo_id)


def work(worker: str, *, clock: Callable[[], datetime] = utcnow, limit: int = 1000) -> int:
    """Do what is due, the most urgent first, until nothing is. Returns how many were tried."""
    done = 0
    while done < limit:
        run = claim(worker, now=clock())
        if run is None:
            break
        run.clock = clock
        execute(run)
        done += 1
    return done


def claim(worker: str, *, now: datetime) -> JobRun | None:
    """Lease the most urgent job that is due, or None.

    A lease that ran out belongs to a dead worker and is taken again; a job whose workers died
    ``max_intentos`` times is given up here, so that a poison job cannot kill workers for ever.
    """
    while True:
        with transaction():
            trabajo = db.session.scalar(_next_due(now))
            if trabajo is None:
                return None
            try:
                definition = get_job(trabajo.tipo)
            except UnknownJob:
                _give_up(trabajo, "Esta versión de Rastro ya no hace este trabajo.", now)
                continue
            if trabajo.intentos >= trabajo.max_intentos:
                _bury(trabajo, now)
                continue
            attempt = trabajo.intentos + 1
            if trabajo.estado is EstadoTrabajo.EJECUTANDO:
                _end_dead_attempt(trabajo, now)
            taken = db.session.scalar(
                sa.update(Trabajo)
                .where(
                    Trabajo.id == trabajo.id,
                    Trabajo.intentos == trabajo.intentos,
                    Trabajo.estado == trabajo.estado,
                )
                .values(
                    estado=EstadoTrabajo.EJECUTANDO,
                    intentos=attempt,
                    arriendo_de=worker,
                    arriendo_hasta=now + timedelta(seconds=definition.lease_seconds),
                    iniciado_at=trabajo.iniciado_at or now,
                )
                .returning(Trabajo.id)
                .execution_options(synchronize_session=False)
            )
            if taken is None:
                continue
            db.session.add(
                Ejecucion(trabajo_id=trabajo.id, numero=attempt, trabajador=worker, iniciado_at=now)
            )
            return JobRun(
                trabajo_id=trabajo.id,
                tipo=trabajo.tipo,
                args=dict(trabajo.argumentos),
                oficio_id=trabajo.oficio_id,
                usuario_id=trabajo.usuario_id,
                attempt=attempt,
                worker=worker,
            )


def count_due(now: datetime) -> int:
    """How many jobs a worker could take at that moment."""
    return (
        db.session.scalar(sa.select(sa.func.count()).select_from(Trabajo).where(_is_due(now))) or 0
    )


def _is_due(now: datetime) -> sa.ColumnElement[bool]:
    waiting = Trabajo.estado.in_([EstadoTrabajo.PENDIENTE, EstadoTrabajo.PROGRAMADO])
    return sa.or_(
        sa.and_(waiting, Trabajo.ejecutar_desde <= now),
        sa.and_(Trabajo.estado == EstadoTrabajo.EJECUTANDO, Trabajo.arriendo_hasta < now),
    )


def _next_due(now: datetime) -> sa.Select[Trabajo]:
    return (
        sa.select(Trabajo)
        .where(_is_due(now))
        .order_by(Trabajo.prioridad.desc(), Trabajo.ejecutar_desde, Trabajo.created_at)
        .limit(1)
        .with_for_update(skip_locked=True)
    )


def execute(run: JobRun) -> None:
    """Run a claimed job and settle it, whatever happens inside."""
    definition = get_job(run.tipo)
    try:
        definition.run(run)
        if not run.finished:
            with run.finish():
                pass
    except Postpone as postponed:
        _guarded(run, partial(_postpone, run, postponed))
    except JobUncertain as uncertain:
        _guarded(run, partial(_end, run, EstadoTrabajo.INCIERTA, str(uncertain)))
    except LeaseLost:
        logger.warning("job %s lost its lease; its effects were not stored", run.trabajo_id)
        db.session.rollback()
    except JobError as error:
        settle = partial(_fail, run, str(error), None, retry=error.retry, delay=error.delay)
        _guarded(run, settle)
    except Exception as error:
        db.session.rollback()
        logger.exception("job %s (%s) failed", run.trabajo_id, run.tipo)
        cause = str(error) if isinstance(error, RastroError) else "Error interno al ejecutarlo."
        trace = traceback.format_exc()
        _guarded(run, partial(_fail, run, cause, trace, retry=True, delay=None))
    finally:
        db.session.rollback()


def _guarded(run: JobRun, settle: Callable[[], None]) -> None:
    """Settle after a failure; a job that meanwhile belongs to somebody else is left alone."""
    db.session.rollback()
    try:
        settle()
    except LeaseLost:
        logger.warning("job %s lost its lease while failing", run.trabajo_id)


def _postpone(run: JobRun, postponed: Postpone) -> None:
    with transaction():
        # As they stand now: while it ran, somebody else may have asked for the same job.
        args = db.session.get_one(Trabajo, run.trabajo_id).argumentos
        run._settle(
            estado=EstadoTrabajo.PROGRAMADO,
            intentos=run.attempt - 1,
            ejecutar_desde=postponed.until,
            argumentos={**args, **postponed.args_to_keep},
        )
        db.session.execute(
            sa.delete(Ejecucion).where(
                Ejecucion.trabajo_id == run.trabajo_id, Ejecucion.numero == run.attempt
            )
        )
        after_commit(lambda: ring(postponed.until))


def _end(run: JobRun, estado: EstadoTrabajo, cause: str) -> None:
    with transaction():
        now = run.clock()
        run._settle(estado=estado, error=cause, terminado_at=now)
        _close_attempt(run, now, cause)


def _fail(
    run: JobRun, cause: str, trace: str | None, *, retry: bool, delay: timedelta | None
) -> None:
    with transaction():
        now = run.clock()
        trabajo = db.session.get_one(Trabajo, run.trabajo_id)
        if retry and run.attempt < trabajo.max_intentos:
            when = now + (delay or backoff(run.attempt))
            run._settle(estado=EstadoTrabajo.PROGRAMADO, ejecutar_desde=when, error=cause)
            after_commit(lambda: ring(when))
        else:
            run._settle(estado=EstadoTrabajo.FALLIDO, error=cause, terminado_at=now)
            _tell_failed(trabajo, cause, now)
        _close_attempt(run, now, cause, trace)


def _bury(trabajo: Trabajo, now: datetime) -> None:
    cause = f"{_DIED} Pasó {trabajo.intentos} veces, así que no se intenta más."
    _end_dead_attempt(trabajo, now)
    _give_up(trabajo, cause, now)
    _tell_failed(trabajo, cause, now)


def _give_up(trabajo: Trabajo, cause: str, now: datetime) -> None:
    trabajo.estado = EstadoTrabajo.FALLIDO
    trabajo.error = cause
    trabajo.terminado_at = now
    trabajo.arriendo_hasta = trabajo.arriendo_de = None
    db.session.flush()


def _tell_failed(trabajo: Trabajo, cause: str, now: datetime) -> None:
    on_failed = get_job(trabajo.tipo).on_failed
    if on_failed is not None:
        on_failed(trabajo, cause, now)


def _end_dead_attempt(trabajo: Trabajo, now: datetime) -> None:
    db.session.execute(
        sa.update(Ejecucion)
        .where(Ejecucion.trabajo_id == trabajo.id, Ejecucion.terminado_at.is_(None))
        .values(terminado_at=now, error=_DIED)
    )


def _close_attempt(run: JobRun, now: datetime, cause: str | None, trace: str | None = None) -> None:
    db.session.execute(
        sa.update(Ejecucion)
        .where(Ejecucion.trabajo_id == run.trabajo_id, Ejecucion.numero == run.attempt)
        .values(terminado_at=now, error=cause, traza=trace)
    )
