"""Asking people once more who they are, before what would harm most if somebody else did it.

That is: personal data in bulk, files of lists, erasing, backups, and what an account may do. Which
routes ask is a list in ``tests/architecture/permissions.py``, and a test finds those that should.
The API is not asked: a key or token is no session, and its scopes say what it may do. What nobody
can undo takes a token of the last minutes there (``app.api.v1.access.need_fresh_token``).
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

from flask.typing import ResponseReturnValue

from app.feature import asked_above

View = TypeVar("View", bound=Callable[..., Any])


@asked_above
def ask_again(*, has_file: bool) -> ResponseReturnValue | None:
    """What to answer instead of the page, until its person has proved again who they are.

    ``has_file``: what is asked for is a file to keep, after which a browser stays where it is.
    """
    return None


def fresh_required(view: View) -> View:
    """Decorator: let in who proved in the last minutes who they are, and ask all others first.

    It stands below the one that says who may (``admin_required``), so that a stranger is told
    nothing. A page is shown after the proof; of a form that was sent all is kept, and the person
    sends it once more together with the proof. No such form brings files: they would be lost.
    """
    return _guard(view, has_file=False)


def fresh_file_required(view: View) -> View:
    """Decorator: the same before a file is handed out."""
    return _guard(view, has_file=True)


def _guard(view: View, *, has_file: bool) -> View:
    @wraps(view)
    def guarded(*args: Any, **kwargs: Any) -> Any:
        instead = ask_again(has_file=has_file)
        return view(*args, **kwargs) if instead is None else instead

    guarded.__rastro_fresh__ = True  # type: ignore[attr-defined]
    return guarded  # type: ignore[return-value]
