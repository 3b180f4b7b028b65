"""What keeps an installation quick by itself."""

from __future__ import annotations

from app.db import fold_counts, refresh_statistics, release
from app.jobs.registry import job
from app.jobs.runner import JobRun

_DAY = 24 * 3600
_HOUR = 3600


@job("estado.estadisticas", "Medir de nuevo las tablas", every_seconds=_DAY)
def measure_tables(run: JobRun) -> None:
    """Let the database see what its tables hold by now."""
    release()
    refresh_statistics()


@job("estado.cuentas", "Juntar lo que se lleva contado", every_seconds=_HOUR)
def put_counts_together(run: JobRun) -> None:
    """Leave few notes of the counts that the database keeps, so that adding them up stays quick."""
    with run.finish():
        fold_counts()
