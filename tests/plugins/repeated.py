"""No request asks the database the same question again and again: N+1, in every test that looks.

Each request of a test is held to it: a statement that one GET sends more than ``MOST`` times, with
other values each time, stands in a loop over rows, and the page slows with them. It should be one
statement for all rows.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
import sqlalchemy as sa
from flask import g, has_request_context, request

#: So often one GET may send a statement: a page may well ask for two or three things of one kind.
MOST = 4
_KEY = "_sent_of_this_request"
#: Pages that ask one by one for what does not grow with the rows, and why.
BOUNDED = {
    "/": "no address at all: a test that made its own request and did much in it",
    "/admin/auditoria": "each kind of deed by its own index, and the newest of all of them",
    "/api/v1/eventos": "a stream, which looks for news as long as it is open",
    "/api/v1/tablero": "each column of the board with its first cards",
}


def _is_bounded(path: str) -> bool:
    return path in BOUNDED or path.startswith("/api/v1/tablero/")


class Repeats:
    """Counts, per request, how often each statement was sent with how many different values."""

    def __init__(self) -> None:
        self.found: dict[str, int] = {}

    def note(
        self,
        _connection: object,
        _cursor: object,
        text: str,
        values: Any,
        _context: object,
        is_many: bool,
    ) -> None:
        """Count one statement for the request that runs, if one does."""
        if (
            is_many
            or not has_request_context()
            or request.method != "GET"
            or _is_bounded(request.path)
        ):
            return
        sent: Counter[str] = g.setdefault(_KEY, Counter())
        sent[text] += 1
        if sent[text] > MOST and values:
            self.found[f"GET {request.path}: {text}"] = sent[text]


@pytest.fixture(autouse=True)
def _no_question_in_a_loop() -> Iterator[None]:
    repeats = Repeats()
    sa.event.listen(sa.Engine, "before_cursor_execute", repeats.note)
    yield
    sa.event.remove(sa.Engine, "before_cursor_execute", repeats.note)
    told = "\n".join(f"{count} times {what}" for what, count in repeats.found.items())
    assert not told, f"one statement for all rows would do:\n{told}"
