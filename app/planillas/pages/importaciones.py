"""Importar: upload a buffet's list, look at every row, correct, import, read what became of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from flask import Blueprint, Response, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from app.core.clock import utcnow
from app.core.errors import InvalidValue, Refused
from app.extensions import current_config
from app.oficios.queries import find_oficio
from app.planillas.access import importacion_to_work, may_change
from app.planillas.forms.review import read_oficios_review
from app.planillas.forms.upload import OficiosForm, OtherBuffetForm
from app.planillas.models import Importacion
from app.planillas.pages import lists
from app.planillas.pages.preview import preview_url, show_preview, show_progress, show_result
from app.planillas.pages.report import oficios_report, own_report
from app.planillas.pages.template import XLSX, write_template
from app.planillas.queries import find_mapping, list_recent
from app.planillas.rules.layout import FilaTexto, Lectura
from app.planillas.rules.memory import apply_remembered
from app.planillas.rules.oficio_fields import LAYOUT
from app.planillas.rules.oficio_outcomes import EstadoImportacion, FilaOficio
from app.planillas.rules.oficio_rows import read_as_written
from app.planillas.rules.rows import Review
from app.planillas.rules.sheets import Planilla
from app.planillas.service.import_oficios import OFICIOS, create_importacion
from app.planillas.service.importing import IMPORT_JOB, go_on, order_import
from app.planillas.service.moving_buffet import (
    MOVE_JOB,
    change_row,
    order_change,
    refuse_change,
)
from app.planillas.service.undoing import UNDO_JOB, order_undo, undo_row
from app.web.access import or_404, staff_required
from app.web.bodies import accepts_bytes, one_upload
from app.web.converters import row_id
from app.web.deeds import Deed, Done, carry_out
from app.web.fragments import fragment, is_htmx, see_other
from app.web.fresh import fresh_file_required
from app.web.sentences import Sentence, tell

bp = Blueprint("importar", __name__, url_prefix="/importar")

#: The job of a list that is not importing.
_JOBS = {EstadoImportacion.DESHACIENDO: UNDO_JOB, EstadoImportacion.MOVIENDO: MOVE_JOB}
#: What a form says of a list that only its judged rows can explain; most have none of it.
_OF_JUDGED_ROWS = ("r-", "propuesta", "repetidas")
_GONE = "Ese listado se descartó. Súbalo otra vez para importarlo."
_REVIEWED = (
    "Todavía no se importó nada: había correcciones sin revisar. Ya se revisaron; mire cómo "
    "quedaron y pulse Importar otra vez."
)


@bp.route("", methods=["GET", "POST"])
@accepts_bytes(one_upload)
@staff_required
def start() -> ResponseReturnValue:
    """Upload a list for a buffet; nothing else is stored before *Importar*."""
    form = OficiosForm()

    def deed() -> Done:
        return Done("", url_for("importar.preview", importacion_id=_keep(form)))

    def show(status: int) -> ResponseReturnValue:
        if is_htmx():
            return fragment("planillas/_upload.html", status, form=form)
        return render_template("planillas/start.html", form=form, recent=list_recent()), status

    return carry_out(
        Deed(
            do=deed,
            form=form,
            show=show,
            beside={InvalidValue: form.planilla},
            in_transaction=False,
        )
    )


def _keep(form: OficiosForm) -> int:
    buffet_id = int(form.buffet_id.data)

    def create(nombre: str, contenido: bytes, texts: Lectura[FilaTexto]) -> Importacion:
        return create_importacion(
            buffet_id=buffet_id,
            nombre=nombre,
            contenido=contenido,
            mapeo=apply_remembered(texts.columnas, find_mapping(buffet_id), LAYOUT),
            actor=current_user,
            now=utcnow(),
        )

    return lists.keep_upload(OFICIOS, form.planilla.data, create)


@bp.get("/<int:importacion_id>")
@staff_required
def preview(importacion_id: int) -> ResponseReturnValue:
    """Every row of a list with what will become of it, or what became of it."""
    importacion = importacion_to_work(importacion_id)
    if importacion.estado is EstadoImportacion.DESCARTADA:
        tell(_GONE, "aviso")
        return see_other(url_for("importar.start"))
    if importacion.estado.is_busy:
        return show_progress(importacion)
    if importacion.estado is EstadoImportacion.IMPORTADA:
        return show_result(importacion)
    planilla = lists.open_draft(OFICIOS, importacion)
    return show_preview(importacion, lists.read_draft(OFICIOS, importacion, planilla))


@bp.post("/<int:importacion_id>")
@staff_required
def review(importacion_id: int) -> ResponseReturnValue:
    """Keep what was changed of the columns and the cells, and read the list again."""
    importacion = importacion_to_work(importacion_id)
    if not importacion.is_draft:
        return _closed(importacion)
    planilla = lists.open_draft(OFICIOS, importacion)
    before = lists.read_draft(OFICIOS, importacion, planilla)
    changed = _read_review(importacion, before)

    def show(after: Lectura[FilaOficio]) -> Callable[[], Response] | None:
        return (lambda: show_preview(importacion, after)) if is_htmx() else None

    return _keep_changes(importacion, planilla, before, changed, show)


@bp.post("/<int:importacion_id>/importar", endpoint="import")
@staff_required
def import_(importacion_id: int) -> ResponseReturnValue:
    """Have the oficios of a list made by a job, all of them or none.

    What was typed and not yet reviewed is reviewed first, so that nobody imports what they have
    not seen.
    """
    importacion = importacion_to_work(importacion_id)
    if not importacion.is_draft:
        return _closed(importacion)
    version = request.form.get("version", 0, type=row_id)
    planilla = lists.open_draft(OFICIOS, importacion)
    kept = OFICIOS.review_of(importacion)
    lectura = (
        lists.read_draft(OFICIOS, importacion, planilla)
        if any(name.startswith(_OF_JUDGED_ROWS) for name in request.form)
        else read_as_written(planilla, kept)
    )
    typed = _read_review(importacion, lectura)
    if typed != kept:
        # Keep what an *Importar* changes, and show what it does.
        return _keep_changes(
            importacion,
            planilla,
            lists.read_draft(OFICIOS, importacion, planilla),
            typed,
            lambda after: lambda: show_preview(importacion, after, 422, warning=_REVIEWED),
        )

    def deed() -> Done:
        order_import(importacion, lectura, version, actor=current_user, now=utcnow())
        return Done("", url_for("importar.preview", importacion_id=importacion_id))

    def refuse(sentence: Sentence, status: int) -> Response:
        again = importacion_to_work(importacion_id)
        return show_preview(
            again, lists.read_draft(OFICIOS, again, planilla), status, error=sentence
        )

    return carry_out(Deed(do=deed, refuse=refuse))


@bp.post("/<int:importacion_id>/descartar")
@staff_required
def discard(importacion_id: int) -> ResponseReturnValue:
    """Forget an upload."""
    importacion = importacion_to_work(importacion_id)
    nothing = "No se creó ningún oficio."
    return lists.discard_and_tell(OFICIOS, importacion, nothing, url_for("importar.start"))


@bp.get("/<int:importacion_id>/avance")
@staff_required
def progress(importacion_id: int) -> ResponseReturnValue:
    """How far the job of a list is; when it is done, what became of the list."""
    importacion = importacion_to_work(importacion_id)
    if importacion.estado.is_busy:
        return show_progress(importacion)
    return _closed(importacion)


@bp.post("/<int:importacion_id>/seguir")
@staff_required
def resume(importacion_id: int) -> ResponseReturnValue:
    """Have a job that stopped go on where it was."""
    importacion = importacion_to_work(importacion_id)
    here = url_for("importar.preview", importacion_id=importacion_id)

    def deed() -> Done:
        name = _JOBS.get(importacion.estado, IMPORT_JOB)
        go_on(importacion, name, actor=current_user, now=utcnow())
        return Done("", here)

    return carry_out(Deed(do=deed, back=here))


@bp.post("/<int:importacion_id>/deshacer")
@staff_required
def undo(importacion_id: int) -> ResponseReturnValue:
    """Take back the cases of a list with which nobody has done anything."""
    importacion = importacion_to_work(importacion_id)
    here = url_for("importar.preview", importacion_id=importacion_id)

    def deed() -> Done:
        kept = order_undo(importacion, actor=current_user, now=utcnow())
        if not kept:
            return Done("", here)
        many = "Queda 1 caso" if kept == 1 else f"Quedan {kept} casos"
        return Done(f"{many}: ya se trabajó en ellos.", here)

    return carry_out(Deed(do=deed, back=here))


@bp.post("/<int:importacion_id>/deshacer/<int:oficio_id>")
@staff_required
def undo_one(importacion_id: int, oficio_id: int) -> ResponseReturnValue:
    """Take back one case of a list."""
    importacion = importacion_to_work(importacion_id)
    here = preview_url(importacion_id)

    def deed() -> Done:
        undo_row(importacion, oficio_id, actor=current_user, now=utcnow())
        return Done("El caso se deshizo.", here)

    return carry_out(Deed(do=deed, back=here))


@bp.route("/<int:importacion_id>/mover", methods=["GET", "POST"])
@staff_required
def move(importacion_id: int) -> ResponseReturnValue:
    """Give the cases of a list with which nobody has done anything to another buffet."""
    importacion = importacion_to_work(importacion_id)
    here = url_for("importar.preview", importacion_id=importacion_id)
    form = OtherBuffetForm(importacion.buffet_id)

    def deed() -> Done:
        touched, taken = order_change(
            importacion, int(form.buffet_id.data), actor=current_user, now=utcnow()
        )
        return Done(_told_of_kept(touched, taken), here)

    return _ask_buffet(importacion, None, form, Deed(do=deed, back=here))


@bp.route("/<int:importacion_id>/mover/<int:oficio_id>", methods=["GET", "POST"])
@staff_required
def move_one(importacion_id: int, oficio_id: int) -> ResponseReturnValue:
    """Give one case of a list to another buffet."""
    importacion = importacion_to_work(importacion_id)
    line = next((one for one in importacion.informe if one["oficio_id"] == oficio_id), None)
    oficio = find_oficio(oficio_id)
    if not importacion.estado.is_busy:
        # While a job works on its cases, nobody sees them, and the page says why it waits.
        oficio = or_404(oficio)
    if importacion.estado is EstadoImportacion.IMPORTADA:
        # Of a list that is not, the page says that it is not.
        line = or_404(line)
    form = OtherBuffetForm(oficio.buffet_id if oficio else importacion.buffet_id)

    def deed() -> Done:
        buffet_id = int(form.buffet_id.data)
        buffet = change_row(importacion, oficio_id, buffet_id, actor=current_user, now=utcnow())
        told = f"El caso {line['numero'] if line else ''} es ahora de {buffet.nombre}."
        return Done(told, preview_url(importacion_id))

    return _ask_buffet(importacion, line, form, Deed(do=deed), of_one_case=True)


def _ask_buffet(
    importacion: Importacion,
    line: dict[str, Any] | None,
    form: OtherBuffetForm,
    deed: Deed,
    *,
    of_one_case: bool = False,
) -> ResponseReturnValue:
    """The page that asks where cases go, which shows what was refused, too."""

    def show(status: int) -> ResponseReturnValue:
        refusal = refuse_change(importacion, utcnow())
        text = render_template(
            "planillas/move.html",
            importacion=importacion,
            line=line,
            of_one_case=of_one_case,
            form=form,
            refusal=refusal,
        )
        return text, status

    return carry_out(replace(deed, form=form, show=show, beside={Refused: form.buffet_id}))


def _told_of_kept(touched: int, taken: int) -> str:
    """What is said of the cases of a list that do not go with it."""
    told = []
    if touched:
        many = "Queda 1 caso" if touched == 1 else f"Quedan {touched} casos"
        told.append(f"{many}: ya se trabajó en ellos.")
    if taken:
        many = "Queda 1 caso" if taken == 1 else f"Quedan {taken} casos"
        told.append(f"{many}: ese buffet ya los tiene, con el mismo número y la misma patente.")
    return " ".join(told)


@bp.get("/<int:importacion_id>/informe.csv")
@staff_required
@fresh_file_required
def report(importacion_id: int) -> ResponseReturnValue:
    """A spreadsheet of every row and what became, or will become, of it."""
    importacion = importacion_to_work(importacion_id)
    return lists.answer_report(OFICIOS, importacion, "importacion", oficios_report)


@bp.get("/<int:importacion_id>/informe.xlsx")
@staff_required
@fresh_file_required
def own_columns(importacion_id: int) -> ResponseReturnValue:
    """The buffet's own columns with what became of each row, to correct and to send again."""
    importacion = importacion_to_work(importacion_id)

    def address_of(oficio_id: int) -> str:
        return f"{current_config().base_url}{url_for('oficios.detail', oficio_id=oficio_id)}"

    return lists.answer_own_report(
        OFICIOS,
        importacion,
        "importacion",
        lambda headers, done: own_report(headers, done, address_of),
    )


