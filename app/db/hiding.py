"""Rows that are kept and that nobody works with: left out of every SELECT of pages and jobs.

A feature says once which rows those are (``hide_rows``). Then no query has to remember them. Pages,
the API and jobs do not see them; commands and jobs that look after all data, such as verifying
files, do. Where somebody must see them all the same stands ``seeing_all()``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from typing import Any
from weakref import WeakKeyDictionary

from flask import g, has_request_context
from sqlalchemy import event
from sqlalchemy.orm import ORMExecuteState, Session

#: True: hidden rows are left out; None: as it is usual here, which is to hide them from requests.
_hiding: ContextVar[bool | None] = ContextVar("hiding", default=None)
_seeing_others: ContextVar[bool] = ContextVar("seeing_others", default=False)


@contextmanager
def seeing_all() -> Iterator[None]:
    """See hidden rows too, for whoever decides on them or keeps them whole."""
    token = _hiding.set(False)
    try:
        yield
    finally:
        _hiding.reset(token)


@contextmanager
def seeing_others() -> Iterator[None]:
    """See other people's cases too, to say whether there is one. Blocked ones stay hidden."""
    token = _seeing_others.set(True)
    try:
        yield
    finally:
        _seeing_others.reset(token)


def limit_reader(usuario_id: int | None) -> None:
    """Say that who asks in this request sees only what they need (None: that they see all)."""
    if has_request_context():
        g.rastro_limited = usuario_id


def limited_reader() -> int | None:
    """The account that sees only what it needs; None outside of a request, and for who sees all."""
    if not has_request_context() or _seeing_others.get() or _hiding.get() is False:
        return None
    limited: int | None = g.get("rastro_limited")
    return limited


@contextmanager
def not_seeing_hidden() -> Iterator[None]:
    """Work as pages do, outside of a request: nothing of the hidden rows is seen."""
    token = _hiding.set(True)
    try:
        yield
    finally:
        _hiding.reset(token)


#: Of hidden rows, and of what is not needed: makers of options, each called once.
_hidden: list[Callable[[], Any]] = []
_unneeded: list[Callable[[], Any]] = []


def hide_rows(make_option: Callable[[], Any]) -> None:
    """Add an option (``with_loader_criteria``) to every SELECT that must not see hidden rows.

    It is made when the first such SELECT runs: by then all models are known.
    """
    _hidden.append(cache(make_option))


def limit_rows(make_option: Callable[[], Any]) -> None:
    """Add an option to every SELECT of a request whose reader sees only what they need.

    While everybody sees all cases it costs nothing.
    """
    _unneeded.append(cache(make_option))


def reader_options() -> tuple[Any, ...]:
    """The options of a SELECT that is asked here and now."""
    hides = _hiding.get()
    options: tuple[Any, ...] = ()
    if has_request_context() if hides is None else hides:
        options = tuple(option() for option in _hidden)
    if limited_reader() is not None:
        options += tuple(option() for option in _unneeded)
    return options


@event.listens_for(Session, "do_orm_execute")
def _leave_out(state: ORMExecuteState) -> None:
    if state.is_column_load or state.is_relationship_load or not state.is_select:
        return  # the SELECT of their row has the options, which its loads take over
    options = reader_options()
    if options:
        state.statement = _with_options(state.statement, options)


#: Statements with the options of a reader, as long as they live without them. One that is written
#: once is then recognised by SQLAlchemy at once, which else costs more than the database's answer.
_ready: WeakKeyDictionary[Any, dict[tuple[Any, ...], Any]] = WeakKeyDictionary()


def _with_options(statement: Any, options: tuple[Any, ...]) -> Any:
    known = _ready.get(statement)
    if known is None:
        known = _ready[statement] = {}
    found = known.get(options)
    if found is None:
        found = known[options] = statement.options(*options)
    return found
