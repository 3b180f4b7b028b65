"""Proposing closed cases whose time is over, and printing the certificates of batches."""

from __future__ import annotations

from app.cumplimiento.jobs.certifying import certify_once
from app.cumplimiento.models.retencion import LoteRetencion
from app.cumplimiento.queries.certificados import batch_facts
from app.cumplimiento.queries.retencion import list_uncertified_batches
from app.cumplimiento.rules.retencion import CERTIFY_BATCH_JOB
from app.cumplimiento.service.retencion import (
    keep_batch_certificate,
    order_batch_certificate,
    propose_some,
    renew_proposals,
    tell_of_proposals,
)
from app.db import db, transaction
from app.jobs.registry import job
from app.jobs.runner import JobRun


@job(
    "cumplimiento.retencion",
    "Proponer los casos que cumplieron su plazo",
    every_seconds=24 * 3600,
    sees_all=True,
)
def propose_retention(run: JobRun) -> None:
    """Propose each closed case whose time is over once, and tell the admins of new ones."""
    now, count = run.clock(), 0
    with transaction():
        renew_proposals(now)
    while True:
        with transaction():
            found = propose_some(now)
        if not found:
            break
        count += found
        run.renew()
    with run.finish(f"Casos propuestos: {count}."):
        if count:
            tell_of_proposals(count, now)


@job("cumplimiento.retencion_certificados", "Pedir certificados de retención", every_seconds=900)
def watch_batches(run: JobRun) -> None:
    """Have certified what was erased or made anonymous meanwhile."""
    now = run.clock()
    with run.finish():
        for row in list_uncertified_batches():
            order_batch_certificate(row, now=now)


@job(CERTIFY_BATCH_JOB, "Emitir el certificado de una retención", lease_seconds=300, sees_all=True)
def certify_batch(run: JobRun) -> None:
    """Print a certificate and keep it; one that is there already stays as it is."""
    lote_id, now = run.args["lote_id"], run.clock()

    def keep(pdf: bytes) -> None:
        keep_batch_certificate(db.session.get_one(LoteRetencion, lote_id), pdf, now=now)

    certify_once(run, db.session.get_one(LoteRetencion, lote_id), batch_facts, keep)
