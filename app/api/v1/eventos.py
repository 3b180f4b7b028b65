"""What happens, as it happens: Server-Sent Events that can be resumed."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from typing import Any

from flask import Response, current_app, request, stream_with_context
from flask.typing import ResponseReturnValue

from app.api.v1.access import bearer_required, current_usuario
from app.api.v1.blueprint import ApiBlueprint
from app.api.v1.describing import gives
from app.api.v1.reading import takes
from app.api.v1.schemas.publico import EventoShown, EventosQuery
from app.db import release
from app.eventos.emision import describe
from app.eventos.models import Evento
from app.eventos.permissions import message_for_buffet
from app.eventos.queries import first_id, last_id, list_since
from app.web.errors import error_response

bp = ApiBlueprint("eventos", __name__)

#: Seconds between two looks; people should see a change within two.
INTERVAL = 1.0
#: Seconds after which a stream ends by itself; its reader comes back with ``Last-Event-ID``. A
#: deployment or a token that ended is so obeyed soon.
DURATION = 55
#: Streams at the same time in one process: each holds a thread, and pages need some too.
MOST = 3
_BATCH = 100

_open = threading.BoundedSemaphore(MOST)


@bp.get("/eventos")
@bearer_required()
@takes(query=EventosQuery)
@gives(
    "Escuchar lo que pasa (Server-Sent Events), desde un evento en adelante.",
    EventoShown,
    media=("text/event-stream",),
    errors=(503,),
)
def stream(query: EventosQuery) -> ResponseReturnValue:
    """The events from a place on, and then those that happen.

    A cliente hears of the steps and milestones of its own cases.

    Who missed more than is kept is told by an event ``reinicio`` and should read everything anew.
    """
    usuario = current_usuario()
    buffet_id = None if usuario.is_staff else usuario.buffet_id
    place = _place(query)
    oldest = first_id()
    # 0 asks for all that is kept.
    missed = place is not None and 0 < place < (oldest or 0) - 1
    start = last_id() if place is None or missed else place
    release()
    if not _open.acquire(blocking=False):
        response = error_response(
            503, "Hay demasiadas conexiones de eventos abiertas. Vuelva a conectarse más tarde."
        )
        response.headers["Retry-After"] = "10"
        return response
    seconds = float(current_app.config.get("EVENTS_SECONDS", DURATION))
    events = _Stream(start, buffet_id, seconds, missed=missed)
    response = Response(stream_with_context(events.texts()), mimetype="text/event-stream")
    response.call_on_close(events.close)
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Accel-Buffering"] = "no"
    return response


def _place(query: EventosQuery) -> int | None:
    """After which event to begin: what the browser says when it comes back goes first."""
    header = request.headers.get("Last-Event-ID", "")
    if header.isascii() and header.isdecimal() and len(header) < 10:
        return int(header)
    return query.desde


class _Stream:
    """The text of one reader's stream."""

    def __init__(self, start: int, buffet_id: int | None, seconds: float, *, missed: bool) -> None:
        self._place = start
        self._buffet_id = buffet_id
        self._ends = time.monotonic() + seconds
        self._missed = missed
        self._is_open = True

    def texts(self) -> Iterator[str]:
        """What is sent, piece by piece, until the reader leaves or the time is over."""
        yield "retry: 1000\n\n"
        if self._missed:
            yield f"id: {self._place}\nevent: reinicio\ndata: {{}}\n\n"
        quiet = 0.0
        while self._is_open:
            events = list_since(self._place, buffet_id=self._buffet_id, limit=_BATCH)
            text = "".join(map(self._tell, events))
            if events:
                self._place = events[-1].id
            release()
            if text:
                quiet = 0.0
                yield text
            if time.monotonic() >= self._ends:
                return
            if len(events) < _BATCH:
                time.sleep(min(INTERVAL, max(0.0, self._ends - time.monotonic())))
                quiet += INTERVAL
            if quiet >= 15:
                quiet = 0.0
                # Tells a proxy that the line is alive, and us when it is not.
                yield ": sigo aquí\n\n"

    def _tell(self, item: Evento) -> str:
        """An event as its reader may know it; empty when it is not for them."""
        message: dict[str, Any] | None = describe(item)
        if self._buffet_id is not None:
            message = message_for_buffet(describe(item), self._buffet_id)
        if message is None:
            return ""
        data = json.dumps(message, ensure_ascii=False)
        return f"id: {item.id}\nevent: {item.tipo.value}\ndata: {data}\n\n"

    def close(self) -> None:
        """Give the place to the next reader; called once, when the response ends."""
        if self._is_open:
            self._is_open = False
            _open.release()
