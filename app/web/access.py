"""Who may come in: roles for views, and loading that authorises in the same call."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

from flask import abort
from flask_login import current_user, login_required

View = TypeVar("View", bound=Callable[..., Any])
Row = TypeVar("Row")


def staff_required(view: View) -> View:
    """Only people of the firm. For a cliente the page does not exist: 404."""

    @login_required
    @wraps(view)
    def guarded(*args: Any, **kwargs: Any) -> Any:
        if not current_user.is_staff:
            abort(404)
        return view(*args, **kwargs)

    return guarded


def admin_required(view: View) -> View:
    """Only admins. For everybody else the page does not exist: 404."""

    @login_required
    @wraps(view)
    def guarded(*args: Any, **kwargs: Any) -> Any:
        if not current_user.is_admin:
            abort(404)
        return view(*args, **kwargs)

    return guarded


def or_404(row: Row | None, *, allowed: bool = True) -> Row:
    """The row, or a 404 that is the same for what is missing and for what is not theirs."""
    if row is None or not allowed:
        abort(404)
    return row
