"""Role checks for views, and 404 for rows that a person may not see."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, NoReturn, TypeVar

from flask import abort, g
from flask_login import current_user, login_required

View = TypeVar("View", bound=Callable[..., Any])
Row = TypeVar("Row")


def refuse() -> NoReturn:
    """404 for who is known and may not: the same as for what does not exist."""
    g.was_refused = True
    abort(404)


def was_refused() -> bool:
    """Whether this request asked for what is there and not theirs."""
    return bool(g.get("was_refused"))


def staff_required(view: View) -> View:
    """Decorator: let in people of the firm; 404 for a cliente."""

    @login_required
    @wraps(view)
    def guarded(*args: Any, **kwargs: Any) -> Any:
        if not current_user.is_staff:
            refuse()
        return view(*args, **kwargs)

    return guarded


def admin_required(view: View) -> View:
    """Decorator: let in admins; 404 for everybody else."""

    @login_required
    @wraps(view)
    def guarded(*args: Any, **kwargs: Any) -> Any:
        if not current_user.is_admin:
            refuse()
        return view(*args, **kwargs)

    return guarded


def or_404(row: Row | None, *, allowed: bool = True) -> Row:
    """The row, or a 404 that is the same for what is missing and for what is not theirs."""
    if row is None:
        abort(404)
    if not allowed:
        refuse()
    return row
