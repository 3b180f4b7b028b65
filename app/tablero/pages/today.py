"""*Hoy*: what to do first, each with its reason and its one button."""

from __future__ import annotations

from dataclasses import replace

from flask import redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_login import current_user

from app.core.clock import local_today, utcnow
from app.oficios.rules.seguimientos import name_day
from app.tablero.forms import read_filter
from app.tablero.pages.blueprint import bp
from app.tablero.pages.board import filter_context
from app.tablero.pages.screen import board_url, conditions_of
from app.tablero.queries import list_choices, read_visit
from app.tablero.queries.today import read_today
from app.tablero.rules import IDLE_DAYS, sighting_words
from app.web.access import staff_required
from app.web.conditional import conditional


@bp.get("/hoy")
@staff_required
@conditional
def today() -> ResponseReturnValue:
    """What the cases of the filters ask for today; a bare address is the person's own cases."""
    if not request.args:
        return redirect(board_url({"mios": "1"}, "tablero.today"), 303)
    board_filter = replace(read_filter(request.args), carriles=None)
    now = utcnow()
    day = local_today(now)
    found = read_today(
        conditions_of(board_filter), usuario_id=current_user.id, mine=board_filter.mios, now=now
    )
    return render_template(
        "tablero/today.html",
        found=found,
        total=found.total,
        heading=name_day(day).capitalize(),
        today=day,
        idle_days=IDLE_DAYS,
        name_day=name_day,
        seen=lambda sighting: sighting_words(
            sighting.fecha, sighting.fecha_hora, now, sighting.zona
        ),
        **filter_context(
            board_filter, "tablero.today", read_visit(current_user.id), list_choices()
        ),
    )
