"""The pages of the ledger: all of it for an admin, an oficio's part for the firm."""

from __future__ import annotations

import uuid
from dataclasses import replace

from flask import Blueprint, Response, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from sqlalchemy.exc import SQLAlchemyError

from app.auditoria.pages import note_export
from app.core.clock import local_today, utcnow
from app.db import db, transaction
from app.jobs.pulse import take_pulse
from app.jobs.registry import list_kinds
from app.jobs.rules import OPEN_STATES
from app.oficios.access import oficio_to_work
from app.oficios.pages.frame import render_section
from app.trabajos.forms import JobFilterForm, read_action, read_ids
from app.trabajos.pages.parts import (
    address,
    charts_context,
    detail_context,
    live_context,
    summary_context,
)
from app.trabajos.pages.trabajos_file import EXPORT_LIMIT, TRABAJOS_TABLE, left_off_note
from app.trabajos.queries import (
    attempts_of,
    count_decisions,
    count_jobs,
    find_line,
    ids_statement,
    list_lines,
    oficio_ids_statement,
)
from app.trabajos.rules import BULK_LIMIT, PAGE_SIZE, Accion, JobFilter, Report
from app.trabajos.service import act_on_jobs
from app.web.access import admin_required, or_404, staff_required
from app.web.conditional import conditional
from app.web.converters import row_id
from app.web.fragments import fragment, is_htmx, see_other
from app.web.fresh import fresh_file_required
from app.web.navigation import Mark
from app.web.pagination import paginate
from app.web.sentences import tell
from app.web.table_files import send_table

bp = Blueprint("trabajos", __name__)


#: Jobs that are changed in one transaction, so that workers need not wait for a long one.
_BATCH = 50
#: HTTP 286: HTMX stops polling.
_STOP_POLLING = 286
_NO_ACTION = "No se entendió qué hacer con los trabajos. Use los botones de la lista."
_NOTHING_MARKED = "No marcó ningún trabajo. Marque al menos uno y vuelva a presionar el botón."


@bp.app_context_processor
def problems_on_every_page() -> dict[str, object]:
    """Let the frame of the pages tell an admin that jobs do not get done."""
    return {"ledger_problems": ledger_problems}


def ledger_problems() -> list[str]:
    """What keeps jobs from getting done, in sentences; a page stands when nobody can say."""
    try:
        return take_pulse(utcnow()).problems()
    except SQLAlchemyError:
        db.session.rollback()
        return []


def waiting_decisions() -> Mark | None:
    """What the rail says beside *Trabajos*."""
    number = count_decisions(utcnow())
    if not number:
        return None
    noun = "trabajo por decidir" if number == 1 else "trabajos por decidir"
    return Mark(number, noun, "danger")


@bp.get("/admin/trabajos")
@admin_required
@conditional
def index() -> ResponseReturnValue:
    """The ledger under the filters of the address; HTMX asks for the list every few seconds."""
    now = utcnow()
    form = JobFilterForm(list_kinds())
    context = live_context(form.to_filter(), now)
    if is_htmx():
        return fragment("trabajos/_live.html", **context)
    return render_template(
        "trabajos/index.html",
        form=form,
        **context,
        **summary_context(now),
        **charts_context(request.args.get("periodo", ""), now),
    )


@bp.get("/admin/trabajos/resumen")
@admin_required
def summary() -> ResponseReturnValue:
    """Consumers, the last hour and the quota, which the page renews by itself."""
    if not is_htmx():
        return see_other(url_for("trabajos.index"))
    return fragment("trabajos/_summary.html", **summary_context(utcnow()))


@bp.get("/admin/trabajos/rendimiento")
@admin_required
def throughput() -> ResponseReturnValue:
    """The charts and their table, which the page renews by itself."""
    period = request.args.get("periodo", "")
    if not is_htmx():
        return see_other(url_for("trabajos.index", periodo=period, _anchor="trabajos-rendimiento"))
    return fragment("trabajos/_charts.html", **charts_context(period, utcnow()))


