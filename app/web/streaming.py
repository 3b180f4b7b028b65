"""Server-Sent Events without a thread per open connection.

A view checks who asks and calls ``keep_open(listener)``. Where the web's own server runs
(``app.server``) it then keeps the connection in its event loop; one look at the database, twice a
second, serves all listeners of a process. Elsewhere (a test, ``flask run``) there is no such place,
and the view answers in another way.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, ClassVar

from flask import Flask, Response, request

from app.db import not_seeing_hidden
from app.feature import features_of


@dataclass(kw_only=True, eq=False)
class Listener(ABC):
    """Somebody who waits for news."""

    #: Which of the sources (``Feature.streams``) it hears.
    sources: ClassVar[tuple[str, ...]]
    #: Whose share of the open streams it counts against.
    usuario_id: int
    #: What is sent first.
    greeting: str = "retry: 1000\n\n"
    #: Seconds until the stream ends and its reader comes back.
    seconds: float = 55
    #: A source says so of who may hear no more; the stream then ends without another word.
    is_over: bool = False

    @abstractmethod
    def hear(self, source: str, news: Any) -> str:
        """The text for this listener in what a source found; empty when nothing concerns it."""

    def left(self) -> None:  # noqa: B027 - most kinds have nothing left to do
        """Called once the stream ended, where sources are asked: a thread that may write."""


class Source(ABC):
    """Where news come from; asked in a thread, for all listeners of the process together."""

    @abstractmethod
    def look(self, listeners: Sequence[Listener]) -> Any:
        """Return the news since the last poll, or None; may query the database."""

    @abstractmethod
    def recent(self) -> Any:
        """What was found lately, for a listener that comes between two looks, or None."""


def make_sources(app: Flask) -> dict[str, Source]:
    """A source of each kind that the features of an application bring, for one process."""
    return {name: make() for name, make in features_of(app).streams.items()}


@contextmanager
def looking(app: Flask) -> Iterator[None]:
    """Where sources are asked: what pages do not show is not sent to them either."""
    with app.app_context(), not_seeing_hidden():
        yield


def keep_open(listener: Listener) -> Response | None:
    """Hand this request over to the server; None when the server cannot hold it."""
    if not request.environ.get("rastro.streams"):
        return None
    request.environ["rastro.listener"] = listener
    response = Response(mimetype="text/event-stream")
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Accel-Buffering"] = "no"
    return response
