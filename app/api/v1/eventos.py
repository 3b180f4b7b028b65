"""What happens, as it happens: Server-Sent Events that can be resumed."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable, Iterator
from dataclasses import replace

from flask import Response, current_app, g, request, stream_with_context
from flask.typing import ResponseReturnValue

from app.api.v1.access import add_told_cases, bearer_required, current_usuario, reading_note
from app.api.v1.blueprint import ApiBlueprint
from app.api.v1.describing import gives
from app.api.v1.reading import takes
from app.api.v1.schemas.publico import EventoShown, EventosQuery
from app.db import limited_reader, release
from app.eventos.pages.event_stream import (
    EventListener,
    Told,
    cases_told,
    end_those_without_rights,
    tell,
)
from app.eventos.queries import first_id, last_id, list_since
from app.web.error_pages import error_response
from app.web.streaming import keep_open

bp = ApiBlueprint("eventos", __name__)

#: Poll interval in seconds; a change must reach clients within two.
INTERVAL = 1.0
#: Seconds after which a stream ends by itself; its reader comes back with ``Last-Event-ID``. A
#: deployment or a token that ended is so obeyed soon.
DURATION = 55
#: Streams at the same time where each holds a thread (no server of ours): pages need some too.
MOST = 3
_BATCH = 100
#: Maximum number of missed events that a stream replays at its start.
_MISSED = 1000

_open = threading.BoundedSemaphore(MOST)


#: An event tells of any case, and which ones somebody has changes while they listen.
_LIMITED = (
    "Con acceso a solo los casos asignados no se escuchan los eventos de toda la oficina. Pregunte "
    "por sus casos en GET /api/v1/oficios."
)


@bp.get("/eventos")
@bearer_required()
@takes(query=EventosQuery)
@gives(
    "Escuchar lo que pasa (Server-Sent Events), desde un evento en adelante.",
    EventoShown,
    media=("text/event-stream",),
    errors=(403, 503),
)
def stream(query: EventosQuery) -> ResponseReturnValue:
    """The events from a place on, and then those that happen.

    A cliente hears of the steps and milestones of its own cases.

    Who missed more than is kept is told by an event ``reinicio`` and should read everything anew.
    """
    if limited_reader() is not None:
        return error_response(403, _LIMITED)
    usuario = current_usuario()
    buffet_id = None if usuario.is_staff else usuario.buffet_id
    place = _place(query)
    oldest = first_id()
    # 0 asks for all that is kept.
    missed = place is not None and 0 < place < (oldest or 0) - 1
    start = last_id() if place is None or missed else place
    release()
    listener = EventListener(
        usuario_id=usuario.id,
        session_id=usuario.get_id(),
        clave_id=g.get("api_clave_id"),
        place=start,
        buffet_id=buffet_id,
        note=reading_note(usuario),
        seconds=_seconds(),
    )
    if held := _keep_open(listener, missed=missed):
        return held
    if not _open.acquire(blocking=False):
        response = error_response(
            503, "Hay demasiadas conexiones de eventos abiertas. Vuelva a conectarse más tarde."
        )
        response.headers["Retry-After"] = "10"
        return response
    events = _Stream(replace(listener, place=start, seconds=_seconds()), missed=missed)
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


def _keep_open(listener: EventListener, *, missed: bool) -> Response | None:
    """Give the reader what it missed and leave the rest to the server, where there is one.

    Who missed more than is read at once comes back for the next part.
    """
    text = "retry: 1000\n\n"
    if missed:
        text += _restart(listener.place)
    found = list_since(listener.place, buffet_id=listener.buffet_id, limit=_MISSED)
    events = [tell(each) for each in found]
    release()
    add_told_cases(cases_told(events, listener.buffet_id))
    listener.greeting = text + _tell_all(events, listener.buffet_id)
    if events:
        listener.place = events[-1].id
    if len(events) == _MISSED:
        listener.seconds = 0
    return keep_open(listener)


def _tell_all(events: Iterable[Told], buffet_id: int | None) -> str:
    return "".join(item.text_for(buffet_id) for item in events)


def _restart(place: int) -> str:
    return f"id: {place}\nevent: reinicio\ndata: {{}}\n\n"


def _seconds() -> float:
    return float(current_app.config.get("EVENTS_SECONDS", DURATION))


class _Stream:
    """The stream of one reader under a WSGI server that holds a thread for it."""

    def __init__(self, listener: EventListener, *, missed: bool) -> None:
        self._listener = listener
        self._place = listener.place
        self._buffet_id = listener.buffet_id
        self._ends = time.monotonic() + listener.seconds
        self._missed = missed
        self._is_open = True

    def texts(self) -> Iterator[str]:
        """What is sent, piece by piece, until the reader leaves or the time is over."""
        yield "retry: 1000\n\n"
        if self._missed:
            yield _restart(self._place)
        quiet = 0.0
        while self._is_open:
            found = list_since(self._place, buffet_id=self._buffet_id, limit=_BATCH)
            events = [tell(each) for each in found]
            text = _tell_all(events, self._buffet_id)
            end_those_without_rights([self._listener])
            if self._listener.is_over:
                return
            if events:
                self._place = events[-1].id
            release()
            self._listener.note_cases(events)
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

    def close(self) -> None:
        """Free the stream's slot; WSGI calls this once when the response ends."""
        if self._is_open:
            self._is_open = False
            _open.release()
