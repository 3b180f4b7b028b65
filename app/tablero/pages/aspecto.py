"""How a person wants to see cases: the density of cards and rows, and the columns of the list."""

from __future__ import annotations

from dataclasses import replace

from flask.typing import ResponseReturnValue
from flask_login import current_user

from app.core.clock import utcnow
from app.tablero.forms import AspectoForm
from app.tablero.pages.blueprint import bp
from app.tablero.pages.screen import board_or_case_before
from app.tablero.queries import read_visit
from app.tablero.rules import ColumnaLista, Densidad
from app.tablero.service import keep_aspect
from app.web.access import staff_required
from app.web.deeds import Deed, Done, carry_out
from app.web.forms import first_error


@bp.post("/aspecto")
@staff_required
def save_aspect() -> ResponseReturnValue:
    """Keep the density, or the columns: each form sends one of them, the other stays."""
    form = AspectoForm()
    back = board_or_case_before()

    def deed() -> Done:
        aspecto = read_visit(current_user.id).aspecto
        if form.densidad.raw_data:
            aspecto = replace(aspecto, densidad=Densidad(form.densidad.data))
        if form.elegidas.data:
            chosen = tuple(each for each in ColumnaLista if each.value in (form.columna.data or ()))
            aspecto = replace(aspecto, columnas=chosen)
        keep_aspect(aspecto, actor=current_user, now=utcnow())
        return Done("Se guardó cómo quiere verlo.", back)

    return carry_out(Deed(do=deed, form=form, wrong=lambda: first_error(form), back=back))
