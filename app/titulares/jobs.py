"""Watching the clocks of the requests."""

from __future__ import annotations

from datetime import timedelta

from app.core.clock import to_local
from app.jobs.registry import job
from app.jobs.runner import JobRun
from app.titulares.queries.data_requests import list_open, list_unproven, list_without_block
from app.titulares.rules.solicitudes import is_due_soon
from app.titulares.service.data_requests import (
    current_terms,
    note_sending,
    warn_of_block,
    warn_of_term,
)

#: A mail that did not leave in so many days is not looked for any more.
_UNPROVEN = timedelta(days=90)


@job("titulares.plazos", "Vigilar los plazos de las solicitudes", every_seconds=3600)
def watch_terms(run: JobRun) -> None:
    """Warn the admins of terms that end soon or have passed; each warning is given once."""
    now = run.clock()
    with run.finish():
        terms = current_terms()
        until = to_local(now).date() + timedelta(days=max(terms.advertencia, 60))
        for row in list_open(until):
            if is_due_soon(row.vence, now, terms, row.tipo):
                warn_of_term(row, now)
        for row in list_unproven(now - _UNPROVEN):
            note_sending(row)
        for row in list_without_block():
            warn_of_block(row, now)
