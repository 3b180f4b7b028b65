"""Importing a concessionaire's list into a case: upload, look at every row, correct, import."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from flask import Blueprint, Response, flash, make_response, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from flask_wtf.file import FileField, FileRequired
from wtforms.validators import Optional, StopValidation

from app.avistamientos.models import Listado
from app.avistamientos.queries import find_listado, list_listados
from app.avistamientos.rules import EstadoListado, ResultadoPaso
from app.avistamientos.service.listados import (
    classify,
    correct_listado,
    count_outcomes,
    create_listado,
    discard_listado,
    import_listado,
    note_file_download,
    report_line,
)
from app.core.clock import utcnow
from app.core.errors import InvalidValue, Refused, Stale
from app.core.texto import clean_text
from app.db import release, transaction
from app.importador.archivo import MAX_BYTES, Planilla, open_planilla
from app.importador.pasos.campos import ETIQUETAS, guess_crossing_columns
from app.importador.pasos.informe import report_file
from app.importador.pasos.lectura import LecturaPasos, read_crossings
from app.oficios.access import oficio_to_work
from app.oficios.models import Oficio
from app.oficios.page import render_section
from app.web.access import or_404, staff_required
from app.web.bodies import accepts_bytes, one_upload
from app.web.forms import FechaField, Form
from app.web.fragments import see_other
from app.web.pagination import Page

bp = Blueprint("listados", __name__, url_prefix="/oficios/<int:oficio_id>/listados")

#: Rows on one page of a preview or a result.
ROWS_SHOWN = 100
_SECTION = "avistamientos"
_LONGEST_COMPANY = 120
_BOTH_DAYS = "Escriba los dos días del período, o deje los dos vacíos."


class UploadForm(Form):
    """A concessionaire's list."""

    planilla = FileField("Planilla", [FileRequired("Elija la planilla de la concesionaria.")])


class PeriodForm(Form):
    """The days that a list covers, as the paper that came with it says."""

    cubre_desde = FechaField("El listado cubre desde el", [Optional()])
    cubre_hasta = FechaField("hasta el", [Optional()])

    def validate_cubre_desde(self, field: FechaField) -> None:
        """Both days, or none: asked here when the last one is missing."""
        if not self.cubre_hasta.data:
            raise StopValidation(_BOTH_DAYS)

    def validate_cubre_hasta(self, field: FechaField) -> None:
        """And here when the first one is."""
        if not self.cubre_desde.data:
            raise StopValidation(_BOTH_DAYS)

    @property
    def days(self) -> tuple[date, date] | None:
        """The period; None when it was not written. Ask after validation."""
        first, last = self.cubre_desde.value, self.cubre_hasta.value
        return (first, last) if first and last else None


@bp.route("", methods=["GET", "POST"])
@accepts_bytes(one_upload)
@staff_required
def start(oficio_id: int) -> ResponseReturnValue:
    """Upload a list; nothing else is stored before *Importar*."""
    oficio = oficio_to_work(oficio_id)
    form = UploadForm()
    if form.is_submitted() and form.validate():
        try:
            listado_id = _keep_upload(oficio, form)
        except InvalidValue as refusal:
            form.planilla.errors = [str(refusal)]
        else:
            url = url_for("listados.preview", oficio_id=oficio_id, listado_id=listado_id)
            return see_other(url)
    return render_section(
        oficio,
        _SECTION,
        "importador/_pasos_start.html",
        422 if form.is_submitted() else 200,
        form=form,
        lists=list_listados(oficio.id),
    )


@bp.get("/<int:listado_id>")
@staff_required
def preview(oficio_id: int, listado_id: int) -> ResponseReturnValue:
    """Every row of a list with what will become of it, or what became of it."""
    oficio, listado = _load(oficio_id, listado_id)
    if listado.estado is EstadoListado.DESCARTADO:
        flash("Ese listado se descartó. Súbalo otra vez para importarlo.", "aviso")
        return see_other(url_for("listados.start", oficio_id=oficio_id))
    if listado.estado is EstadoListado.IMPORTADO:
        return _show_result(oficio, listado)
    return _show_preview(oficio, listado, _read(oficio, listado, _open(listado)))


