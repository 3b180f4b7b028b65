"""What an open page of the firm is told at once: something happened, or the bell changed."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from flask import Blueprint, request
from flask.typing import ResponseReturnValue
from flask_login import current_user

from app.avisos.pages.bell_stream import BELLS
from app.avisos.queries import Campana
from app.eventos.pages.event_stream import EVENTS, RightfulListener, Told
from app.eventos.queries import last_id
from app.web.access import staff_required
from app.web.streaming import keep_open

bp = Blueprint("novedades", __name__)

#: Seconds that a page listens before it signs in again: the stream tells numbers alone.
SECONDS = 240.0
_LAST = 2**31 - 1


@dataclass(kw_only=True, eq=False)
class PageListener(RightfulListener):
    """Hears the id of the newest event, that one is of its case, and the state of one's bell.

    What there is to see is asked for by the page, which may see only what its person may.
    """

    sources: ClassVar[tuple[str, ...]] = (EVENTS, BELLS)
    of_all_cases: ClassVar[bool] = False
    place: int
    bell: Campana
    #: The case that the page shows, if it shows one.
    caso: int | None = None

    def hear(self, source: str, news: Any) -> str:
        """What differs from what the page was told last."""
        return self._hear_events(news) if source == EVENTS else self._hear_bells(news)

    def _hear_events(self, news: Sequence[Told]) -> str:
        if not news or news[-1].id <= self.place:
            return ""
        is_here = self.caso is not None and any(
            item.id > self.place and item.message["oficio_id"] == self.caso for item in news
        )
        self.place = news[-1].id
        return _tell_board(self.place) + (_tell_case(self.place) if is_here else "")

    def _hear_bells(self, news: dict[int, Campana]) -> str:
        bell = news.get(self.usuario_id)
        if bell is None or bell == self.bell:
            return ""
        self.bell = bell
        data = json.dumps({"ultimo": bell.ultimo, "sin_leer": bell.sin_leer})
        return f"event: avisos\ndata: {data}\n\n"


@bp.get("/novedades")
@staff_required
def listen() -> ResponseReturnValue:
    """Keep telling a page; 204, which a browser does not repeat, where no stream can be held.

    The page then asks from time to time.
    """
    newest = last_id()
    greeting = "retry: 2000\nevent: hola\ndata:\n\n"
    if "evento" in request.args and _number("evento") != newest:
        greeting += _tell_board(newest)
    listener = PageListener(
        usuario_id=current_user.id,
        session_id=current_user.get_id(),
        place=newest,
        bell=Campana(_number("sin_leer"), _number("aviso")),
        caso=_number("caso") or None,
        greeting=greeting,
        seconds=SECONDS,
    )
    return keep_open(listener) or ("", 204)


def _tell_board(place: int) -> str:
    return f"event: tablero\ndata: {place}\n\n"


def _tell_case(place: int) -> str:
    return f"event: caso\ndata: {place}\n\n"


def _number(name: str) -> int:
    return min(max(0, request.args.get(name, 0, type=int)), _LAST)
