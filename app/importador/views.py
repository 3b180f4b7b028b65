"""Importar: upload a list, look at every row, correct, import, and read what became of it."""

from __future__ import annotations

import re

from flask import Blueprint, Response, flash, make_response, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from app.core.clock import local_today, utcnow
from app.core.errors import InvalidValue, Refused, Stale
from app.core.texto import clean_text
from app.db import release, transaction
from app.importador.access import importacion_to_work
from app.importador.archivo import MAX_BYTES, Planilla, open_planilla
from app.importador.forms import Review, UploadForm, read_review
from app.importador.informe import report_file, report_line
from app.importador.lectura import Lectura, interpretar
from app.importador.mapeo import apply_remembered
from app.importador.models import Importacion
from app.importador.page import asked_outcome, show_preview, show_result
from app.importador.queries import find_mapping, list_numbers, list_recent
from app.importador.rules import EstadoImportacion, clasificar
from app.importador.service import correct_draft, create_draft, discard_draft, import_draft
from app.web.access import staff_required
from app.web.bodies import accepts_bytes, one_upload
from app.web.errors import error_response
from app.web.fragments import fragment, is_htmx, see_other

bp = Blueprint("importador", __name__, url_prefix="/importar")

_GONE = "Ese listado se descartó. Súbalo otra vez para importarlo."


@bp.route("", methods=["GET", "POST"])
@accepts_bytes(one_upload)
@staff_required
def start() -> ResponseReturnValue:
    """Upload a list for a buffet; nothing else is stored before *Importar*."""
    form = UploadForm()
    if form.is_submitted() and form.validate():
        try:
            importacion_id = _keep_upload(form)
        except InvalidValue as refusal:
            form.planilla.errors = [str(refusal)]
        else:
            return see_other(url_for("importador.preview", importacion_id=importacion_id))
    status = 422 if form.is_submitted() else 200
    if is_htmx():
        return fragment("importador/_upload.html", status, form=form)
    page = render_template("importador/start.html", form=form, recent=list_recent())
    return page, status


@bp.get("/<int:importacion_id>")
@staff_required
def preview(importacion_id: int) -> ResponseReturnValue:
    """Every row of a list with what will become of it, or what became of it."""
    importacion = importacion_to_work(importacion_id)
    if importacion.estado is EstadoImportacion.DESCARTADA:
        flash(_GONE, "aviso")
        return see_other(url_for("importador.start"))
    if importacion.estado is EstadoImportacion.IMPORTADA:
        return show_result(importacion)
    return show_preview(importacion, _read(importacion, _open(importacion)))


@bp.post("/<int:importacion_id>")
@staff_required
def review(importacion_id: int) -> ResponseReturnValue:
    """Keep what was changed of the columns and the cells, and read the list again."""
    importacion = importacion_to_work(importacion_id)
    if not importacion.is_draft:
        return _closed(importacion)
    planilla = _open(importacion)
    before = _read(importacion, planilla)
    changed = read_review(request.form, importacion, before)
    try:
        after = _read(importacion, planilla, changed)
        with transaction():
            correct_draft(importacion, mapeo=changed.mapeo, correcciones=changed.correcciones)
    except (InvalidValue, Refused) as refusal:
        return show_preview(importacion, before, 422, error=str(refusal))
    if is_htmx():
        return show_preview(importacion, after)
    return see_other(
        url_for("importador.preview", importacion_id=importacion_id, ver=asked_outcome() or None)
    )


@bp.post("/<int:importacion_id>/importar", endpoint="import")
@staff_required
def import_(importacion_id: int) -> ResponseReturnValue:
    """Make the oficios of a list, in one transaction.

    What was typed and not yet reviewed is reviewed first, so that nobody imports what they have
    not seen.
    """
    importacion = importacion_to_work(importacion_id)
    if not importacion.is_draft:
        return _closed(importacion)
    version = request.form.get("version", 0, type=int)
    planilla = _open(importacion)
    lectura = _read(importacion, planilla)
    typed = read_review(request.form, importacion, lectura)
    if typed.changes(importacion):
        return _review_first(importacion, planilla, lectura, typed)
    try:
        with transaction():
            import_draft(importacion, lectura, version, actor=current_user, now=utcnow())
    except (Stale, Refused) as refusal:
        again = importacion_to_work(importacion_id)
        return show_preview(again, _read(again, planilla), 409, error=str(refusal))
    return see_other(url_for("importador.preview", importacion_id=importacion_id))


