"""Verifying every chain once a day."""

from __future__ import annotations

import logging

from app.ajustes.queries import is_demo
from app.custodia.queries import check_witness, list_chain_ids
from app.custodia.rules import chain_name
from app.custodia.service import seal_settled, store_review, verify_all
from app.db import release, transaction
from app.jobs.registry import job
from app.jobs.runner import JobError, JobRun

logger = logging.getLogger(__name__)

VERIFY_JOB = "custodia.verificar"
SEAL_JOB = "custodia.divulgaciones"
_HOUR = 3600
_DAY = 24 * _HOUR
#: How many outcomes one transaction stores.
_BATCH = 50


@job(VERIFY_JOB, "Verificar la cadena de custodia", every_seconds=_DAY, sees_all=True)
def verify_chains(run: JobRun) -> None:
    """Compare all that is sealed with its chains and keep the outcome; findings fail the job.

    A finding is no reason to look again; a database that was busy or a worker that died is, and
    comparing twice changes nothing.
    """
    ids = list_chain_ids()
    # A demonstration proves nothing, and its newcomer should still see the address on the screen.
    level = logging.DEBUG if is_demo() else logging.INFO
    release()
    altered = []
    for start in range(0, len(ids), _BATCH):
        run.renew()
        found = list(verify_all(ids[start : start + _BATCH]))
        with transaction():
            for outcome in found:
                store_review(outcome, now=run.clock())
        for outcome in found:
            # The log is kept apart from the database: whoever changes both leaves a trace here.
            head = outcome.last[1] if outcome.last[0] else "-"
            logger.log(level, "custodia cadena=%s hash=%s", outcome.cadena, head)
        altered += [chain_name(outcome.cadena) for outcome in found if outcome.problemas]
    run.renew()
    wrong = check_witness()
    release()
    if altered:
        wrong.insert(
            0,
            f"La custodia no calza en {len(altered)} cadena(s): {', '.join(altered[:20])}. "
            "Vea «Custodia» en cada caso, o lo que dice la orden «custodia verify».",
        )
    if wrong:
        raise JobError(" ".join(wrong[:5]), retry=False)
    with run.finish(f"Se verificaron {len(ids) - 1} oficios; nada fue alterado."):
        pass


@job(SEAL_JOB, "Sellar las divulgaciones", every_seconds=_HOUR, sees_all=True)
def seal_disclosures(run: JobRun) -> None:
    """Seal what is settled of the log of disclosures, some hundred rows in each transaction."""
    total = 0
    while True:
        with transaction():
            count = seal_settled(run.clock())
        total += count
        if not count:
            break
        run.renew()
    with run.finish(f"Divulgaciones selladas: {total}."):
        pass
