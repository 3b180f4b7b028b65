"""Looking for what is due."""

from __future__ import annotations

from app.agenda.queries import list_due
from app.agenda.rules import FIRST_HOUR
from app.agenda.service import tell_due
from app.core.clock import to_local
from app.db import release, transaction
from app.jobs.registry import job
from app.jobs.runner import JobRun

#: Things that one transaction tells of: writers need not wait for all of them.
_BATCH = 25


@job("agenda.avisar", "Avisar de lo que vence y de lo que espera", every_seconds=900)
def tell_what_is_due(run: JobRun) -> None:
    """Tell of deadlines, promises, follow-ups and quiet cases; running twice changes nothing."""
    now = run.clock()
    if to_local(now).hour < FIRST_HOUR:
        with run.finish("Se avisa de día."):
            return
    found = list_due(now)
    release()
    for start in range(0, len(found), _BATCH):
        run.renew()
        with transaction():
            tell_due(found[start : start + _BATCH], now=now)
    with run.finish(f"Nuevos: {len(found)}." if found else None):
        pass