@bp.post("/<int:importacion_id>/descartar")
@staff_required
def discard(importacion_id: int) -> ResponseReturnValue:
    """Forget an upload."""
    importacion = importacion_to_work(importacion_id)
    try:
        with transaction():
            discard_draft(importacion, actor=current_user, now=utcnow())
    except Refused as refusal:
        flash(str(refusal), "error")
    else:
        flash("El listado se descartó y su archivo se borró. No se creó ningún oficio.", "ok")
    return see_other(url_for("importador.start"))


@bp.get("/<int:importacion_id>/informe.csv")
@staff_required
def report(importacion_id: int) -> ResponseReturnValue:
    """A spreadsheet of every row and what became, or will become, of it."""
    importacion = importacion_to_work(importacion_id)
    if importacion.estado is EstadoImportacion.DESCARTADA:
        return error_response(404)
    if importacion.is_draft:
        lectura = _read(importacion, _open(importacion))
        filas = clasificar(lectura.filas, list_numbers(importacion.buffet_id))
        lines = [report_line(fila) for fila in filas]
    else:
        lines = importacion.informe
    response = make_response(report_file(lines, done=not importacion.is_draft))
    response.headers["Content-Type"] = "text/csv; charset=utf-8"
    response.headers["Content-Disposition"] = (
        f'attachment; filename="importacion-{importacion_id}.csv"'
    )
    return response


def _keep_upload(form: UploadForm) -> int:
    """Read an upload as far as it takes to know that it is a list, and keep it as a draft.

    Raises:
        InvalidValue: it is no list; nothing is kept.
    """
    buffet_id = int(form.buffet_id.data)
    upload = form.planilla.data
    contenido = upload.read(MAX_BYTES + 1)
    nombre = re.split(r"[/\\]", clean_text(upload.filename))[-1][-200:] or "planilla"
    recordado = find_mapping(buffet_id)
    release()
    planilla = open_planilla(contenido, nombre)
    lectura = interpretar(planilla, hoy=local_today(utcnow()))
    with transaction():
        return create_draft(
            buffet_id=buffet_id,
            nombre=nombre,
            contenido=contenido,
            mapeo=apply_remembered(lectura.columnas, recordado),
            actor=current_user,
            now=utcnow(),
        ).id


def _open(importacion: Importacion) -> Planilla:
    """Open the file of a draft while no transaction is held."""
    contenido, nombre = importacion.contenido, importacion.nombre_archivo
    release()
    return open_planilla(contenido, nombre)


def _read(importacion: Importacion, planilla: Planilla, changed: Review | None = None) -> Lectura:
    return interpretar(
        planilla,
        hoy=local_today(utcnow()),
        mapeo=changed.mapeo if changed else importacion.mapeo_columnas,
        correcciones=changed.correcciones if changed else importacion.correcciones_por_celda,
    )


def _review_first(
    importacion: Importacion, planilla: Planilla, before: Lectura, typed: Review
) -> Response:
    """Answer an *Importar* that carries changes: keep them and show what they do."""
    try:
        after = _read(importacion, planilla, typed)
        with transaction():
            correct_draft(importacion, mapeo=typed.mapeo, correcciones=typed.correcciones)
    except (InvalidValue, Refused) as refusal:
        return show_preview(importacion, before, 422, error=str(refusal))
    sentence = (
        "Todavía no se importó nada: había correcciones sin revisar. Ya se revisaron; mire cómo "
        "quedaron y pulse Importar otra vez."
    )
    return show_preview(importacion, after, 422, aviso=sentence)


def _closed(importacion: Importacion) -> Response:
    """Answer a press on a button of a list that was imported or discarded: show how it stands."""
    return see_other(url_for("importador.preview", importacion_id=importacion.id))