@bp.post("/<int:listado_id>")
@staff_required
def review(oficio_id: int, listado_id: int) -> ResponseReturnValue:
    """Keep which column is which, and read the list again."""
    oficio, listado = _load(oficio_id, listado_id)
    planilla = _open(listado)
    before = _read(oficio, listado, planilla)
    mapeo = {
        column.indice: campo
        for column in before.columnas
        if (campo := request.form.get(f"m-{column.indice}", ""))
    }
    empresa = clean_text(request.form.get("empresa", ""))[:_LONGEST_COMPANY] or None
    try:
        read_crossings(planilla, oficio.vehiculo.patente, mapeo=mapeo, empresa=empresa)
        with transaction():
            correct_listado(listado, mapeo=mapeo, empresa=empresa)
    except (InvalidValue, Refused) as refusal:
        return _show_preview(oficio, listado, before, 422, error=str(refusal))
    return see_other(url_for("listados.preview", oficio_id=oficio_id, listado_id=listado_id))


@bp.post("/<int:listado_id>/importar", endpoint="import")
@staff_required
def import_(oficio_id: int, listado_id: int) -> ResponseReturnValue:
    """Make the sightings of a list, in one transaction."""
    oficio, listado = _load(oficio_id, listado_id)
    if listado.estado is not EstadoListado.BORRADOR:
        return see_other(url_for("listados.preview", oficio_id=oficio_id, listado_id=listado_id))
    planilla = _open(listado)
    lectura = _read(oficio, listado, planilla)
    version = request.form.get("version", 0, type=int)
    periodo = PeriodForm()
    if not periodo.validate():
        return _show_preview(oficio, listado, lectura, 422, periodo=periodo)
    try:
        with transaction():
            import_listado(
                listado,
                lectura.pasos,
                version,
                periodo=periodo.days,
                actor=current_user,
                now=utcnow(),
            )
    except (Stale, Refused) as refusal:
        oficio, listado = _load(oficio_id, listado_id)
        again = _read(oficio, listado, planilla)
        return _show_preview(oficio, listado, again, 409, error=str(refusal), periodo=periodo)
    return see_other(url_for("listados.preview", oficio_id=oficio_id, listado_id=listado_id))


@bp.post("/<int:listado_id>/descartar")
@staff_required
def discard(oficio_id: int, listado_id: int) -> ResponseReturnValue:
    """Forget an upload."""
    _, listado = _load(oficio_id, listado_id)
    try:
        with transaction():
            discard_listado(listado, actor=current_user, now=utcnow())
    except Refused as refusal:
        flash(str(refusal), "error")
    else:
        flash("El listado se descartó y su archivo se borró. No se guardó ningún paso.", "ok")
    return see_other(url_for("listados.start", oficio_id=oficio_id))


@bp.get("/<int:listado_id>/informe.csv")
@staff_required
def report(oficio_id: int, listado_id: int) -> ResponseReturnValue:
    """A spreadsheet of every row and what became, or will become, of it."""
    oficio, listado = _load(oficio_id, listado_id)
    or_404(listado, allowed=listado.estado is not EstadoListado.DESCARTADO)
    if listado.estado is EstadoListado.IMPORTADO:
        lines = listado.informe
    else:
        lectura = _read(oficio, listado, _open(listado))
        lines = [report_line(row) for row in classify(oficio.id, lectura.pasos, utcnow())]
    response = make_response(report_file(lines))
    response.headers["Content-Type"] = "text/csv; charset=utf-8"
    name = f"listado-{listado_id}.csv"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@bp.post("/<int:listado_id>/archivo")
@staff_required
def original(oficio_id: int, listado_id: int) -> ResponseReturnValue:
    """The untouched file; a POST, because taking it is written down and a GET writes nothing."""
    _, listado = _load(oficio_id, listado_id)
    or_404(listado, allowed=listado.estado is EstadoListado.IMPORTADO)
    contenido, sha256 = listado.contenido, listado.sha256
    with transaction():
        note_file_download(listado, actor=current_user, now=utcnow())
    response = make_response(contenido)
    response.headers["Content-Type"] = "application/octet-stream"
    response.headers["Cache-Control"] = "no-store"
    response.headers["Content-Disposition"] = (
        f'attachment; filename="listado-{listado_id}-{sha256[:12]}"'
    )
    return response


