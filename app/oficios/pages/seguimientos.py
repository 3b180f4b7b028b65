"""Coming back to a case: the day that a note proposes, and what becomes of a promise."""

from __future__ import annotations

from datetime import datetime, timedelta

from flask import jsonify, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from app.core.clock import local_today, utcnow
from app.core.text import clean_text
from app.db import db
from app.oficios.access import oficio_to_work
from app.oficios.forms.case_fields import NOTES_MAX
from app.oficios.forms.seguimientos import PostponeForm
from app.oficios.models import Investigacion, Oficio, Seguimiento
from app.oficios.pages.blueprint import bp
from app.oficios.rules.seguimientos import name_day, propose_follow_up, say_day
from app.oficios.service import finish, follow_up, postpone
from app.web.access import or_404, staff_required
from app.web.deeds import Deed, Done, carry_out
from app.web.forms import Form, first_error
from app.web.fragments import page_before


@bp.post("/seguimientos/propuesta")
@staff_required
def propose() -> ResponseReturnValue:
    """The day that a text being written names; it travels in the body, as it may name people."""
    today = local_today(utcnow())
    text = clean_text(request.form.get("texto", "")[:NOTES_MAX])
    day = propose_follow_up(text, today)
    return jsonify(fecha=day.isoformat() if day else None, texto=name_day(day) if day else None)


@bp.post("/<int:oficio_id>/seguimientos/<int:seguimiento_id>/hecho")
@staff_required
def finish_follow_up(oficio_id: int, seguimiento_id: int) -> ResponseReturnValue:
    """Say that what was promised is done."""
    oficio = oficio_to_work(oficio_id)
    row = get_follow_up(oficio, seguimiento_id)
    back = page_before() or url_for("oficios.detail", oficio_id=oficio.id)

    def deed() -> Done:
        finish(row, actor=current_user, now=utcnow())
        return Done("Quedó hecho.", back)

    form = Form()
    return carry_out(Deed(do=deed, form=form, wrong=lambda: first_error(form), back=back))


@bp.post("/<int:oficio_id>/posponer")
@staff_required
def postpone_case(oficio_id: int) -> ResponseReturnValue:
    """Come back to a case, or to one promise of it, some days later."""
    oficio = oficio_to_work(oficio_id)
    form = PostponeForm()
    back = page_before() or url_for("oficios.detail", oficio_id=oficio.id)

    def deed() -> Done:
        now = utcnow()
        today = local_today(now)
        para = today + timedelta(days=form.dias.data)
        if form.seguimiento.data:
            postpone(get_follow_up(oficio, form.seguimiento.data), para, now=now)
        else:
            follow_up(oficio, para, actor=current_user, now=now)
        return Done(f"Se lo recordaremos: {say_day(para, today)}.", back)

    return carry_out(Deed(do=deed, form=form, wrong=lambda: first_error(form), back=back))


def told_of(entry: Investigacion, now: datetime) -> str:
    """What is said of a note that was written down; that it stood already where it did."""
    if entry.created_at == now:
        return "Anotado en la bitácora."
    return "Eso ya estaba agendado para ese día, así que no se anotó otra vez."


def get_follow_up(oficio: Oficio, seguimiento_id: int) -> Seguimiento:
    """A promise of a case; 404 where the case has none of that number."""
    row = db.session.get(Seguimiento, seguimiento_id)
    return or_404(row, allowed=row is not None and row.oficio_id == oficio.id)
