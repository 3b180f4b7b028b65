"""The log of what left the house, its file, and who looked at a case."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, abort, render_template, request
from flask.typing import ResponseReturnValue
from flask_login import current_user

from app.auditoria.pages import note_export
from app.core.clock import local_today, utcnow
from app.core.text import clean_text
from app.cumplimiento.forms import DivulgacionFilterForm
from app.cumplimiento.queries import (
    EXPORT_LIMIT,
    count_disclosures,
    disclosures_statement,
    find_cases,
    iter_disclosures,
    looks_statement,
    name_cases,
    show_look,
)
from app.web.access import admin_required
from app.web.converters import row_id
from app.web.fresh import fresh_file_required
from app.web.pagination import paginate
from app.web.table_files import FORMATS, CellKind, Column, Table, send_table

bp = Blueprint("cumplimiento", __name__, url_prefix="/admin/divulgaciones")

#: Cases that one address asks for.
_MOST_CASES = 200

DIVULGACIONES_TABLE: Table[Any] = Table(
    "Divulgaciones",
    (
        Column("Fecha", lambda row: row[0].created_at, CellKind.INSTANT, 20),
        Column("Cómo salió", lambda row: row[0].canal.label, width=22),
        Column("Qué", lambda row: row[0].que, width=40),
        Column("A quién", lambda row: row[0].destinatario, width=32),
        Column("Base", lambda row: row[0].base, width=40),
        Column("Oficio", lambda row: row[1] or ""),
        Column("Cantidad", lambda row: row[0].cantidad, CellKind.NUMBER),
    ),
)


@bp.get("")
@admin_required
def disclosures() -> ResponseReturnValue:
    """What left the house, under the filters of the address."""
    form = DivulgacionFilterForm()
    page = paginate(disclosures_statement(form.to_filter()), scalars=False)
    return render_template(
        "cumplimiento/divulgaciones.html",
        form=form,
        page=page,
        arguments=form.arguments(),
        formats=FORMATS,
    )


@bp.post("/exportar.<formato>")
@admin_required
@fresh_file_required
def export(formato: str) -> ResponseReturnValue:
    """The same as a file; a POST, because taking it is written down."""
    if formato not in FORMATS:
        abort(404)
    wanted = DivulgacionFilterForm().to_filter()
    total = min(count_disclosures(wanted), EXPORT_LIMIT)
    note_export(f"Registro de divulgaciones ({formato})", total, actor=current_user)
    name = f"divulgaciones-{local_today(utcnow()).isoformat()}"
    return send_table(DIVULGACIONES_TABLE, iter_disclosures(wanted), name, formato)


@bp.get("/quien-miro")
@admin_required
def looks() -> ResponseReturnValue:
    """Who saw or received something of one case, or of all cases of a person."""
    numero = clean_text(request.args.get("numero", ""))[:60]
    asked = [each for each in request.args.getlist("oficio", type=row_id) if each]
    ids = find_cases(numero) if numero else asked[:_MOST_CASES]
    return render_template(
        "cumplimiento/quien_miro.html",
        numero=numero,
        casos=name_cases(ids),
        page=paginate(looks_statement(ids), scalars=False),
        show=show_look,
        asked=bool(numero or asked),
    )
