"""What others did meanwhile, for boards that are open."""

from __future__ import annotations

import time

from flask import Response, current_app, make_response, request
from flask.typing import ResponseReturnValue

from app.core.clock import utcnow
from app.db import limited_reader
from app.tablero.forms import read_filter
from app.tablero.pages.blueprint import bp
from app.tablero.pages.screen import conditions_of, draw_cards
from app.tablero.queries import (
    count_by_estado,
    count_by_key,
    list_cards,
    list_changes,
    on_the_board,
    places_of,
)
from app.web.access import staff_required
from app.web.fragments import fragment

#: Seconds for which an answer «nothing new» is cached for all boards of this process.
QUIET = 0.3
#: Largest id of both databases' integer column.
_LAST = 2**31 - 1


@bp.get("/cambios")
@staff_required
def changes() -> ResponseReturnValue:
    """The cards that changed after an event, as the filters of the address show them.

    204 while there is nothing new. 205 when so much changed, or so long ago, that the page should
    be read again.
    """
    since = min(max(0, request.args.get("desde", 0, type=int)), _LAST)
    # The event that was the newest of this application at a moment of the process's clock.
    quiet: dict[int, float] = current_app.extensions.setdefault("board_quiet", {})
    if time.monotonic() - quiet.get(since, -QUIET) < QUIET:
        return _nothing(204)
    found = list_changes(since)
    if found.is_flood:
        return _nothing(205)
    if not found.ids and limited_reader() is not None:
        return _nothing(204)  # there may be news for others
    if not found.ids:
        quiet.clear()
        quiet[since] = time.monotonic()
        return _nothing(204)
    board_filter = read_filter(request.args)
    conditions = conditions_of(board_filter)
    now = utcnow()
    places = places_of(found.ids, conditions, board_filter.carriles)
    cards = list_cards(list(places), now=now)
    return fragment(
        "tablero/_changes.html",
        last=found.last,
        gone=[pk for pk in found.ids if pk not in places],
        places=[
            (card, places[card.id], html)
            for card, html in zip(cards, draw_cards(cards, now=now), strict=True)
        ],
        counts=count_by_key(conditions, board_filter.carriles),
        wholes=count_by_estado([on_the_board(now)]) if board_filter.is_set else {},
    )


def _nothing(status: int) -> Response:
    return make_response("", status)
