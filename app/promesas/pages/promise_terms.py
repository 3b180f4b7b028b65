"""What is promised to a buffet: for admins."""

from __future__ import annotations

from flask import render_template, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from app.buffets.models import Buffet
from app.core.clock import local_today, utcnow
from app.db import db
from app.promesas.forms import PRIORITIES, PromesaForm, form_of
from app.promesas.pages.blueprint import bp
from app.promesas.queries.calendar import in_force, list_versions, read_calendar
from app.promesas.rules import TipoPromesa
from app.promesas.service import promise
from app.web.access import admin_required, or_404
from app.web.deeds import Deed, Done, carry_out


@bp.get("/admin/buffets/<int:buffet_id>/promesas")
@admin_required
def terms(buffet_id: int) -> ResponseReturnValue:
    """What holds now, in a form that promises something else from a day on."""
    buffet = or_404(db.session.get(Buffet, buffet_id))
    today = local_today(utcnow())
    form = form_of(in_force(list_versions(buffet.id), today), today, formdata=None)
    return _page(buffet, form)


@bp.post("/admin/buffets/<int:buffet_id>/promesas")
@admin_required
def save_terms(buffet_id: int) -> ResponseReturnValue:
    """Promise something from a day on; the cases that it concerns are worked out by a job."""
    buffet = or_404(db.session.get(Buffet, buffet_id))
    form = PromesaForm()

    def deed() -> Done:
        promise(buffet, form.to_data(), actor=current_user, now=utcnow())
        return Done(
            "Guardado. Los casos a los que toca se calculan de nuevo en unos segundos.",
            url_for("promesas.terms", buffet_id=buffet.id),
        )

    return carry_out(Deed(do=deed, form=form, show=lambda status: (_page(buffet, form), status)))


def _page(buffet: Buffet, form: PromesaForm) -> str:
    today = local_today(utcnow())
    versions = list_versions(buffet.id)
    return render_template(
        "promesas/terms.html",
        buffet=buffet,
        form=form,
        versions=versions,
        current=in_force(versions, today),
        tipos=list(TipoPromesa),
        prioridades=PRIORITIES,
        horario=read_calendar().horario,
    )
