"""A form that somebody sent, from its check to its answer: one way for all pages.

A view says what differs (``Deed``); ``carry_out`` checks the form, runs the verb in a transaction
and answers HTMX and plain browsers, also when the form is wrong, a rule refuses or somebody else
was faster. What was typed is kept in each of these cases.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field

from flask import Response
from flask.typing import ResponseReturnValue
from wtforms import Field

from app.core.errors import InvalidValue, NotFound, RastroError, Refused, Stale
from app.db import transaction
from app.web.forms import Form
from app.web.fragments import is_htmx, is_read, see_other
from app.web.sentences import Sentence, sentence_of, tell


@dataclass(frozen=True)
class Done:
    """What there is to say of a deed that was stored, and the page that shows it."""

    #: Empty when the page says it all.
    text: str
    url: str
    #: Stored all the same, but somebody should look at it.
    warnings: Sequence[str | Sentence] = ()
    #: ok, or info when there was nothing to do.
    tone: str = "ok"
    #: The answer itself, when there is more to show than a page that can be asked for again.
    answer: Callable[[], ResponseReturnValue] | None = None


@dataclass(frozen=True, kw_only=True)
class Deed:
    """What differs between one form that is sent and another."""

    #: Runs the verb, inside the transaction.
    do: Callable[[], Done]
    form: Form | None = None
    #: The page or fragment with the form as it stands, under an HTTP status.
    show: Callable[[int], ResponseReturnValue] | None = None
    #: For a form without a place for what is wrong with its fields: that, as a refusal.
    wrong: Callable[[], str] | None = None
    #: False for a verb that opens its transactions itself, as it reads files or hashes meanwhile.
    in_transaction: bool = True
    #: What HTMX gets once it is stored; without it, HTMX goes to the page of ``Done`` too.
    fresh: Callable[[], Response] | None = None
    #: The fragment shows the deed itself, so HTMX announces nothing.
    quiet: bool = False
    #: Which field, or the form as a whole, shows a refusal of a kind; the first kind that fits.
    beside: Mapping[type[RastroError], Field | Form] = field(default_factory=dict)
    #: The page with a refusal in a place of its own, under an HTTP status.
    refuse: Callable[[Sentence, int], ResponseReturnValue] | None = None
    #: The HTTP status of a rule's refusal that is not beside a field, and what is said before it.
    refused: int = 409
    lead: str = ""
    #: The version of the row as it is now, for a form that has a field ``version``.
    version: Callable[[], int | str] | None = None
    #: Where a plain browser is told of a refusal that has no place in the form.
    back: str = ""

    @property
    def name(self) -> str:
        """The module and function whose deed it is, for the log."""
        function = getattr(self.do, "__qualname__", "?").split(".<locals>")[0]
        return f"{self.do.__module__}.{function}"


def carry_out(deed: Deed) -> ResponseReturnValue:
    """Check a form, do what it asks for, and answer; a GET is shown the form.

    An invalid form is 422. A refusal is 422 in its place in the form, else it is shown or announced
    under 409, 422 if a value cannot be read, or on the page ``back``. A change by somebody else
    since the form was drawn is always 409, with the new version, so that saving once more is a
    decision. A transaction that met another one raises: ``app.web.retrying`` calls the view again,
    and its version then tells who was first.

    Raises:
        NotFound: what the verb needs is gone, and ``beside`` has no place for it.
        Refused: the storage is away, which is an OSError too; the error page says 503.
    """
    if deed.form is not None and is_read():
        return _show(deed, 200)
    if deed.form is not None and not deed.form.validate():
        if deed.wrong is not None:
            return _refuse(deed, InvalidValue(deed.wrong()))
        return _show(deed, 422)
    try:
        with transaction(deed.name) if deed.in_transaction else nullcontext():
            done = deed.do()
    except (InvalidValue, NotFound, Refused, Stale) as problem:
        if isinstance(problem, OSError):
            raise
        return _refuse(deed, problem)
    has_fragment = deed.fresh is not None and is_htmx() and done.answer is None
    if not (has_fragment and deed.quiet):
        tell(done.text, done.tone)
        for warning in done.warnings:
            tell(warning, "aviso")
    if done.answer is not None:
        return done.answer()
    if deed.fresh is not None and has_fragment:
        return deed.fresh()
    return see_other(done.url)


def _refuse(deed: Deed, problem: RastroError) -> ResponseReturnValue:
    if isinstance(problem, Stale) and deed.form is not None and deed.version is not None:
        _put(deed.form, sentence_of(problem, problem.for_form()))
        deed.form["version"].data = str(deed.version())
        return _show(deed, 409)
    sentence = sentence_of(problem, f"{deed.lead}{problem}" if isinstance(problem, Refused) else "")
    for kind, place in deed.beside.items():
        if isinstance(problem, kind):
            _put(place, sentence)
            return _show(deed, 409 if isinstance(problem, Stale) else 422)
    if isinstance(problem, NotFound):
        raise problem
    status = 422 if isinstance(problem, InvalidValue) else 409
    if isinstance(problem, Refused):
        status = deed.refused
    if deed.refuse is not None:
        return deed.refuse(sentence, status)
    tell(sentence)
    if deed.back and not (is_htmx() and deed.show is not None):
        return see_other(deed.back)
    return _show(deed, status)


def _show(deed: Deed, status: int) -> ResponseReturnValue:
    if deed.show is None:
        raise TypeError(f"{deed.name} has nothing to show its form with, and no page to go back to")
    return deed.show(status)


def _put(place: Field | Form, sentence: Sentence) -> None:
    if isinstance(place, Form):
        place.form_errors.append(sentence if sentence.link else sentence.text)
    else:
        place.errors = [*place.errors, sentence if sentence.link else sentence.text]
