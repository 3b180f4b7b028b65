"""Importing a concessionaire's list into a case: upload, look at every row, correct, import."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, make_response, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from app.avistamientos.models import Listado
from app.avistamientos.queries import list_listados
from app.avistamientos.rules import EstadoListado
from app.core.clock import utcnow
from app.core.errors import InvalidValue
from app.db import transaction
from app.oficios.access import oficio_to_work
from app.oficios.models import Oficio
from app.oficios.pages.frame import render_section
from app.planillas.access import listado_to_work
from app.planillas.forms.review import read_pasos_review
from app.planillas.forms.upload import PasosForm, PeriodForm
from app.planillas.pages import lists
from app.planillas.pages.report import pasos_report
from app.planillas.rules.layout import FilaTexto, Lectura
from app.planillas.rules.paso_fields import ETIQUETAS
from app.planillas.rules.paso_rows import FilaPaso, ResultadoPaso
from app.planillas.rules.rows import count_outcomes
from app.planillas.service.drafts import import_draft
from app.planillas.service.import_pasos import PASOS, create_listado, note_file_download
from app.web.access import or_404, staff_required
from app.web.bodies import accepts_bytes, one_upload
from app.web.converters import row_id
from app.web.deeds import Deed, Done, carry_out
from app.web.fragments import see_other
from app.web.fresh import fresh_file_required
from app.web.sentences import Sentence, tell

bp = Blueprint("listados", __name__, url_prefix="/oficios/<int:oficio_id>/listados")

_SECTION = "avistamientos"


@bp.route("", methods=["GET", "POST"])
@accepts_bytes(one_upload)
@staff_required
def start(oficio_id: int) -> ResponseReturnValue:
    """Upload a list; nothing else is stored before *Importar*."""
    oficio = oficio_to_work(oficio_id)
    form = PasosForm()

    def show(status: int) -> Response:
        listados = list_listados(oficio.id)
        return render_section(
            oficio,
            _SECTION,
            "planillas/_pasos_start.html",
            status,
            subpage="Importar un listado",
            form=form,
            lists=listados,
        )

    return carry_out(
        Deed(
            do=lambda: Done("", _url(oficio_id, _keep(oficio, form))),
            form=form,
            show=show,
            beside={InvalidValue: form.planilla},
            in_transaction=False,
        )
    )


def _keep(oficio: Oficio, form: PasosForm) -> int:
    def create(nombre: str, contenido: bytes, _texts: Lectura[FilaTexto]) -> Listado:
        return create_listado(
            oficio, nombre=nombre, contenido=contenido, actor=current_user, now=utcnow()
        )

    return lists.keep_upload(PASOS, form.planilla.data, create)


@bp.get("/<int:listado_id>")
@staff_required
def preview(oficio_id: int, listado_id: int) -> ResponseReturnValue:
    """Every row of a list with what will become of it, or what became of it."""
    oficio, listado = listado_to_work(oficio_id, listado_id)
    if listado.estado is EstadoListado.DESCARTADO:
        tell("Ese listado se descartó. Súbalo otra vez para importarlo.", "aviso")
        return see_other(url_for("listados.start", oficio_id=oficio_id))
    if listado.estado is EstadoListado.IMPORTADO:
        return _show_result(oficio, listado)
    planilla = lists.open_draft(PASOS, listado)
    return _show_preview(oficio, listado, lists.read_draft(PASOS, listado, planilla))


@bp.post("/<int:listado_id>")
@staff_required
def review(oficio_id: int, listado_id: int) -> ResponseReturnValue:
    """Keep which column is which, and read the list again."""
    oficio, listado = listado_to_work(oficio_id, listado_id)
    planilla = lists.open_draft(PASOS, listado)
    before = lists.read_draft(PASOS, listado, planilla)

    def deed() -> Done:
        lists.keep_review(PASOS, listado, planilla, read_pasos_review(request.form, before))
        return Done("", _url(oficio_id, listado_id))

    return carry_out(
        Deed(
            do=deed,
            in_transaction=False,
            refuse=lambda sentence, status: _show_preview(
                oficio, listado, before, status, error=sentence
            ),
            refused=422,
        )
    )


@bp.post("/<int:listado_id>/importar", endpoint="import")
@staff_required
def import_(oficio_id: int, listado_id: int) -> ResponseReturnValue:
    """Make the sightings of a list, in one transaction."""
    oficio, listado = listado_to_work(oficio_id, listado_id)
    if listado.estado is not EstadoListado.BORRADOR:
        return see_other(_url(oficio_id, listado_id))
    planilla = lists.open_draft(PASOS, listado)
    lectura = lists.read_draft(PASOS, listado, planilla)
    version = request.form.get("version", 0, type=row_id)
    periodo = PeriodForm()

    def deed() -> Done:
        import_draft(
            PASOS,
            listado,
            lectura,
            version,
            actor=current_user,
            now=utcnow(),
            periodo=periodo.days,
        )
        return Done("", _url(oficio_id, listado_id))

    def refuse(sentence: Sentence, status: int) -> Response:
        oficio, listado = listado_to_work(oficio_id, listado_id)
        again = lists.read_draft(PASOS, listado, planilla)
        return _show_preview(oficio, listado, again, status, error=sentence, periodo=periodo)

    return carry_out(
        Deed(
            do=deed,
            form=periodo,
            show=lambda status: _show_preview(oficio, listado, lectura, status, periodo=periodo),
            refuse=refuse,
        )
    )


@bp.post("/<int:listado_id>/descartar")
@staff_required
def discard(oficio_id: int, listado_id: int) -> ResponseReturnValue:
    """Forget an upload."""
    _, listado = listado_to_work(oficio_id, listado_id)
    start_url = url_for("listados.start", oficio_id=oficio_id)
    return lists.discard_and_tell(PASOS, listado, "No se guardó ningún paso.", start_url)


@bp.get("/<int:listado_id>/informe.csv")
@staff_required
@fresh_file_required
def report(oficio_id: int, listado_id: int) -> ResponseReturnValue:
    """A spreadsheet of every row and what became, or will become, of it."""
    _, listado = listado_to_work(oficio_id, listado_id)
    return lists.answer_report(PASOS, listado, "listado", pasos_report)


@bp.post("/<int:listado_id>/archivo")
@staff_required
def original(oficio_id: int, listado_id: int) -> ResponseReturnValue:
    """The untouched file; a POST, because taking it is written down and a GET writes nothing."""
    _, listado = listado_to_work(oficio_id, listado_id)
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


def _url(oficio_id: int, listado_id: int) -> str:
    return url_for("listados.preview", oficio_id=oficio_id, listado_id=listado_id)


def _show_preview(
    oficio: Oficio,
    listado: Listado,
    lectura: Lectura[FilaPaso],
    status: int = 200,
    *,
    error: Sentence | None = None,
    periodo: PeriodForm | None = None,
) -> Response:
    filas = PASOS.classify(listado, lectura.filas, utcnow())
    counts = {outcome.value: n for outcome, n in count_outcomes(filas, ResultadoPaso).items()}
    return _render(
        oficio,
        listado,
        "planillas/_pasos_preview.html",
        status,
        lines=[PASOS.report_line(fila, None) for fila in filas],
        counts=counts,
        lectura=lectura,
        etiquetas=ETIQUETAS,
        error=error,
        periodo=periodo or PeriodForm(formdata=None),
    )


def _show_result(oficio: Oficio, listado: Listado) -> Response:
    return _render(
        oficio,
        listado,
        "planillas/_pasos_result.html",
        200,
        lines=listado.informe,
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
    ver = lists.asked_outcome(PASOS)
    shown = PASOS.shown(listado, lines)
    here = url_for("listados.preview", oficio_id=oficio.id, listado_id=listado.id, ver=ver or None)
    return render_section(
        oficio,
        _SECTION,
        template,
        status,
        subpage=f"Listado {listado.nombre_archivo}",
        listado=listado,
        page=lists.page_of([line for line in shown if not ver or line["resultado"] == ver], here),
        kept_back=len(lines) - len(shown),
        ver=ver,
        outcomes=list(ResultadoPaso),
        **context,
    )
