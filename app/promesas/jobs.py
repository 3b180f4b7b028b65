"""Working promises out anew when hours, closed days or terms have changed."""

from __future__ import annotations

from app.core.clock import local_today
from app.core.plazos import is_business_day
from app.db import release, transaction
from app.jobs.registry import job
from app.jobs.runner import JobRun
from app.promesas.queries import next_cases
from app.promesas.rules import BATCH, RECOMPUTE_JOB
from app.promesas.service.standing import refresh_cases


@job(
    RECOMPUTE_JOB,
    "Calcular de nuevo las promesas a los buffets",
    every_seconds=24 * 3600,
    sees_all=True,
)
def recompute(run: JobRun) -> None:
    """Work out the promises of a buffet's cases, or of all whose clock runs; a part at a time.

    Each part is a transaction of its own, and one that is done twice changes nothing. Once a day it
    makes up for what nothing told of, such as a new calendar of holidays.
    """
    buffet_id = run.args.get("buffet_id")
    last, changed = 0, 0
    # The first look at the holidays loads them, which is nothing to do while others wait to write.
    is_business_day(local_today(run.clock()))
    while ids := next_cases(last, buffet_id=buffet_id, limit=BATCH):
        release()
        with transaction():
            changed += refresh_cases(ids, now=run.clock())
        last = ids[-1]
        run.renew()
    release()
    said = "Nada cambió." if not changed else f"Promesas que cambiaron: {changed}."
    with run.finish(said):
        pass
