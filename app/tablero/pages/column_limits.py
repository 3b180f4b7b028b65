"""How many cards each column should have at most: for admins."""

from __future__ import annotations

from flask import render_template
from flask.typing import ResponseReturnValue
from flask_login import current_user

from app.core.clock import utcnow
from app.tablero.forms import LimitsForm
from app.tablero.pages.blueprint import bp
from app.tablero.pages.screen import board_url
from app.tablero.queries import list_choices
from app.tablero.service import set_limits
from app.web.access import admin_required
from app.web.deeds import Deed, Done, carry_out


@bp.get("/limites")
@admin_required
def limits() -> ResponseReturnValue:
    """The form with the limits of now."""
    stored = {estado.value: limit for estado, limit in list_choices().limits.items()}
    return render_template("tablero/limits.html", form=LimitsForm(data=stored))


@bp.post("/limites")
@admin_required
def save_limits() -> ResponseReturnValue:
    """Store new limits; empty ones are none."""
    form = LimitsForm()

    def deed() -> Done:
        set_limits(form.limits(), actor=current_user, now=utcnow())
        return Done("Los límites del tablero quedaron guardados.", board_url({}))

    def show(status: int) -> ResponseReturnValue:
        return render_template("tablero/limits.html", form=form), status

    return carry_out(Deed(do=deed, form=form, show=show))
