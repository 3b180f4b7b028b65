"""What can be refused, in words that a person can act on.

The text of every exception is a Chilean Spanish sentence meant for the screen or the API.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import ParamSpec

P = ParamSpec("P")


class RastroError(Exception):
    """The base of everything that the product refuses on purpose."""


class InvalidValue(RastroError, ValueError):
    """A value that cannot be read at all.

    It is a ValueError so that WTForms and Pydantic show its sentence beside the field. A value
    that can be read but does not add up is kept with ``advertencias`` instead.
    """


class NotFound(RastroError):
    """What was asked for does not exist, or the asker may not know that it does."""


class Lost(NotFound):
    """What the asker may see should be there, and is not: that is told, not hidden."""


class Refused(RastroError):
    """A rule of the domain forbids what was asked."""


def refusal_of(check: Callable[P, None], *args: P.args, **kwargs: P.kwargs) -> str | None:
    """Why a check refuses, for a page that says so before anybody asks; None if it does not."""
    try:
        check(*args, **kwargs)
    except Refused as refused:
        return str(refused)
    return None


class Stale(RastroError):
    """Somebody changed the thing since the asker saw it."""

    def for_form(self) -> str:
        """The sentence over a form that keeps what was typed."""
        return str(self)
