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

from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm.exc import StaleDataError

from app.core.clock import utcnow
from app.core.contention import is_busy, is_conflict
from app.core.errors import RastroError
from app.core.outages import Outage, explain, find_outage
from app.db import after_commit, db, not_seeing_hidden, seeing_all, transaction
from app.jobs.aside import start_aside
from app.jobs.leases import (
    Lease,
    LeaseLost,
    close_attempt,
    count_anew,
    count_due,
    forget_attempt,
    give_up_next,
    is_any_due,
    renew,
    settle,
    take_next,
    tell_failed,
)
from app.jobs.models import Trabajo
from app.jobs.queue import ring
from app.jobs.registry import get_job, why_stopped
from app.jobs.rules import EstadoTrabajo, backoff

__all__ = [
    "Aside",
    "JobError",
    "JobRun",
    "JobUncertain",
    "LeaseLost",
    "Postpone",
    "claim",
    "count_due",
    "execute",
    "work",
]

logger = logging.getLogger(__name__)

#: How long a job waits after a busy database. That counts no attempt: the job did not fail.
BUSY_PAUSE = timedelta(seconds=10)


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


class Aside(Exception):
    """The rest of this job waits for somebody outside: it goes on in a thread of its own.

    The worker is free for other jobs meanwhile. The lease stays with this attempt, and ``rest``
    renews it.
    """

    def __init__(self, rest: Callable[[JobRun], None]) -> None:
        super().__init__()
        self.rest = rest


def never() -> bool:
    """Default ``should_stop``: never."""
    return False


@dataclass
class JobRun(Lease):
    """One attempt at a job, as its function sees it."""

    clock: Callable[[], datetime] = utcnow
    #: Whether the process was told to stop: what waits for somebody outside has seconds left.
    is_stopping: Callable[[], bool] = field(default_factory=lambda: never, repr=False)
    finished: bool = field(default=False, init=False)
    #: Whether the transaction that ends this job may also lease the next one.
    goes_on: Callable[[], bool] = field(default_factory=lambda: never, init=False, repr=False)
    following: JobRun | None = field(default=None, init=False, repr=False)
    _has_progressed: bool = field(default=False, init=False, repr=False)

    @contextmanager
    def finish(self, resultado: str | None = None) -> Iterator[None]:
        """Store the job's effects and that it is done in one transaction, or neither.

        Raises:
            LeaseLost: the lease ran out and somebody else holds the job.
        """
        following = None
        with transaction():
            now = self.clock()
            settle(
                self,
                estado=EstadoTrabajo.HECHO,
                resultado=resultado,
                error=None,
                terminado_at=now,
            )
            close_attempt(self, now)
            yield
            if self.goes_on():
                # One commit for the end of this job and the start of the next.
                following = _as_run(take_next(self.worker, self.clock()))
        self.finished = True
        self.following = following

    def renew(self) -> None:
        """Keep the lease of long work: call it between its steps, outside any transaction.

        Raises:
            LeaseLost: it ran out and somebody else holds the job; stop, and store nothing.
        """
        with transaction():
            renew(self, self.clock())

    def note_progress(self) -> None:
        """A part of long work is stored that stays: what failed before it counts no more.

        So a job whose workers die again and again ends when it is done, and is given up only after
        as many deaths in a row with nothing stored. Call it outside any transaction; a first
        attempt, and a further part of the same one, cost nothing.

        Raises:
            LeaseLost: somebody else holds the job; stop, and store nothing.
        """
        if self.attempt > 1 and not self._has_progressed:
            with transaction():
                count_anew(self)
        self._has_progressed = True


def work(
    worker: str,
    *,
    clock: Callable[[], datetime] = utcnow,
    is_stopping: Callable[[], bool] = never,
) -> int:
    """Do what is due, the most urgent first, until nothing is. Returns how many were tried.

    When it is told to stop, it ends the job that it holds and leaves the rest to others.
    """
    done = 0
    run = None if is_stopping() else claim(worker, now=clock())
    while run is not None:
        run.clock = clock
        run.is_stopping = is_stopping
        run.goes_on = lambda: not is_stopping()
        execute(run)
        done += 1
        following = run.following
        if following is None and not is_stopping():
            following = claim(worker, now=clock())
        run = following
    return done


def claim(worker: str, *, now: datetime) -> JobRun | None:
    """Lease the most urgent job that is due, or None.

    A lease that ran out belongs to a dead worker and is taken again; a job whose workers died
    ``max_intentos`` times is given up here, so that a poison job cannot kill workers for ever.
    """
    while is_any_due(now):
        with transaction():
            lease = take_next(worker, now)
            if lease is not None:
                return _as_run(lease)
            given_up = give_up_next(now)
        if not given_up:
            break  # other workers hold what is due
    return None


