"""The monthly reports: all of them for admins, its own for the buffet that looks."""

from __future__ import annotations

from typing import NamedTuple

from flask import Blueprint, Response, abort, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from app.adjuntos.outside.storage import get_storage
from app.adjuntos.rules import format_size
from app.auditoria.pages import note_export
from app.buffets.models import Buffet
from app.core.clock import local_today, utcnow
from app.db import db
from app.extensions import limiter
from app.indicadores.access import month_of_buffet, month_to_download
from app.indicadores.models import InformeMensual
from app.indicadores.queries.issued_months import (
    list_issued,
    list_named,
    list_withheld,
    months_statement,
)
from app.indicadores.rules.periodo import name_month
from app.portal.access import looking_buffet
from app.portal.pages.blueprint import note_look
from app.web.access import admin_required, or_404
from app.web.converters import row_id
from app.web.fresh import fresh_file_required
from app.web.headers import keep_private
from app.web.pagination import paginate

bp = Blueprint("mensuales", __name__)
bp.after_request(keep_private)

_TYPES = {
    "pdf": "application/pdf",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
_SIZE = 24


class StoredMonth(NamedTuple):
    """What is sent of a report."""

    key: str
    almacen: str
    size: int | None
    name: str
    title: str
    casos: list[int]


@bp.get("/informes/mensuales")
@admin_required
def index() -> ResponseReturnValue:
    """The monthly reports of all buffets, or of one."""
    buffet_id = request.args.get("buffet", type=row_id)
    buffet = or_404(db.session.get(Buffet, buffet_id)) if buffet_id else None
    page = paginate(
        months_statement(buffet.id if buffet else None),
        size=_SIZE,
        address=url_for("mensuales.index", buffet=buffet.id) if buffet else "",
    )
    return render_template(
        "indicadores/months.html",
        page=page,
        buffet=buffet,
        withheld=list_withheld([row.id for row in page.rows]),
        name_month=name_month,
        size=format_size,
    )


@bp.get("/informes/mensuales/<int:mensual_id>.<extension>")
@admin_required
@fresh_file_required
def download(mensual_id: int, extension: str) -> ResponseReturnValue:
    """A file of a monthly report, for the office."""
    stored = _stored(month_to_download(mensual_id), extension)
    note_export(stored.title, 1, actor=current_user, casos=stored.casos)
    return _send(stored, extension)


@bp.get("/portal/informes")
def portal_index() -> ResponseReturnValue:
    """The months of the buffet that looks."""
    buffet = looking_buffet()
    rows = list_issued(buffet.id)
    return render_template(
        "indicadores/portal_months.html",
        buffet=buffet,
        rows=rows,
        withheld=list_withheld([row.id for row in rows]),
        today=local_today(utcnow()),
        name_month=name_month,
        size=format_size,
    )


@bp.get("/portal/informes/<int:mensual_id>.<extension>")
@limiter.limit("30 per minute")
def portal_file(mensual_id: int, extension: str) -> ResponseReturnValue:
    """A file of a monthly report, for its buffet."""
    row = month_of_buffet(mensual_id)
    buffet, stored = row.buffet, _stored(row, extension)
    response = _send(stored, extension)
    note_look(buffet, stored.title, casos=stored.casos)
    return response


def _stored(row: InformeMensual, extension: str) -> StoredMonth:
    if extension not in _TYPES:
        abort(404)
    key, size = (row.pdf_key, row.pdf_bytes)
    if extension == "xlsx":
        key, size = row.xlsx_key, row.xlsx_bytes
    return StoredMonth(
        key or "",
        row.almacen or "",
        size,
        f"informe-{row.mes:%Y-%m}.{extension}",
        f"Informe de {name_month(row.mes)} ({extension.upper()})",
        list(list_named(row.id)),
    )


def _send(stored: StoredMonth, extension: str) -> Response:
    """The stored bytes, whose SHA-256 the list tells."""
    file = get_storage(stored.almacen).open(stored.key)
    response = send_file(
        file, mimetype=_TYPES[extension], as_attachment=True, download_name=stored.name
    )
    if stored.size is not None:
        response.content_length = stored.size
    response.headers["Cache-Control"] = "no-store"
    return response
