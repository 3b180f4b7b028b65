"""Live events: one reader per process fans out to all its listeners."""

from __future__ import annotations

import json
import time
from collections import deque
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

from app.eventos.models import Evento
from app.eventos.queries import last_id, list_ids_from, list_since
from app.eventos.service.emitting import describe, message_for
from app.feature import asked_above
from app.usuarios.queries import sort_sessions
from app.web.streaming import Listener, Source

#: The name of the source.
EVENTS = "eventos"
#: Events read at a time.
BATCH = 200
#: Events that are remembered for a listener that comes between two looks.
_REMEMBERED = 1000
#: Seconds for which it may still be remembered what was told of a case that is blocked since, and
#: for which nobody looks whether a listener may still hear.
_TRUSTED = 2.0
#: Seconds without a listener after which reading on would bring what nobody waits for.
_FORGOTTEN = 10.0


@dataclass(frozen=True)
class Told:
    """An event as it is sent, written once for the firm and once for its buffet."""

    id: int
    tipo: str
    message: dict[str, Any]
    _texts: dict[int | None, str] = field(default_factory=dict)

    def text_for(self, buffet_id: int | None) -> str:
        """What a reader of a buffet (None: of the firm) is sent; empty when it is not for them."""
        if buffet_id not in self._texts:
            self._texts[buffet_id] = self._write(message_for(self.message, buffet_id))
        return self._texts[buffet_id]

    def _write(self, message: dict[str, Any] | None) -> str:
        if message is None:
            return ""
        data = json.dumps(message, ensure_ascii=False)
        return f"id: {self.id}\nevent: {self.tipo}\ndata: {data}\n\n"


def tell(item: Evento) -> Told:
    """An event that was read from the database."""
    return Told(item.id, item.tipo.value, describe(item))


@asked_above
def living_keys(ids: Collection[int]) -> set[int]:
    """Which of some keys of the API still open anything; this package knows of none."""
    return set(ids)


@dataclass(kw_only=True, eq=False)
class RightfulListener(Listener):
    """Hears for as long as what it came in with opens anything."""

    #: The account and the version of what opens it (``Usuario.get_id``).
    session_id: str
    #: The key of the API that it came in with.
    clave_id: int | None = None
    #: Whether what it hears is of all cases, which not everybody may know.
    of_all_cases: ClassVar[bool] = True


def end_those_without_rights(listeners: Iterable[RightfulListener]) -> None:
    """Mark as over who was signed out, deactivated or given other rights since they came."""
    listening = [listener for listener in listeners if not listener.is_over]
    standing = sort_sessions({listener.session_id for listener in listening})
    keys = {listener.clave_id for listener in listening if listener.clave_id is not None}
    living = living_keys(keys) if keys else set()
    for listener in listening:
        is_limited = standing.get(listener.session_id)
        listener.is_over = (
            is_limited is None
            or (is_limited and listener.of_all_cases)
            or (listener.clave_id is not None and listener.clave_id not in living)
        )


@dataclass(kw_only=True, eq=False)
class EventListener(RightfulListener):
    """Hears every event after a place; a cliente, those of its buffet."""

    sources: ClassVar[tuple[str, ...]] = (EVENTS,)
    place: int
    buffet_id: int | None
    #: Writes down which cases a reader outside was told of; None for the firm's own people.
    note: Callable[[Collection[int]], bool] | None = None
    _noted: set[int] = field(default_factory=set)
    _told: set[int] = field(default_factory=set)

    def hear(self, source: str, news: Sequence[Told]) -> str:
        """The events after the place, which moves on."""
        told = [item for item in news if item.id > self.place]
        if not told:
            return ""
        self.place = told[-1].id
        self._told |= cases_told(told, self.buffet_id)
        return "".join(item.text_for(self.buffet_id) for item in told)

    def note_cases(self, news: Sequence[Told] = ()) -> None:
        """Write down the cases of what was told, and of what is told next; each once."""
        if self.note is None:
            return
        told = self._told
        next_ones = [item for item in news if item.id > self.place]
        cases = (told | cases_told(next_ones, self.buffet_id)) - self._noted
        if cases and self.note(cases):
            self._noted |= cases

    def left(self) -> None:
        """Write down what was told since the last look."""
        self.note_cases()


def cases_told(news: Sequence[Told], buffet_id: int | None) -> set[int]:
    """The cases of those events that a reader of a buffet (None: of the firm) is sent."""
    return {item.message["oficio_id"] for item in news if item.text_for(buffet_id)}


class EventSource(Source):
    """Reads on from the last event that it has seen."""

    def __init__(self) -> None:
        self._last: int | None = None
        self._looked = 0.0
        self._sorted_out = 0.0
        self._checked = 0.0
        self._remembered: deque[Told] = deque(maxlen=_REMEMBERED)

    def look(self, listeners: Sequence[Listener]) -> list[Told] | None:
        """The events since the last look; before the first, since the earliest listener."""
        now = time.monotonic()
        if self._last is None or now - self._looked > _FORGOTTEN:
            self._remembered.clear()
            # A place that has not happened yet is that of a database before its restoring.
            self._last = min(last_id(), *(_place(listener) for listener in listeners))
        self._looked = now
        found: list[Told] = []
        while batch := list_since(self._last, limit=BATCH):
            found += [tell(item) for item in batch]
            self._last = batch[-1].id
            if len(batch) < BATCH:
                break
        self._remembered.extend(found)
        if found or now - self._checked >= _TRUSTED:
            # Before anything is told, and soon also when there is nothing to tell.
            self._checked = now
            end_those_without_rights(one for one in listeners if isinstance(one, RightfulListener))
        for listener in listeners:
            if isinstance(listener, EventListener) and not listener.is_over:
                listener.note_cases(found)  # before they are told
        if self._remembered and now - self._sorted_out >= _TRUSTED:
            self._sorted_out = now
            self._sort_out()
        return found or None

    def _sort_out(self) -> None:
        """Forget what was remembered of cases that were blocked or erased since it was read."""
        told = list_ids_from(self._remembered[0].id)
        kept = [item for item in self._remembered if item.id in told]
        self._remembered = deque(kept, maxlen=_REMEMBERED)

    def recent(self) -> list[Told]:
        """What was read lately."""
        return list(self._remembered)


def _place(listener: Listener) -> int:
    place: int = getattr(listener, "place", 0)
    return place
