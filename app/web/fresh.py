"""Asking people once more who they are, before what would harm most if somebody else did it."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

from flask.typing import ResponseReturnValue

from app.feature import asked_above

View = TypeVar("View", bound=Callable[..., Any])


@asked_above
def ask_again() -> ResponseReturnValue | None:
    """What to answer instead of the page, until its person has proved again who they are."""
    return None


def fresh_required(view: View) -> View:
    """Decorator: let in who proved in the last minutes who they are, and ask all others first.

    It stands below the one that says who may (``admin_required``), so that a stranger is told
    nothing. A page is shown after the proof; of a form that was sent all is kept, and the person
    sends it once more together with the proof.
    """

    @wraps(view)
    def guarded(*args: Any, **kwargs: Any) -> Any:
        instead = ask_again()
        return view(*args, **kwargs) if instead is None else instead

    guarded.__rastro_fresh__ = True  # type: ignore[attr-defined]
    return guarded  # type: ignore[return-value]
