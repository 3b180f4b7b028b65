"""The first screen of the dashboard: what needs the buffet, and its cases; also as a file."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from flask import Response, render_template, url_for
from flask.typing import ResponseReturnValue

from app.core.clock import local_today, utcnow
from app.db import db
from app.extensions import limiter
from app.mensajes.queries import MensajeDelBuffet, list_for_buffet
from app.notificaciones.queries.hitos import list_avances
from app.notificaciones.rules.avance import Avance, days_in_stages
from app.portal.access import looking_buffet
from app.portal.forms import read_filter
from app.portal.pages.blueprint import bp, note_look
from app.portal.pages.own_cases_file import PORTAL_TABLE, Linea
from app.portal.queries import (
    avances_at_receptor,
    cases_statement,
    count_views,
    list_tribunales,
    lost_ids,
)
from app.portal.queries.watched_cases import list_watched
from app.portal.rules import (
    PASOS,
    OrdenDelPortal,
    VistaDelPortal,
    days_ago,
    hours_ago,
    own_step,
)
from app.web.conditional import conditional
from app.web.pagination import paginate
from app.web.table_files import send_table

#: Cases of a page: on a phone it stays below 60 kB.
_SIZE = 25
#: Cases whose progress is read in one go.
_BATCH = 500


@bp.get("/portal")
@conditional
def home() -> ResponseReturnValue:
    """What needs the buffet, what the office looks after, and the buffet's cases."""
    buffet = looking_buffet()
    now, filtro = utcnow(), read_filter()
    at_receptor = avances_at_receptor(buffet.id)
    lost = lost_ids(at_receptor)
    asks = list_for_buffet(buffet.id, only_waiting=True)
    watched, watched_total = list_watched(buffet.id, now)
    page = paginate(
        cases_statement(buffet.id, filtro, lost, now),
        size=_SIZE,
        scalars=False,
        address=f"{url_for('portal.home')}?{urlencode(filtro.args())}" if filtro.args() else "",
    )
    shown = {row.id for row in page.rows} | {one.id for one in watched}
    avances = at_receptor | list_avances(sorted(shown - at_receptor.keys()))
    html = render_template(
        "portal/home.html",
        buffet=buffet,
        now=now,
        today=local_today(now),
        filtro=filtro,
        vistas=[vista for vista in VistaDelPortal if vista is not VistaDelPortal.TODOS],
        ordenes=list(OrdenDelPortal),
        pasos=PASOS,
        cuenta=count_views(buffet.id, lost, now),
        tribunales=list_tribunales(buffet.id),
        asks=asks,
        watched=watched,
        watched_total=watched_total,
        avances=avances,
        page=page,
        lines=[_line(row, avances[row.id], asks, now) for row in page.rows],
        days_ago=days_ago,
        hours_ago=hours_ago,
    )
    named = {*shown, *(one.oficio_id for one in asks)}
    note_look(buffet, "Lista de sus oficios", casos=sorted(named))
    return html


@bp.get("/portal/oficios.xlsx")
@limiter.limit("30 per minute")
def export() -> Response:
    """The cases that the filter of the address leaves, all of them, as a workbook."""
    buffet = looking_buffet()
    now, filtro = utcnow(), read_filter()
    lost = lost_ids(avances_at_receptor(buffet.id))
    rows = db.session.execute(cases_statement(buffet.id, filtro, lost, now)).all()
    asks = list_for_buffet(buffet.id, only_waiting=True)
    response = send_table(PORTAL_TABLE, _lines(rows, asks, now), f"oficios-{now:%Y%m%d}", "xlsx")
    note_look(buffet, "Planilla de sus oficios", casos=[row.id for row in rows])
    return response


def _lines(rows: Any, asks: list[MensajeDelBuffet], now: datetime) -> Iterator[Linea]:
    for start in range(0, len(rows), _BATCH):
        part = rows[start : start + _BATCH]
        avances = list_avances([row.id for row in part])
        for row in part:
            yield _line(row, avances[row.id], asks, now)


def _line(row: Any, avance: Avance, asks: list[MensajeDelBuffet], now: datetime) -> Linea:
    own = own_step([one for one in asks if one.oficio_id == row.id])
    return Linea(row, avance, days_in_stages(avance.etapas, now), own)
