"""Identifying the gantries of the sightings in the background."""

from __future__ import annotations

from app.avistamientos.service import rematch, rematch_batches
from app.db import transaction
from app.jobs.registry import job
from app.jobs.runner import JobRun
from app.porticos.service import REMATCH

#: Texts that are looked up in one transaction: writers need not wait for all of them.
_BATCH = 50


@job(REMATCH, "Identificar pórticos de los avistamientos", sees_all=True)
def rematch_sightings(run: JobRun) -> None:
    """Tie every sighting to the catalogue as it is now, after it or a correction changed.

    Safe to repeat: what says the same stays untouched. In parts, so that writers need not wait.
    """
    changed = 0
    for texts in rematch_batches(_BATCH):
        with transaction():
            changed += rematch(texts)
        run.renew()
    with run.finish(
        "1 avistamiento cambió." if changed == 1 else f"{changed} avistamientos cambiaron."
    ):
        return
