"""The section of sightings on the case page: the list, checking the gantries, writing one down."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, flash, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from app.avistamientos.forms import AvistamientoForm, CheckForm
from app.avistamientos.forms.filtro import AvistamientoFilter, AvistamientoFilterForm
from app.avistamientos.pages.aviso_consulta import current_warning
from app.avistamientos.queries import (
    find_answer,
    find_last_check,
    find_last_entry,
    find_open_check,
    find_sighting,
    sightings_statement,
)
from app.avistamientos.queries.presupuesto import read_gasto
from app.avistamientos.rules import WRITTEN_SOURCES
from app.avistamientos.rules.vigencia import MOTIVOS, refusal_to_check
from app.avistamientos.service import (
    ReasonMissing,
    add_sighting,
    edit_sighting,
    request_check,
)
from app.core.clock import local_today, utcnow
from app.core.errors import Refused, Stale
from app.db import transaction
from app.extensions import current_config
from app.oficios.access import oficio_to_work
from app.oficios.models import Oficio
from app.oficios.pages.frame import render_section
from app.web.access import or_404, staff_required
from app.web.deeds import Deed, Done, carry_out
from app.web.fragments import is_htmx, is_read, see_other, with_notice
from app.web.pagination import paginate

bp = Blueprint("avistamientos", __name__, url_prefix="/oficios/<int:oficio_id>")

#: Seconds between two looks at a check: one that is about to run, one that waits its turn.
_SOON, _LATER = 2, 10


@bp.app_context_processor
def looking_up() -> dict[str, object]:
    """Let every page that asks for a look-up offer the usual reasons, or say why it may not be."""
    return {
        "motivos_de_consulta": MOTIVOS,
        "why_no_check": lambda oficio: refusal_to_check(oficio, local_today(utcnow())),
        "warning_to_ask": current_warning,
    }


@bp.route("/avistamientos", methods=["GET", "POST"])
@staff_required
def section(oficio_id: int) -> ResponseReturnValue:
    """Where and when the vehicle was seen; a POST writes a sighting down.

    While a check is under way the list asks for itself (``espera``), so that sightings arrive
    without reloading.
    """
    oficio = oficio_to_work(oficio_id)
    form = AvistamientoForm()
    if is_read():
        if is_htmx() and "espera" in request.args and find_open_check(oficio.id) is None:
            return _announce_end(_show(oficio, form=form, with_frame=True), oficio)
        return _show(oficio, form=form)

    def deed() -> Done:
        add_sighting(oficio, form.to_data(), actor=current_user, now=utcnow())
        return Done("Se anotó el avistamiento.", _url(oficio))

    return carry_out(
        Deed(
            do=deed,
            form=form,
            show=lambda status: _show(oficio, status, form=form),
            fresh=lambda: _fresh(oficio),
            beside={Refused: form},
        )
    )


@bp.route("/avistamientos/<int:avistamiento_id>", methods=["GET", "POST"])
@staff_required
def edit(oficio_id: int, avistamiento_id: int) -> ResponseReturnValue:
    """Correct a sighting that a person wrote down; a gantry's is evidence and has no form."""
    oficio = oficio_to_work(oficio_id)
    row = or_404(find_sighting(oficio.id, avistamiento_id))
    or_404(row, allowed=row.fuente in WRITTEN_SOURCES)
    form = AvistamientoForm.of(row)

    def deed() -> Done:
        edit_sighting(row, form.to_data(), seen=form.sello.data, actor=current_user, now=utcnow())
        return Done("Se guardó el avistamiento.", _url(oficio))

    return carry_out(
        Deed(
            do=deed,
            form=form,
            show=lambda status: _show(oficio, status, form=form, editing=row),
            fresh=lambda: _fresh(oficio),
            beside={Refused: form, Stale: form},
        )
    )


@bp.post("/consultar")
@staff_required
def check(oficio_id: int) -> ResponseReturnValue:
    """Have the gantries checked, for a reason; a second click meanwhile is the same check."""
    oficio = oficio_to_work(oficio_id)
    reason = CheckForm()
    if not reason.validate():
        return _show(oficio, 422, form=AvistamientoForm(formdata=None), asking=reason)
    try:
        with transaction():
            request_check(oficio, reason.reason, actor=current_user, now=utcnow())
    except ReasonMissing as missing:
        reason.form_errors.append(str(missing))
        return _show(oficio, 422, form=AvistamientoForm(formdata=None), asking=reason)
    except Refused as refused:
        return _show(oficio, 409, form=AvistamientoForm(formdata=None), refusal=str(refused))
    if is_htmx():
        return _show(oficio, form=AvistamientoForm(formdata=None))
    flash("Consulta en curso: los avistamientos nuevos aparecerán en esta página.", "info")
    return see_other(_url(oficio))


@bp.get("/consultas/<int:consulta_id>")
@staff_required
def answer(oficio_id: int, consulta_id: int) -> ResponseReturnValue:
    """The evidence of a check: the answer as it came, with its moment, status and hash."""
    oficio = oficio_to_work(oficio_id)
    entry = or_404(find_answer(oficio.id, consulta_id))
    return render_section(oficio, "avistamientos", "avistamientos/_answer.html", entry=entry)


def _show(oficio: Oficio, status: int = 200, **context: Any) -> Response:
    config = current_config()
    waiting = find_open_check(oficio.id)
    filtros = AvistamientoFilterForm()
    filtro = filtros.to_filter()
    soon = waiting is None or (waiting.ejecutar_desde - utcnow()).total_seconds() < _LATER
    return render_section(
        oficio,
        "avistamientos",
        "avistamientos/_section.html",
        status,
        page=paginate(filtro.apply(sightings_statement(oficio.id)), address=_url(oficio, filtro)),
        filtros=filtros,
        filtro=filtro,
        waiting=waiting,
        seconds=_SOON if soon else _LATER,
        last_check=find_last_check(oficio.id),
        last_entry=find_last_entry(oficio.id),
        configured=config.provider_configured,
        gasto=read_gasto(config.porticos_provider, utcnow()),
        closed_because=refusal_to_check(oficio, local_today(utcnow())),
        **context,
    )


def _announce_end(response: Response, oficio: Oficio) -> Response:
    """Say in the live region how the check ended that the page was waiting for."""
    last = find_last_check(oficio.id)
    if last is None:
        return response
    # The map and the suggestions ask for themselves again.
    response.headers["HX-Trigger-After-Swap"] = "avistamientos:nuevos"
    return with_notice(
        response, last.error or last.resultado or "", "error" if last.error else "ok"
    )


def _url(oficio: Oficio, filtro: AvistamientoFilter | None = None) -> str:
    shown: dict[str, Any] = dict(filtro.arguments()) if filtro else {}
    return url_for("avistamientos.section", oficio_id=oficio.id, **shown)


def _fresh(oficio: Oficio) -> Response:
    return _show(oficio, form=AvistamientoForm(formdata=None))