@bp.get("/plantilla.xlsx")
@staff_required
def template() -> ResponseReturnValue:
    """An empty list with the headers that are understood, examples, and lists to choose from."""
    file = write_template()
    response = send_file(file, XLSX, as_attachment=True, download_name="plantilla-oficios.xlsx")
    response.call_on_close(file.close)
    return response


def _read_review(importacion: Importacion, lectura: Lectura[FilaOficio]) -> Review:
    """What the form of the preview says of a list beside what was kept of it."""
    repeated: set[str] = set()
    if request.form.get("repetidas"):
        repeated = {
            fila.clave
            for fila in OFICIOS.classify(importacion, lectura.filas, utcnow())
            if fila.repetida and not fila.repetida.sin_nuevo
        }
    kept = OFICIOS.review_of(importacion)
    return read_oficios_review(request.form, kept, lectura, may_change, repeated)


def _keep_changes(
    importacion: Importacion,
    planilla: Planilla,
    before: Lectura[FilaOficio],
    changed: Review,
    show: Callable[[Lectura[FilaOficio]], Callable[[], Response] | None],
) -> ResponseReturnValue:
    """Keep how a person wants the list to be read; ``show`` gives the answer for the new reading,
    or None for the page of the preview.
    """

    def deed() -> Done:
        after = lists.keep_review(OFICIOS, importacion, planilla, changed)
        return Done("", preview_url(importacion.id), answer=show(after))

    return carry_out(
        Deed(
            do=deed,
            in_transaction=False,
            refuse=lambda sentence, status: show_preview(
                importacion, before, status, error=sentence
            ),
            refused=422,
        )
    )


def _closed(importacion: Importacion) -> Response:
    """Answer a press on a button of a list that was imported or discarded: show how it stands."""
    return see_other(url_for("importar.preview", importacion_id=importacion.id))
