"""From handing a mail over to the note of how it went, which must survive a locked database."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from functools import partial

import sqlalchemy as sa
from sqlalchemy.orm import undefer

from app.db import db, transaction
from app.jobs.aside import STOP_SECONDS, count_aside
from app.jobs.runner import Aside, JobError, JobRun, JobUncertain
from app.mail.message import Mail
from app.mail.outcomes import MailFailed, Sent, TemporaryFailure, UncertainOutcome
from app.mail.sender import FINAL_SECONDS, Pending, doubt, hand_over
from app.notificaciones.models import Notificacion
from app.notificaciones.service import mark_sent, mark_uncertain, wait_again

logger = logging.getLogger(__name__)

#: Seconds that a worker waits for the last answer itself; then a thread of its own does.
WORKER_SECONDS = 5
#: Mails of one process that may wait for their last answer at a time.
MOST_WAITING = 20
#: Seconds between two renewals of the lease meanwhile.
RENEW_SECONDS = 30
#: Seconds in which an outcome that the database does not take is offered to it again.
STORE_SECONDS = 60
_STORE_PAUSE = 1
#: Database errors that may be transient: locked, full, read-only, unreachable.
_AWAY = (
    sa.exc.OperationalError,
    sa.exc.InterfaceError,
    sa.exc.InternalError,
    sa.exc.TimeoutError,
)


def is_crowded() -> bool:
    """Whether so many mails wait for an answer that no more should be handed over."""
    return count_aside() >= MOST_WAITING


def load_notice(run: JobRun) -> Notificacion:
    """The notice that a job is for, with its contents.

    Raises:
        JobError: it is no more.
    """
    notice = db.session.scalar(
        sa.select(Notificacion)
        .where(Notificacion.id == run.args["notificacion_id"])
        .options(undefer(Notificacion.cuerpo_texto), undefer(Notificacion.cuerpo_html))
    )
    if notice is None:
        raise JobError("El aviso ya no existe.", retry=False)
    return notice


def send_and_store(run: JobRun, mail: Mail) -> None:
    """Send a mail that ``start_sending`` was committed for, and store the outcome.

    Raises:
        Aside: the server has the mail and takes its time; the rest is done beside the workers.
        JobError, JobUncertain: it was not sent, or nobody knows; the notice says so already.
    """
    try:
        pending = hand_over(mail)
        sent = pending.wait(WORKER_SECONDS)
    except MailFailed as failure:
        _store_failure(run, failure)
    else:
        if sent is None:
            raise Aside(partial(_wait_on, pending))
        _store_sent(run, sent)


def _wait_on(pending: Pending, run: JobRun) -> None:
    """Wait for the answer as long as RFC 5321 asks, and keep the lease."""
    try:
        sent = pending.wait(FINAL_SECONDS - WORKER_SECONDS, meanwhile=_Watch(run).look)
        if sent is None:
            pending.give_up()
            raise doubt(f"no lo confirmó en {FINAL_SECONDS // 60} minutos")
    except MailFailed as failure:
        _store_failure(run, failure)
    else:
        _store_sent(run, sent)


class _Watch:
    """What has to be looked after while a server does not answer."""

    def __init__(self, run: JobRun) -> None:
        self.run = run
        self.renewed = time.monotonic()
        self.stop_at: float | None = None

    def look(self) -> None:
        """Renew the lease in time, and end the wait when the process has to end.

        Raises:
            UncertainOutcome: the process stops before the server answers.
            LeaseLost: somebody else holds the job, and has told that nobody knows.
        """
        now = time.monotonic()
        if self.run.is_stopping():
            self.stop_at = self.stop_at or now + STOP_SECONDS
            if now >= self.stop_at:
                raise doubt("Rastro se detuvo mientras esperaba que lo confirmara")
        if now - self.renewed >= RENEW_SECONDS:
            self.renewed = now
            try:
                self.run.renew()
            except _AWAY as error:
                # The next look tries again; what matters is the answer.
                logger.warning("a lease could not be renewed: %s", type(error).__name__)


def _store_sent(run: JobRun, sent: Sent) -> None:
    def store() -> None:
        with run.finish(f"Enviado. El servidor respondió: {sent.answer}"):
            mark_sent(load_notice(run), now=run.clock(), refused=sent.refused)

    _persist(store)


def _store_failure(run: JobRun, failure: MailFailed) -> None:
    """Store that it was not sent, or that nobody knows.

    Raises:
        JobError, JobUncertain: always, for the ledger.
    """

    def store() -> None:
        with transaction():
            if isinstance(failure, UncertainOutcome):
                mark_uncertain(load_notice(run), str(failure), now=run.clock())
            else:
                wait_again(load_notice(run), str(failure), now=run.clock())

    _persist(store)
    if isinstance(failure, UncertainOutcome):
        raise JobUncertain(str(failure)) from None
    raise JobError(str(failure), retry=isinstance(failure, TemporaryFailure)) from None


def _persist(store: Callable[[], None]) -> None:
    """Store an outcome, for a minute against a database that does not take it.

    After that the notice stays ``enviando``, which whoever claims the job next calls doubtful.
    """
    deadline = time.monotonic() + STORE_SECONDS
    while True:
        try:
            store()
        except _AWAY as error:
            if time.monotonic() >= deadline:
                raise
            logger.warning("an outcome could not be stored yet: %s", type(error).__name__)
            db.session.remove()
            time.sleep(_STORE_PAUSE)
        else:
            return
