"""The jobs that exist, by name. Features register theirs in their ``jobs.py``."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

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
    refuse_start: Callable[[Trabajo, datetime], str | None] | None = None


@dataclass(frozen=True)
class Periodic:
    """Work that is due once in every window of the given length (seconds since the epoch)."""

    job_name: str
    seconds: int


class UnknownJob(LookupError):
    """A name that nobody registered: a programming error, refused before it is stored."""


_jobs: dict[str, Job] = {}
_periodic: list[Periodic] = []


def job(
    name: str,
    label: str,
    *,
    on_failed: Callable[[Trabajo, str, datetime], None] | None = None,
    max_attempts: int = MAX_ATTEMPTS,
    lease_seconds: int = 120,
    every_seconds: int | None = None,
    refuse_start: Callable[[Trabajo, datetime], str | None] | None = None,
) -> Callable[[Callable[[JobRun], None]], Callable[[JobRun], None]]:
    """Register a function as a job; ``every_seconds`` also enqueues it once per window."""

    def register(function: Callable[[JobRun], None]) -> Callable[[JobRun], None]:
        _jobs[name] = Job(
            name, label, function, on_failed, max_attempts, lease_seconds, refuse_start
        )
        if every_seconds and not any(item.job_name == name for item in _periodic):
            _periodic.append(Periodic(name, every_seconds))
        return function

    return register


def get_job(name: str) -> Job:
    """The job of that name.

    Raises:
        UnknownJob: nobody registered it.
    """
    try:
        return _jobs[name]
    except KeyError:
        raise UnknownJob(name) from None


def job_label(name: str) -> str:
    """A job's name on screen; old rows may name a job that no longer exists."""
    return _jobs[name].label if name in _jobs else name


def list_kinds() -> list[tuple[str, str]]:
    """Every kind of job with its name on screen, in the order of those."""
    return sorted(((item.name, item.label) for item in _jobs.values()), key=lambda pair: pair[1])


def list_periodic() -> list[Periodic]:
    """Everything that repeats."""
    return list(_periodic)
