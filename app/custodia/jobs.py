"""Verifying every chain once a day."""

from __future__ import annotations

import logging

from app.ajustes.queries import is_demo
from app.custodia.queries import list_oficio_ids
from app.custodia.service import store_review, verify
from app.db import release, transaction
from app.jobs.registry import job
from app.jobs.runner import JobError, JobRun

logger = logging.getLogger(__name__)

VERIFY_JOB = "custodia.verificar"
_DAY = 24 * 3600
#: How many outcomes one transaction stores.
_BATCH = 50


@job(VERIFY_JOB, "Verificar la cadena de custodia", every_seconds=_DAY)
def verify_all(run: JobRun) -> None:
    """Compare every oficio with its chain and keep the outcome; findings fail the job in words.

    A finding is no reason to look again; a database that was busy or a worker that died is, and
    comparing twice changes nothing.
    """
    ids = list_oficio_ids()
    # A demonstration proves nothing, and its newcomer should still see the address on the screen.
    level = logging.DEBUG if is_demo() else logging.INFO
    release()
    altered = []
    for start in range(0, len(ids), _BATCH):
        run.renew()
        found = [verify(oficio_id) for oficio_id in ids[start : start + _BATCH]]
        with transaction():
            for outcome in found:
                store_review(outcome, now=run.clock())
        for outcome in found:
            head = outcome.links[-1].hash if outcome.links else "-"
            # The log is kept apart from the database: whoever changes both leaves a trace here.
            logger.log(level, "custodia oficio=%s hash=%s", outcome.oficio_id, head)
        altered += [outcome.oficio_id for outcome in found if outcome.problemas]
    if altered:
        shown = ", ".join(str(oficio_id) for oficio_id in altered[:20])
        raise JobError(
            f"La cadena de custodia no calza en {len(altered)} oficio(s): {shown}. Vea «Custodia» "
            "en cada caso.",
            retry=False,
        )
    with run.finish(f"Se verificaron {len(ids)} oficios; nada fue alterado."):
        pass
