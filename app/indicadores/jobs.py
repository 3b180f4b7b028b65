"""Keeping the figures up to date, comparing them each night, and the reports of a month."""

from __future__ import annotations

from app.core.clock import to_local
from app.db import db, release
from app.indicadores.models import Corte
from app.indicadores.rules import CHECK_JOB, READ_JOB
from app.indicadores.service.comparing_figures import compare_all
from app.indicadores.service.reading_figures import read_news
from app.jobs.registry import job
from app.jobs.runner import JobRun

_MINUTES = 60
_HOUR = 3600
#: Hour of Santiago from which on all figures are compared, once in a day.
_NIGHT = 3


@job(
    READ_JOB,
    "Poner al día las cifras de Informes",
    every_seconds=10 * _MINUTES,
    lease_seconds=300,
    sees_all=True,
)
def read_figures(run: JobRun) -> None:
    """Read what changed since the last time; nothing is sent, so repeating it does no harm."""
    read = read_news(now=run.clock(), between=run.renew)
    with run.finish(f"{read} oficios al día." if read else None):
        pass


@job(
    CHECK_JOB,
    "Comparar las cifras de Informes con los casos",
    every_seconds=_HOUR,
    lease_seconds=300,
    sees_all=True,
)
def check_figures(run: JobRun) -> None:
    """Once in a night work everything out again; what differs is put right and said."""
    now = run.clock()
    cut = db.session.get(Corte, 1)
    last = cut.revisado_at if cut else None
    release()
    is_due = to_local(now).hour >= _NIGHT and (
        last is None or to_local(last).date() < to_local(now).date()
    )
    if not is_due:
        with run.finish():
            return
    read_news(now=now, between=run.renew)
    found = compare_all(now=now, mend=True, between=run.renew)
    text = "Las cifras coinciden con los casos."
    if found:
        text = (
            f"Se corrigieron las cifras de {len(found.casos)} casos y de {len(found.dias)} días de "
            "consultas, que no coincidían."
        )
    with run.finish(text):
        pass
