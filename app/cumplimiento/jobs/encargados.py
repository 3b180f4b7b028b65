"""Watching the ends of contracts, and printing certificates."""

from __future__ import annotations

from app.cumplimiento.jobs.certifying import certify_once
from app.cumplimiento.models.encargados import TerminoEncargo
from app.cumplimiento.queries.certificados import certificate_facts
from app.cumplimiento.queries.encargados import list_uncertified
from app.cumplimiento.rules.encargados import CERTIFY_JOB
from app.cumplimiento.service.encargados import (
    keep_certificate,
    order_certificate,
    warn_of_ends,
)
from app.db import db
from app.jobs.registry import job
from app.jobs.runner import JobRun


@job("cumplimiento.encargos", "Vigilar los contratos de encargo", every_seconds=900)
def watch_contracts(run: JobRun) -> None:
    """Warn of ends, once each, and have certified what was erased meanwhile."""
    now = run.clock()
    with run.finish():
        warn_of_ends(now)
        for row in list_uncertified():
            order_certificate(row, now=now)


@job(CERTIFY_JOB, "Emitir el certificado de un encargo", lease_seconds=300)
def certify(run: JobRun) -> None:
    """Print a certificate and keep it; one that is there already stays as it is."""
    termino_id, now = run.args["termino_id"], run.clock()

    def keep(pdf: bytes) -> None:
        keep_certificate(db.session.get_one(TerminoEncargo, termino_id), pdf, now=now)

    certify_once(run, db.session.get_one(TerminoEncargo, termino_id), certificate_facts, keep)
