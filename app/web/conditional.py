"""Pages that answer 304 to a browser that has them already.

A view says that its page depends on nothing but the database, the request and the session
(``@conditional``, nearest to the view); everything else is found out by itself, also what it reads
(``app.cambios``). What a page shows once only, such as the number of a form that may be stored
once, takes it back for that answer (``shows_once``).
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any, TypeVar

from flask import Response, g, has_request_context

from app.feature import asked_above

View = TypeVar("View", bound=Callable[..., Any])
_MARK = "__rastro_conditional__"


def conditional(view: View) -> View:
    """Decorator: the whole page of this view may be a 304."""
    setattr(view, _MARK, True)
    return view


def is_conditional(view: Callable[..., Any] | None) -> bool:
    """Whether a view, decorated or not, was marked so."""
    return bool(getattr(view, _MARK, False))


def shows_once() -> None:
    """This answer holds something that must not be shown again."""
    if has_request_context():
        g.rastro_shows_once = True


def is_shown_once() -> bool:
    """Whether this answer holds such a thing."""
    return bool(g.get("rastro_shows_once"))


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
