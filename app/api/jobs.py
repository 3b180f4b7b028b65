"""Forgetting the answers that are kept no longer, and watching for keys that end."""

from __future__ import annotations

from app.api.queries import forget_answers, list_ending_keys
from app.api.service import warn_of_end
from app.jobs.registry import job
from app.jobs.runner import JobRun


@job("api.limpiar", "Olvidar respuestas guardadas", every_seconds=6 * 3600)
def forget_old_answers(run: JobRun) -> None:
    """Forget answers to Idempotency-Keys of more than a day ago."""
    forget_answers(run.clock())
    with run.finish("Listo."):
        pass


@job("api.vencimientos", "Avisar de claves de la API que vencen", every_seconds=6 * 3600)
def warn_of_keys(run: JobRun) -> None:
    """Tell their people of the keys that end soon, once each."""
    now = run.clock()
    with run.finish("Listo."):
        for clave in list_ending_keys(now):
            warn_of_end(clave, now=now)