def _as_run(lease: Lease | None) -> JobRun | None:
    return JobRun(**vars(lease)) if lease is not None else None


def execute(run: JobRun) -> None:
    """Run a claimed job and settle it, whatever happens inside."""
    job = get_job(run.tipo)
    with seeing_all() if job.sees_all else not_seeing_hidden():
        _attempt(run, job.run)


def _attempt(run: JobRun, function: Callable[[JobRun], None]) -> None:
    try:
        function(run)
        if not run.finished:
            with run.finish():
                pass
    except Aside as aside:
        run.goes_on = never
        start_aside(partial(_attempt, run, aside.rest))
    except Postpone as postponed:
        _guarded(run, partial(_postpone, run, postponed))
    except JobUncertain as uncertain:
        _guarded(run, partial(_end, run, EstadoTrabajo.INCIERTA, str(uncertain)))
    except LeaseLost:
        logger.warning("job %s lost its lease; its effects were not stored", run.trabajo_id)
    except JobError as error:
        why = _why_stopped(run)
        retry = error.retry and why is None
        settled = partial(_fail, run, why or str(error), None, retry=retry, delay=error.delay)
        _guarded(run, settled)
    except (DBAPIError, PoolTimeout, StaleDataError) as error:
        if not (is_busy(error) or is_conflict(error)):
            _crash(run, error)
        else:
            logger.warning("the database was busy in job %s (%s)", run.trabajo_id, run.tipo)
            _guarded(run, partial(_postpone, run, Postpone(run.clock() + BUSY_PAUSE)))
    except Exception as error:
        _crash(run, error)
    finally:
        db.session.rollback()


def _cause(error: Exception, outage: Outage | None) -> str:
    """What the jobs' page says of an error that its job did not foresee."""
    if isinstance(error, RastroError):
        return str(error)
    return explain(outage) if outage else "Error interno al ejecutarlo."


def _crash(run: JobRun, error: Exception) -> None:
    """Settle a job that fell over something that its function did not foresee."""
    outage = find_outage(error)
    if outage is None and (why := _why_stopped(run)):
        _guarded(run, partial(_fail, run, why, None, retry=False, delay=None))
        return
    if outage is None:
        logger.error("job %s (%s) failed", run.trabajo_id, run.tipo, exc_info=error)
    cause = _cause(error, outage)
    trace = "".join(traceback.format_exception(error))
    _guarded(run, partial(_fail, run, cause, trace, retry=True, delay=None))


def _why_stopped(run: JobRun) -> str | None:
    """Why a job found nothing of its case: it was blocked while the job ran."""
    if get_job(run.tipo).sees_all:
        return None
    db.session.rollback()
    trabajo = db.session.get(Trabajo, run.trabajo_id)
    if trabajo is None or trabajo.oficio_id is None:
        return None
    return why_stopped(trabajo.oficio_id)


def _guarded(run: JobRun, settle_it: Callable[[], None]) -> None:
    """Settle after a failure; a job that meanwhile belongs to somebody else is left alone."""
    db.session.rollback()
    try:
        settle_it()
    except LeaseLost:
        logger.warning("job %s lost its lease while failing", run.trabajo_id)


def _postpone(run: JobRun, postponed: Postpone) -> None:
    with transaction():
        # As they stand now: while it ran, somebody else may have asked for the same job.
        args = db.session.get_one(Trabajo, run.trabajo_id).argumentos
        settle(
            run,
            estado=EstadoTrabajo.PROGRAMADO,
            intentos=run.attempt - 1,
            ejecutar_desde=postponed.until,
            programado_at=run.clock(),
            argumentos={**args, **postponed.args_to_keep},
        )
        forget_attempt(run)
        after_commit(lambda: ring(postponed.until))


def _end(run: JobRun, estado: EstadoTrabajo, cause: str) -> None:
    with transaction():
        now = run.clock()
        settle(run, estado=estado, error=cause, terminado_at=now)
        close_attempt(run, now, cause)


def _fail(
    run: JobRun, cause: str, trace: str | None, *, retry: bool, delay: timedelta | None
) -> None:
    with transaction():
        now = run.clock()
        trabajo = db.session.get_one(Trabajo, run.trabajo_id)
        close_attempt(run, now, cause, trace)
        if retry and run.attempt < trabajo.max_intentos:
            when = now + (delay or backoff(run.attempt))
            settle(
                run,
                estado=EstadoTrabajo.PROGRAMADO,
                ejecutar_desde=when,
                programado_at=now,
                error=cause,
            )
            after_commit(lambda: ring(when))
        else:
            settle(run, estado=EstadoTrabajo.FALLIDO, error=cause, terminado_at=now)
            tell_failed(trabajo, cause, now)
