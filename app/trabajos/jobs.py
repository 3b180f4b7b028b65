"""Forgetting what the ledger would else collect for ever."""

from __future__ import annotations

from datetime import timedelta

from app.ajustes.queries import number_setting
from app.db import transaction
from app.jobs.registry import job
from app.jobs.runner import JobRun
from app.trabajos.rules import FORGETTING_JOB, KEPT_JOBS_DAYS
from app.trabajos.service import forget_some


@job(FORGETTING_JOB, "Olvidar trabajos periódicos antiguos", every_seconds=24 * 3600)
def forget_periodic(run: JobRun) -> None:
    """Delete what repeated by itself and ended well longer ago than the office keeps it."""
    before = run.clock() - timedelta(days=number_setting(KEPT_JOBS_DAYS))
    count = 0
    while True:
        with transaction():
            found = forget_some(before)
        if not found:
            break
        count += found
        run.renew()
    with run.finish(f"Trabajos olvidados: {count}."):
        return
