"""The jobs of the running application, by name. Features bring theirs in ``Feature.jobs``."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from app.feature import asked_above, current_features
from app.jobs.rules import MAX_ATTEMPTS

if TYPE_CHECKING:
    from app.jobs.models import Trabajo
    from app.jobs.runner import JobRun


@dataclass(frozen=True)
class Job:
    """How a kind of job is done.

    ``on_failed`` runs in the transaction that gives the job up, so that what the job was for
    learns of it, also when its worker died each time. ``refuse_start`` says why a person may not
    have it done now (a sentence), however they ask: retry or hurry, on a page or by the API.
    """

    name: str
    label: str
    run: Callable[[JobRun], None]
    on_failed: Callable[[Trabajo, str, datetime], None] | None
    max_attempts: int
    #: Seconds after which a silent worker is taken for dead.
    lease_seconds: int
    #: Due once in every window of this length, counted from the epoch; 0: only when ordered.
    every_seconds: int = 0
    refuse_start: Callable[[Trabajo, datetime], str | None] | None = None
    #: It looks after all rows, also those that nobody works with (``app.db.hiding``).
    sees_all: bool = False


@asked_above
def why_stopped(oficio_id: int) -> str | None:
    """Why nothing is done for a case now, in a sentence; None: it is worked on."""
    return None


@asked_above
def announce_failure(trabajo: Trabajo, cause: str, now: datetime) -> None:
    """Tell those who look after the installation that a job was given up; here nobody is."""


class UnknownJob(LookupError):
    """A name that no feature brings: a programming error, refused before it is stored."""


def job(
    name: str,
    label: str,
    *,
    on_failed: Callable[[Trabajo, str, datetime], None] | None = None,
    max_attempts: int = MAX_ATTEMPTS,
    lease_seconds: int = 120,
    every_seconds: int = 0,
    refuse_start: Callable[[Trabajo, datetime], str | None] | None = None,
    sees_all: bool = False,
) -> Callable[[Callable[[JobRun], None]], Job]:
    """Make a job of a function; the feature lists it in ``Feature.jobs``."""

    def make(function: Callable[[JobRun], None]) -> Job:
        return Job(
            name,
            label,
            function,
            on_failed,
            max_attempts,
            lease_seconds,
            every_seconds,
            refuse_start,
            sees_all,
        )

    return make


def get_job(name: str) -> Job:
    """The job of that name.

    Raises:
        UnknownJob: no feature of this application brings it.
    """
    try:
        return current_features().jobs[name]
    except KeyError:
        raise UnknownJob(name) from None


def job_label(name: str) -> str:
    """A job's name on screen; old rows may name a job that no longer exists."""
    found = current_features().jobs.get(name)
    return found.label if found else name


def list_kinds() -> list[tuple[str, str]]:
    """Every kind of job with its name on screen, in the order of those."""
    jobs = current_features().jobs.values()
    return sorted(((item.name, item.label) for item in jobs), key=lambda pair: pair[1])


def list_periodic() -> list[Job]:
    """Every job that repeats."""
    return [item for item in current_features().jobs.values() if item.every_seconds]