def _load(oficio_id: int, listado_id: int) -> tuple[Oficio, Listado]:
    oficio = oficio_to_work(oficio_id)
    return oficio, or_404(find_listado(oficio.id, listado_id))


def _keep_upload(oficio: Oficio, form: UploadForm) -> int:
    """Read an upload as far as it takes to know that it is a list, and keep it as a draft.

    Raises:
        InvalidValue: it is no list; nothing is kept.
    """
    upload = form.planilla.data
    contenido = upload.read(MAX_BYTES + 1)
    nombre = re.split(r"[/\\]", clean_text(upload.filename))[-1][-200:] or "listado"
    patente = oficio.vehiculo.patente
    release()
    planilla = open_planilla(contenido, nombre, guess=guess_crossing_columns)
    read_crossings(planilla, patente)
    with transaction():
        return create_listado(
            oficio, nombre=nombre, contenido=contenido, actor=current_user, now=utcnow()
        ).id


def _open(listado: Listado) -> Planilla:
    """Open the file of a draft while no transaction is held."""
    contenido, nombre = listado.contenido, listado.nombre_archivo
    release()
    return open_planilla(contenido, nombre, guess=guess_crossing_columns)


def _read(oficio: Oficio, listado: Listado, planilla: Planilla) -> LecturaPasos:
    return read_crossings(
        planilla,
        oficio.vehiculo.patente,
        mapeo={int(column): campo for column, campo in listado.mapeo.items()} or None,
        empresa=listado.empresa,
    )


def _show_preview(
    oficio: Oficio,
    listado: Listado,
    lectura: LecturaPasos,
    status: int = 200,
    *,
    error: str | None = None,
    periodo: PeriodForm | None = None,
) -> Response:
    seen = classify(oficio.id, lectura.pasos, utcnow())
    ver = _asked_outcome()
    lines = [report_line(row) for row in seen if not ver or row.resultado.value == ver]
    return _render(
        oficio,
        listado,
        "importador/_pasos_preview.html",
        status,
        lines=lines,
        counts=count_outcomes(seen),
        lectura=lectura,
        etiquetas=ETIQUETAS,
        error=error,
        periodo=periodo or PeriodForm(formdata=None),
    )


def _show_result(oficio: Oficio, listado: Listado) -> Response:
    ver = _asked_outcome()
    lines = [line for line in listado.informe if not ver or line["resultado"] == ver]
    return _render(
        oficio,
        listado,
        "importador/_pasos_result.html",
        200,
        lines=lines,
        counts=listado.resultado,
    )


def _render(
    oficio: Oficio,
    listado: Listado,
    template: str,
    status: int,
    *,
    lines: list[dict[str, Any]],
    **context: Any,
) -> Response:
    return render_section(
        oficio,
        _SECTION,
        template,
        status,
        listado=listado,
        page=_slice(lines, oficio.id, listado.id),
        ver=_asked_outcome(),
        outcomes=list(ResultadoPaso),
        **context,
    )


def _asked_outcome() -> str:
    """The outcome whose rows are asked for; empty for all."""
    asked = request.values.get("ver", "")
    return asked if asked in {outcome.value for outcome in ResultadoPaso} else ""


def _slice(rows: list[dict[str, Any]], oficio_id: int, listado_id: int) -> Page:
    last = max(1, -(-len(rows) // ROWS_SHOWN))
    number = min(max(1, request.values.get("pagina", 1, type=int)), last)
    first = (number - 1) * ROWS_SHOWN
    address = url_for(
        "listados.preview",
        oficio_id=oficio_id,
        listado_id=listado_id,
        ver=_asked_outcome() or None,
    )
    return Page(rows[first : first + ROWS_SHOWN], number, len(rows), ROWS_SHOWN, address=address)
