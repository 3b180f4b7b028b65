"""Forgetting the answers that are kept no longer."""

from __future__ import annotations

from app.api.queries import forget_answers
from app.jobs.registry import job
from app.jobs.runner import JobRun


@job("api.limpiar", "Olvidar respuestas guardadas", every_seconds=6 * 3600)
def forget_old_answers(run: JobRun) -> None:
    """Forget answers to Idempotency-Keys of more than a day ago."""
    forget_answers(run.clock())
    with run.finish("Listo."):
        pass
