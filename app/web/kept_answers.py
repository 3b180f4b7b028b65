"""Whole answers that this process keeps for a moment, to give them again while nothing changed.

Browsers write no page to their disk by default, so that they have nothing to ask about, and a page
that is opened again (back from a case, another tab, a reload) would be made anew each time. What is
kept here is in the process' memory alone. Whether it may be given again is decided by whoever looks
(``app.cambios``), each time; here is only how much is kept, and for how long.
"""

from __future__ import annotations

import hashlib
import threading
from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import Flask, Response, current_app, g, request, session

from app.core.process_memory import is_forgotten_with_people
from app.web.compression import is_own_request
from app.web.conditional import put_numbers
from app.web.fragments import asked_part

#: The most that a process keeps, in bytes of bodies as they are sent: some hundred pages.
MOST_BYTES = 4_000_000
#: A longer body is not worth its place.
LONGEST_BODY = 200_000
#: How often a process looks for what is over by the clock.
_SWEEP_EVERY = timedelta(seconds=10)
#: Of each answer anew: its length and date, and what belongs to one request.
_OWN = frozenset({"content-length", "date", "set-cookie"})
#: With a header that begins so an answer is for once: it tells what was done.
_ONCE = ("set-cookie", "hx-")


@dataclass(frozen=True)
class KeptAnswer:
    """An answer with the name of its page, which says what it was made of (``ETag``)."""

    tag: str
    made: datetime
    headers: tuple[tuple[str, str], ...]
    body: bytes
    #: Its body is not compressed, and numbers are put in each time.
    holds_numbers: bool = False

    def respond(self) -> Response:
        """The answer once more."""
        g.rastro_given_again = True
        body = put_numbers(self.body) if self.holds_numbers else self.body
        return Response(body, headers=list(self.headers))


class KeptAnswers:
    """The answers of one process, the last ones that were asked for."""

    def __init__(self, most_bytes: int = MOST_BYTES) -> None:
        self.most_bytes = most_bytes
        self.size = 0
        self._answers: OrderedDict[bytes, KeptAnswer] = OrderedDict()
        self._lock = threading.Lock()
        self._swept: datetime | None = None
        is_forgotten_with_people(self)

    def find(self, key: bytes) -> KeptAnswer | None:
        """What was answered to the same request before."""
        with self._lock:
            found = self._answers.get(key)
            if found is not None:
                self._answers.move_to_end(key)
            return found

    def keep(self, key: bytes, answer: KeptAnswer, *, since: datetime) -> None:
        """Keep an answer, and forget what was made before ``since`` or is too much."""
        with self._lock:
            self._drop(key)
            if self._swept is None or since - self._swept > _SWEEP_EVERY:
                self._swept = since
                for other in [one for one, kept in self._answers.items() if kept.made < since]:
                    self._drop(other)
            if len(answer.body) > LONGEST_BODY:
                return
            self._answers[key] = answer
            self.size += len(answer.body)
            while self.size > self.most_bytes:
                self._drop(next(iter(self._answers)))

    def clear(self) -> None:
        """Forget all of them."""
        with self._lock:
            self._answers.clear()
            self.size = 0

    def _drop(self, key: bytes) -> None:
        dropped = self._answers.pop(key, None)
        if dropped is not None:
            self.size -= len(dropped.body)


def request_key() -> bytes:
    """What is the same for two requests that may get the same bytes.

    The cookies are among it, so that nobody finds what was made for somebody else; of them and of
    the address a hash is kept alone.
    """
    encoding = request.accept_encodings.best_match(["br", "gzip", "identity"], "identity")
    parts = (
        request.full_path,
        request.headers.get("Cookie", ""),
        request.scheme,
        request.host,
        encoding,
        str(is_own_request()),
        asked_part(),
    )
    return hashlib.sha256("\n".join(parts).encode()).digest()


def keep_answer(
    response: Response, tag: str, made: datetime, *, since: datetime, held: bytes | None = None
) -> None:
    """Keep an answer as it is sent, unless it sets a cookie or tells what was done.

    ``held`` is its body with places for fresh numbers, if it has any: that is kept instead.
    """
    # The session's cookie is set after this.
    is_once = any(name.lower().startswith(_ONCE) for name in response.headers.keys())  # noqa: SIM118  # pairs, not names
    if session.modified or is_once or response.is_streamed:
        return
    own = _OWN if held is None else _OWN | {"content-encoding"}
    headers = tuple((name, text) for name, text in response.headers if name.lower() not in own)
    body = response.get_data() if held is None else held
    answer = KeptAnswer(tag, made, headers, body, holds_numbers=held is not None)
    kept_answers(current_app).keep(request_key(), answer, since=since)


def is_given_again() -> bool:
    """Whether this answer was given before, and recorded then if it has to be."""
    return bool(g.get("rastro_given_again"))


def kept_answers(app: Flask) -> KeptAnswers:
    """The answers that this process keeps."""
    answers: KeptAnswers | None = app.extensions.get("rastro_answers")
    if answers is None:
        # Two threads that come first together agree on one.
        answers = app.extensions.setdefault("rastro_answers", KeptAnswers())
    return answers
