"""Carrying an erasure out."""

from __future__ import annotations

from datetime import timedelta

from app.db import db, release
from app.extensions import current_config
from app.jobs.registry import job
from app.jobs.runner import JobError, JobRun
from app.supresion.models import Supresion
from app.supresion.outside.remains import StillRead, remove_remains
from app.supresion.service import ERASE_JOB, count_rows, erase_next, finish_erasure, remove_files
from app.supresion.service.reapplying import write_erasures

#: A large case takes a while, and the database file is written anew.
_LEASE = 15 * 60


@job(ERASE_JOB, "Borrar datos por ley", max_attempts=20, lease_seconds=_LEASE, sees_all=True)
def erase(run: JobRun) -> None:
    """Do what is left of an erasure: rows, the list beside the backups, files, and remains.

    The list names the erasure before its first row is done: whoever restores a backup meanwhile
    erases all of it. Each step is stored by itself and done once, so that a repetition goes on
    where it was cut off.
    """
    supresion_id = run.args["supresion_id"]
    write_erasures(current_config().backup_dir)
    while erase_next(supresion_id, now=run.clock()):
        run.renew()
    write_erasures(current_config().backup_dir)
    try:
        remove_files(supresion_id)
        run.renew()
        remove_remains()
    except OSError as error:
        raise JobError(f"Quedan archivos por borrar: {error}") from None
    except StillRead:
        raise JobError(
            "Las filas están borradas; falta vaciar el diario de la base, que alguien lee.",
            delay=timedelta(minutes=1),
        ) from None
    rows = sum(count_rows(db.session.get_one(Supresion, supresion_id).hechos).values())
    release()
    with run.finish(f"Borradas o vaciadas {rows} filas."):
        finish_erasure(supresion_id, now=run.clock())