@bp.get("/admin/trabajos/exportar")
@admin_required
@fresh_file_required
def export() -> ResponseReturnValue:
    """What the filters find, as a file."""
    now = utcnow()
    # A file holds what Rastro did by itself too: it is what is kept of all.
    job_filter = replace(JobFilterForm(list_kinds()).to_filter(), automaticos=True)
    total = count_jobs(job_filter)
    # Noted first: what is read before a commit would be read again, row by row.
    note_export("Lista de trabajos", min(total, EXPORT_LIMIT), actor=current_user)
    lines = list_lines(ids_statement(job_filter).limit(EXPORT_LIMIT), now=now)
    name = f"trabajos-{local_today(now).isoformat()}"
    return send_table(TRABAJOS_TABLE, lines, name, note=left_off_note(total - EXPORT_LIMIT))


@bp.post("/admin/trabajos/acciones")
@admin_required
def bulk() -> ResponseReturnValue:
    """Do one thing with all marked jobs, or with all that the filters find, and report it."""
    job_filter = JobFilterForm(list_kinds()).to_filter()
    accion = read_action(request.form.get("accion", ""))
    if accion is None:
        return _answer(job_filter, [("error", _NO_ACTION)])
    if request.form.get("todos") == "1":
        ids = list(db.session.scalars(ids_statement(job_filter).limit(BULK_LIMIT)))
    else:
        ids = read_ids(request.form.getlist("trabajo"))[:BULK_LIMIT]
    return _answer(job_filter, _act(accion, ids).sentences() or [("error", _NOTHING_MARKED)])


@bp.get("/admin/trabajos/<uuid:trabajo_id>")
@admin_required
def detail(trabajo_id: uuid.UUID) -> ResponseReturnValue:
    """One job with its attempts; while it is open, HTMX asks for it again and again."""
    line = or_404(find_line(str(trabajo_id), now=utcnow()))
    context = detail_context(line)
    if is_htmx():
        status = 200 if line.trabajo.estado in OPEN_STATES else _STOP_POLLING
        return fragment("trabajos/_detail.html", status=status, **context)
    return render_template("trabajos/detail.html", **context)


@bp.post("/admin/trabajos/<uuid:trabajo_id>/<any(reintentar, cancelar, ejecutar):accion>")
@admin_required
def act(trabajo_id: uuid.UUID, accion: str) -> ResponseReturnValue:
    """Retry, cancel or hurry one job; the answer is where the button was."""
    or_404(find_line(str(trabajo_id), now=utcnow()))
    sentences = _act(Accion(accion), [str(trabajo_id)]).sentences()
    if request.args.get("volver") == "detalle":
        _tell_all(sentences)
        return see_other(url_for("trabajos.detail", trabajo_id=trabajo_id))
    return _answer(JobFilterForm(list_kinds()).to_filter(), sentences)


@bp.get("/oficios/<int:oficio_id>/trabajos")
@staff_required
def section(oficio_id: int) -> ResponseReturnValue:
    """What Rastro did and is doing for a case, for everybody who works on it."""
    oficio = oficio_to_work(oficio_id)
    page = paginate(oficio_ids_statement(oficio.id), size=PAGE_SIZE)
    return render_section(
        oficio,
        "trabajos",
        "trabajos/_section.html",
        page=page,
        lines=list_lines(page.rows, now=utcnow()),
        attempts=attempts_of(page.rows),
    )


def _act(accion: Accion, ids: list[str]) -> Report:
    report = Report(accion)
    for start in range(0, len(ids), _BATCH):
        with transaction():
            act_on_jobs(ids[start : start + _BATCH], report, actor=current_user, now=utcnow())
    return report


def _answer(job_filter: JobFilter, sentences: list[tuple[str, str]]) -> Response:
    """The list as it now stands with the report, or the page that says it."""
    if is_htmx():
        context = live_context(job_filter, utcnow())
        return fragment("trabajos/_acted.html", sentences=sentences, **context)
    _tell_all(sentences)
    return see_other(address({**job_filter.arguments(), **_page_on_screen()}))


def _page_on_screen() -> dict[str, str]:
    pagina = request.args.get("pagina", type=row_id)
    return {"pagina": str(pagina)} if pagina else {}


def _tell_all(sentences: list[tuple[str, str]]) -> None:
    for tone, text in sentences:
        tell(text, tone)
