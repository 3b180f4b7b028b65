"""Pages that answer 304 to a browser that has them already.

A view says that its page depends on nothing but the database, the request and the session
(``@conditional``, nearest to the view); everything else is found out by itself, also what it reads
(``app.cambios``). What a page shows once only takes it back for that answer (``shows_once``). The
number of a form that may be stored once is put in afterwards, another one into each answer
(``fresh_number``).
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from secrets import token_hex
from typing import Any, TypeVar
from uuid import uuid4

from flask import Response, g, has_request_context, request

from app.feature import asked_above

View = TypeVar("View", bound=Callable[..., Any])
_MARK = "__rastro_conditional__"
#: Stands for a number and is as long as one; nobody can write it into a text.
_HELD = token_hex(18)


def conditional(view: View) -> View:
    """Decorator: the whole page of this view may be a 304."""
    setattr(view, _MARK, True)
    return view


def conditional_unless(*names: str) -> Callable[[View], View]:
    """Decorator: the same, but for what is asked with one of these arguments.

    Words that somebody looks for are asked once, so that a tag would only cost a statement more.
    """

    def mark(view: View) -> View:
        setattr(view, _MARK, names)
        return view

    return mark


def is_conditional(view: Callable[..., Any] | None) -> bool:
    """Whether a view, decorated or not, was marked so for the request of now, if there is one."""
    mark: Any = getattr(view, _MARK, False)
    if isinstance(mark, tuple) and has_request_context():
        return not any(request.args.get(name) for name in mark)
    return bool(mark)


def shows_once() -> None:
    """This answer holds something that must not be shown again."""
    if has_request_context():
        g.rastro_shows_once = True


def is_shown_once() -> bool:
    """Whether this answer holds such a thing."""
    return bool(g.get("rastro_shows_once"))


def hold_numbers() -> None:
    """From here on something stands for each fresh number; whoever calls this puts them in."""
    g.rastro_holds_numbers = True


def fresh_number() -> str:
    """A number that no other answer holds, for a form that is to be stored once."""
    if has_request_context() and g.get("rastro_holds_numbers"):
        return _HELD
    return str(uuid4())


def put_numbers(body: bytes) -> bytes:
    """A body with a fresh number in each place that was held for one."""
    first, *others = body.split(_HELD.encode())
    return first + b"".join([str(uuid4()).encode() + part for part in others])


@asked_above
def find_unchanged() -> Response | None:
    """The 304 of this request, if its browser has the page as it is now."""
    return None


@asked_above
def is_read_noted(usuario_id: int, oficio_id: int) -> bool:
    """Whether it is recorded already that an account reads a case; else it has to be."""
    return True


@asked_above
def find_open_link(now: datetime) -> int | None:
    """The magic link that this browser came in by, without an account, while it opens anything."""
    return None
