"""Keeping the figures up to date, comparing them each night, and the reports of a month."""

from __future__ import annotations

import hashlib
from datetime import date

import sqlalchemy as sa

from app.adjuntos.outside.storage import Storage, current_storage
from app.ajustes.queries import current_office, find_logo_data
from app.buffets.models import Buffet
from app.core.clock import local_today, to_local
from app.db import db, release
from app.indicadores.models import Corte, InformeMensual
from app.indicadores.outside.month_files import print_month, write_month
from app.indicadores.queries.month_contents import read_month
from app.indicadores.rules import CHECK_JOB, ISSUE_JOB, MONTH_JOB, READ_JOB
from app.indicadores.rules.periodo import previous_month
from app.indicadores.service.comparing_figures import compare_all
from app.indicadores.service.issuing_months import (
    ArchivoMensual,
    issue_month,
    list_missing,
    order_month,
)
from app.indicadores.service.reading_figures import read_news
from app.informes.outside.typesetting import PrintFailed
from app.jobs.registry import job
from app.jobs.runner import JobError, JobRun

_MINUTES = 60
_HOUR = 3600
#: Hour of Santiago from which on all figures are compared, once in a day.
_NIGHT = 3
_NO_ROOM = "No se pudo guardar el informe: el almacenamiento está lleno o no responde."


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


@job(
    MONTH_JOB,
    "Pedir los informes del mes que terminó",
    every_seconds=_HOUR,
    lease_seconds=300,
)
def order_months(run: JobRun) -> None:
    """On the first of a month, or as soon as something runs again, have each buffet's month made.

    What is there already is not ordered again. The figures are read up to now before, so that the
    last day of the month is whole in them.
    """
    now = run.clock()
    month = previous_month(local_today(now))
    missing = list_missing(month) if to_local(now).hour >= _NIGHT else []
    release()
    if not missing:
        with run.finish():
            return
    read_news(now=now, between=run.renew)
    with run.finish(f"Informes pedidos: {len(missing)}."):
        for buffet_id in missing:
            order_month(buffet_id, month, now=now)


@job(ISSUE_JOB, "Emitir el informe mensual de un buffet", lease_seconds=300)
def make_month(run: JobRun) -> None:
    """Read the month, print it, store both files, then make them known, in this order.

    Files that nobody came to know of are taken back here, or by the next attempt.
    """
    month = date.fromisoformat(run.args["mes"])
    row = _find_month(run)
    if row is None or row.pdf_key is not None:
        with run.finish("Ya está emitido." if row else "Otro trabajo lo emite."):
            return
    now = run.clock()
    content = read_month(db.session.get_one(Buffet, row.buffet_id), month, now=now)
    office = current_office()
    logo = find_logo_data(office.logo.sha256) if office.logo else None
    release()
    storage = current_storage()
    keys = [_month_keys(run, number) for number in range(1, run.attempt + 1)]
    try:
        made = print_month(content, office, logo, now=now), write_month(content)
        run.renew()
        _take_back(storage, [key for pair in keys[:-1] for key in pair])
        for key, data in zip(keys[-1], made, strict=True):
            storage.put(key, data)
    except PrintFailed as error:
        raise JobError(f"No se pudo componer el PDF: {str(error)[:300]}") from error
    except OSError as error:
        raise JobError(_NO_ROOM) from error
    pdf, xlsx = (
        ArchivoMensual(key, hashlib.sha256(data).hexdigest(), len(data))
        for key, data in zip(keys[-1], made, strict=True)
    )
    try:
        with run.finish("Emitido."):
            row = _find_month(run)
            if row is None:
                raise JobError("Otro trabajo lo emite.", retry=False)
            issue_month(row, pdf, xlsx, almacen=storage.name, casos=content.casos, now=now)
    except BaseException:
        if not run.finished:
            _take_back(storage, list(keys[-1]))
        raise


def _find_month(run: JobRun) -> InformeMensual | None:
    return db.session.scalar(
        sa.select(InformeMensual).where(InformeMensual.trabajo_id == run.trabajo_id)
    )


def _month_keys(run: JobRun, attempt: int) -> tuple[str, str]:
    """The keys of what one attempt made: a slow worker never writes over what was issued."""
    name = f"mensuales/{run.args['mes'][:7]}-{run.trabajo_id[:13].lower()}-{attempt}"
    return f"{name}.pdf", f"{name}.xlsx"


def _take_back(storage: Storage, keys: list[str]) -> None:
    for key in keys:
        storage.delete(key)
