"""The page of the board, whole or in lanes, and the further cards of a column."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from flask import abort, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_login import current_user

from app.core.clock import utcnow
from app.db import transaction
from app.oficios.rules import Estado, Prioridad, allowed_moves
from app.tablero.forms import read_filter, read_place
from app.tablero.pages.blueprint import bp
from app.tablero.pages.filter_bar import PROMISE_CHOICES, list_active
from app.tablero.pages.screen import FilteredAddress, conditions_of, draw_columns
from app.tablero.queries import (
    BoardColumn,
    Choices,
    Lane,
    Visit,
    count_by_estado,
    get_column,
    list_choices,
    list_columns,
    list_lanes,
    on_the_board,
    read_visit,
)
from app.tablero.rules import (
    COLUMN_TEXTS,
    DUE_CHOICES,
    IDLE_CHOICES,
    NOBODY,
    NOTHING_MATCHES,
    BoardFilter,
    Carril,
    ColumnaLista,
    Densidad,
)
from app.tablero.service import remember_filter
from app.web.access import staff_required
from app.web.conditional import conditional
from app.web.converters import row_id
from app.web.fragments import fragment, is_htmx


def landing() -> str | None:
    """Return the board as the landing page of the firm; None for others."""
    return "tablero.board" if current_user.is_authenticated and current_user.is_staff else None


@bp.get("")
@staff_required
@conditional
def board() -> ResponseReturnValue:
    """All columns with their first cards, under the filters of the address.

    A bare address brings back the filters of the last visit.
    """
    board_filter = read_filter(request.args)
    visit = read_visit(current_user.id)
    if not request.args and visit.last:
        return redirect(f"{request.path}?{visit.last}", 303)
    lanes: list[Lane] = []
    columns: list[BoardColumn] = []
    now = utcnow()
    conditions = conditions_of(board_filter)
    if board_filter.carriles is None:
        columns = list_columns(conditions, now=now)
    else:
        lanes = list_lanes(conditions, board_filter.carriles, now=now)
    page = _page(board_filter, columns, lanes, visit)
    keep_filter(board_filter, visit.last)
    return page


@bp.get("/columnas/<estado>")
@staff_required
def column(estado: str) -> ResponseReturnValue:
    """The next cards of a column: alone to HTMX, as a board of one column to a browser."""
    if estado not in {member.value for member in Estado}:
        abort(404)
    board_filter = read_filter(request.args)
    now = utcnow()
    part = get_column(
        Estado(estado),
        conditions_of(board_filter),
        start=read_place(request.args.get("desde", "")),
        now=now,
        lane=request.args.get("carril", type=row_id),
    )
    if is_htmx():
        return fragment(
            "tablero/_cards.html",
            column=part,
            drawn=draw_columns([part], now=now),
            board_filter=board_filter,
        )
    return _page(board_filter, [part], [], read_visit(current_user.id))


def keep_filter(board_filter: BoardFilter, last: str) -> None:
    """Remember what is on the screen for the next visit. A search is for once."""
    kept = urlencode({k: v for k, v in board_filter.arguments().items() if k != "q"})
    if kept == last or board_filter.q:
        return
    with transaction():
        remember_filter(kept, actor=current_user, now=utcnow())


def filter_context(
    board_filter: BoardFilter, endpoint: str, visit: Visit, choices: Choices
) -> dict[str, Any]:
    """What the bar of filters needs, on the board and over the list."""
    return {
        "board_filter": board_filter,
        "active": list_active(board_filter, choices),
        "choices": choices,
        "views": visit.views,
        "aspecto": visit.aspecto,
        "densidades": Densidad,
        "columnas": ColumnaLista,
        "address": FilteredAddress(endpoint),
        "due_choices": DUE_CHOICES,
        "idle_choices": IDLE_CHOICES,
        "promise_choices": PROMISE_CHOICES,
        "prioridades": Prioridad,
        "carriles": Carril,
        "moves": {estado: allowed_moves(estado, current_user.rol) for estado in Estado},
    }


def _page(
    board_filter: BoardFilter,
    columns: list[BoardColumn],
    lanes: list[Lane],
    visit: Visit,
) -> str:
    now = utcnow()
    choices = list_choices()
    names = dict(choices.people + choices.former)
    if board_filter.carriles is Carril.BUFFET:
        names = dict(choices.buffets)
    is_whole = board_filter.carriles is not None or len(columns) == len(Estado)
    everything = [*columns, *(column for lane in lanes for column in lane.columns)]
    wholes = count_by_estado([on_the_board(now)]) if board_filter.is_set else {}
    return render_template(
        "tablero/board.html",
        columns=columns,
        lanes=sorted(lanes, key=lambda lane: (lane.id == NOBODY, names.get(lane.id, "").lower())),
        lane_names={**names, NOBODY: "Sin asignar"},
        drawn=draw_columns(everything, now=now),
        total=sum(column.count for column in everything),
        is_whole=is_whole,
        totals=_totals(lanes),
        texts=COLUMN_TEXTS,
        nothing_matches=NOTHING_MATCHES,
        event=visit.event if is_whole else "",
        wholes=wholes,
        **filter_context(board_filter, "tablero.board", visit, choices),
    )


def _totals(lanes: list[Lane]) -> dict[Estado, int]:
    """How many cards each column has over all lanes, which is what its limit is about."""
    totals = dict.fromkeys(Estado, 0)
    for lane in lanes:
        for part in lane.columns:
            totals[part.estado] += part.count
    return totals
