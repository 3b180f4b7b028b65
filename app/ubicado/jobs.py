"""Looking for located vehicles that wait too long for their receptor."""

from __future__ import annotations

from app.jobs.registry import job
from app.jobs.runner import JobRun
from app.ubicado.queries import list_unexecuted, recheck_before, recheck_days
from app.ubicado.service import remind


@job("ubicado.revisar", "Buscar vehículos ubicados sin diligencia", every_seconds=3600)
def find_waiting(run: JobRun) -> None:
    """Propose to go and see again, from what the database says: running twice changes nothing."""
    now = run.clock()
    with run.finish():
        days = recheck_days()
        for one in list_unexecuted(seen_before=recheck_before(now), now=now):
            remind(one, days=days, now=now)
