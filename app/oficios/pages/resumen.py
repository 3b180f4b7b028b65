"""The *Resumen*: the first thing that a case shows, made of what each feature brings to it."""

from __future__ import annotations

from typing import Any

from flask import Response, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from app.core.clock import utcnow
from app.oficios.access import oficio_to_work
from app.oficios.forms.resumen import DeadlineForm, LineForm, blank_line
from app.oficios.models import Oficio
from app.oficios.pages.addressed import mention_warnings
from app.oficios.pages.blueprint import bp
from app.oficios.pages.frame import render_section
from app.oficios.pages.sections import Side, list_attention, list_panels, read_facts
from app.oficios.pages.seguimientos import get_follow_up, told_of
from app.oficios.service import add_entry, reschedule_oficio, take_back_promise
from app.web.access import staff_required
from app.web.conditional import conditional
from app.web.deeds import Deed, Done, carry_out
from app.web.forms import Form, first_error

#: Filters of the bitácora, which opened the case page before there was a *Resumen*.
_FILTERS = ("tipo", "quien", "desde", "hasta", "texto", "entrada", "pagina")


@bp.get("/<int:oficio_id>")
@staff_required
@conditional
def detail(oficio_id: int) -> ResponseReturnValue:
    """The case page, opened on its *Resumen*; an old address with filters leads to the bitácora."""
    oficio = oficio_to_work(oficio_id)
    kept: dict[str, Any] = {
        name: request.args.getlist(name) for name in _FILTERS if name in request.args
    }
    if kept:
        return redirect(url_for("oficios.timeline", oficio_id=oficio.id, **kept))
    return _show(oficio)


@bp.post("/<int:oficio_id>/resumen")
@staff_required
def add_line(oficio_id: int) -> ResponseReturnValue:
    """Write one line in the bitácora without leaving the *Resumen*."""
    oficio = oficio_to_work(oficio_id)
    form = LineForm()

    def deed() -> Done:
        data, now = form.to_entry(), utcnow()
        entry = add_entry(oficio, data, actor=current_user, now=now)
        warnings = mention_warnings(oficio.id, data.descripcion)
        return Done(told_of(entry, now), _url(oficio), warnings=warnings)

    return carry_out(
        Deed(
            do=deed,
            form=form,
            show=lambda status: _show(oficio, status, form=form),
            fresh=lambda: _show(oficio),
        )
    )


@bp.post("/<int:oficio_id>/seguimientos/<int:seguimiento_id>/deshacer")
@staff_required
def undo_follow_up(oficio_id: int, seguimiento_id: int) -> ResponseReturnValue:
    """Take back what one promised: a visit that was planned with a click."""
    oficio = oficio_to_work(oficio_id)
    row = get_follow_up(oficio, seguimiento_id)

    def deed() -> Done:
        take_back_promise(oficio, row, actor=current_user, now=utcnow())
        return Done("Se quitó lo agendado.", _url(oficio))

    form = Form()
    return carry_out(
        Deed(
            do=deed,
            form=form,
            wrong=lambda: first_error(form),
            show=lambda status: _show(oficio, status, form=blank_line()),
            fresh=lambda: _show(oficio),
            back=_url(oficio),
        )
    )


@bp.post("/<int:oficio_id>/plazo")
@staff_required
def set_deadline(oficio_id: int) -> ResponseReturnValue:
    """Say until when the case runs."""
    oficio = oficio_to_work(oficio_id)
    form = DeadlineForm()

    def deed() -> Done:
        reschedule_oficio(oficio, form.vence.value, actor=current_user, now=utcnow())
        return Done("Se guardó el plazo.", _url(oficio))

    return carry_out(
        Deed(do=deed, form=form, wrong=lambda: first_error(form), refused=422, back=_url(oficio))
    )


def _show(oficio: Oficio, status: int = 200, *, form: LineForm | None = None) -> Response:
    context: dict[str, Any] = {}
    facts = read_facts(oficio.id)
    panels = {}
    for side in Side:
        shown = []
        for panel in list_panels(side):
            found = panel.load(oficio, facts.counts)
            if found is not None:
                shown.append(panel.template)
                context |= found
        panels[side.value] = shown
    return render_section(
        oficio,
        "resumen",
        "oficios/_resumen.html",
        status,
        panels=panels,
        attention=list_attention(oficio, facts.counts),
        facts=facts,
        form=form or blank_line(),
        **context,
    )


def _url(oficio: Oficio) -> str:
    return url_for("oficios.detail", oficio_id=oficio.id)
