"""A kind of job with an effect in the database alone, for drills: imported by their consumers."""

from __future__ import annotations

import time

from app.auditoria.service import audit
from app.feature import Feature
from app.jobs.registry import job
from app.jobs.runner import JobRun

LOCAL = "maniobra.anotar"
MORTAL = "maniobra.morir"


@job(LOCAL, "Anotar (maniobra)")
def note(run: JobRun) -> None:
    """Take a moment and leave one entry in the audit log.

    The second pause lies inside the transaction, so that kills fall there too.
    """
    pause: float = run.args.get("pausa", 0.0)
    time.sleep(pause)
    with run.finish("anotado"):
        audit(LOCAL, actor=None, now=run.clock(), entidad="maniobra", entidad_id=run.args["numero"])
        time.sleep(pause / 10)


@job(MORTAL, "Acabar con su hilo (maniobra)", max_attempts=1)
def die(run: JobRun) -> None:
    """End the worker's thread, as no error of a job can."""
    raise SystemExit


FEATURE = Feature(name="maniobra", jobs=(note, die))
