"""A form that somebody sent, from its check to its answer: one way for all pages.

A view says what differs (``Deed``); ``carry_out`` checks the form, runs the verb in a transaction
and answers HTMX and plain browsers, also when the form is wrong, a rule refuses or somebody else
was faster. What was typed is kept in each of these cases.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from flask import Response, flash, make_response
from flask.typing import ResponseReturnValue
from wtforms import Field

from app.core.errors import InvalidValue, RastroError, Refused, Stale
from app.db import transaction
from app.web.forms import Form
from app.web.fragments import is_htmx, is_read, see_other, with_notice


@dataclass(frozen=True)
class Done:
    """What there is to say of a deed that was stored, and the page that shows it."""

    text: str
    url: str
    #: Stored all the same, but somebody should look at it.
    warnings: Sequence[str] = ()
    #: ok, or info when there was nothing to do.
    tone: str = "ok"


@dataclass(frozen=True, kw_only=True)
class Deed:
    """What differs between one form that is sent and another."""

    #: Runs the verb, inside the transaction.
    do: Callable[[], Done]
    form: Form | None = None
    #: The page or fragment with the form as it stands, under an HTTP status.
    show: Callable[[int], ResponseReturnValue] | None = None
    #: What HTMX gets once it is stored; without it, HTMX goes to the page of ``Done`` too.
    fresh: Callable[[], Response] | None = None
    #: Which field, or the form as a whole, shows a refusal of a kind; the first kind that fits.
    beside: Mapping[type[RastroError], Field | Form] = field(default_factory=dict)
    #: The version of the row as it is now, for a form that has a field ``version``.
    version: Callable[[], int] | None = None
    #: The HTTP status of a form that shows a change by somebody else.
    conflict: int = 409
    #: Where a plain browser is told of a refusal that has no place in the form.
    back: str = ""

    @property
    def name(self) -> str:
        """The module and function whose deed it is, for the log."""
        function = getattr(self.do, "__qualname__", "?").split(".<locals>")[0]
        return f"{self.do.__module__}.{function}"


def carry_out(deed: Deed) -> ResponseReturnValue:
    """Check a form, do what it asks for, and answer; a GET is shown the form.

    An invalid form is 422. A refusal is 422 in its place in the form, else it is announced: 409,
    or on the page ``back``. A change by somebody else since the form was drawn is 409, with the
    new version, so that saving once more is a decision. A transaction that met another one raises:
    ``app.web.retrying`` calls the view again, and its version then tells who was first.

    Raises:
        NotFound: what the verb needs is gone.
        Refused: the storage is away, which is an OSError too; the error page says 503.
    """
    if deed.form is not None and is_read():
        return _show(deed, 200)
    if deed.form is not None and not deed.form.validate():
        return _show(deed, 422)
    try:
        with transaction(deed.name):
            done = deed.do()
    except (InvalidValue, Refused, Stale) as problem:
        if isinstance(problem, OSError):
            raise
        return _refuse(deed, problem)
    if deed.fresh is not None and is_htmx():
        return with_notice(deed.fresh(), " ".join([done.text, *done.warnings]), done.tone)
    flash(done.text, done.tone)
    for warning in done.warnings:
        flash(warning, "aviso")
    return see_other(done.url)


def _refuse(deed: Deed, problem: InvalidValue | Refused | Stale) -> ResponseReturnValue:
    if isinstance(problem, Stale) and deed.form is not None and deed.version is not None:
        deed.form.form_errors.append(problem.for_form())
        deed.form["version"].data = str(deed.version())
        return _show(deed, deed.conflict)
    sentence = _with_stop(str(problem))
    for kind, place in deed.beside.items():
        if isinstance(problem, kind):
            _put(place, sentence)
            return _show(deed, 422)
    status = 422 if isinstance(problem, InvalidValue) else 409
    if is_htmx() and deed.show is not None:
        return with_notice(make_response(deed.show(status)), sentence, "error")
    flash(sentence, "error")
    return see_other(deed.back) if deed.back else _show(deed, status)


def _show(deed: Deed, status: int) -> ResponseReturnValue:
    if deed.show is None:
        raise TypeError(f"{deed.name} has nothing to show its form with, and no page to go back to")
    return deed.show(status)


def _put(place: Field | Form, sentence: str) -> None:
    if isinstance(place, Form):
        place.form_errors.append(sentence)
    else:
        place.errors = [*place.errors, sentence]


def _with_stop(text: str) -> str:
    """A refusal of the service as a sentence; some are also part of a longer one."""
    return text if text.endswith((".", "?", "!")) else f"{text}."
