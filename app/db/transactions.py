"""How transactions begin and end, and the one place that commits.

Measured on this stack (SQLite, 80 % reads): as SQLAlchemy comes, 503 of 810 updates were lost;
with ``BEGIN`` for reads and ``BEGIN IMMEDIATE`` for writes, none were, with a read p99 of 35 ms.
The kind of BEGIN is chosen by a context variable when a transaction begins: everything reads,
except what happens inside ``transaction()``. So a request holds the write lock for its verb
alone, not while it loads, renders or talks to others.
"""

from __future__ import annotations

import logging
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import TypeVar

import sqlalchemy as sa
from flask import has_request_context, request
from sqlalchemy.exc import DBAPIError, OperationalError

from app.core.outage_line import OutageLine
from app.core.outages import find_outage
from app.db.model import Model, db

logger = logging.getLogger(__name__)

#: Execution option of a connection that writes what no page shows, as a probe does.
UNSEEN = "rastro_unseen"

Result = TypeVar("Result")

#: Seconds with the write lock after which a transaction is named in the log: others wait for it.
LOCK_HELD_TOO_LONG = 0.5
#: Rows that one transaction of ``delete_in_parts`` deletes.
_DELETED_AT_ONCE = 500
#: What is called when a transaction has got SQLite's write lock, and what it returns when that has
#: ended, with the module and function whose transaction it was. Tests measure with it.
Watcher = Callable[[], Callable[[str], None]]
_watchers: list[Watcher] = []

#: Says once that the database is away, and once that it is back.
DATABASE = OutageLine(logger, "the database")

#: True inside ``transaction()``: SQLite then takes its write lock when the transaction begins.
_writing: ContextVar[bool] = ContextVar("writing", default=False)
#: What the transactions of ``commit_together`` are kept in.
_bundle: ContextVar[_Bundle | None] = ContextVar("bundle", default=None)
#: Since when (monotonic seconds) the open transaction has SQLite's write lock, and who is told of
#: its end. PostgreSQL lets others write meanwhile.
_Held = tuple[float, list[Callable[[str], None]]]
_held: ContextVar[_Held | None] = ContextVar("held", default=None)


class ReadOnlyRequest(RuntimeError):
    """A HEAD or OPTIONS came to a verb. Scanners and browsers send them without anybody's will."""


@contextmanager
def transaction(where: str = "") -> Iterator[None]:
    """Commit what happens inside, or nothing of it. The only place that commits.

    A read that is still open is ended first, and what it loaded is read again inside: a decision
    is always taken on rows that nobody can change before the commit (SQLite), or that are checked
    again when they are written (``version_id_col`` on PostgreSQL). ``where`` names it in the log
    for a caller that acts for somebody else.

    Raises:
        ReadOnlyRequest: the request is one that may change nothing, on whatever route.
        RuntimeError: when there are changes that no transaction is responsible for.
    """
    if has_request_context() and request.method in {"HEAD", "OPTIONS"}:
        raise ReadOnlyRequest(f"{request.method} {request.endpoint} wanted to write")
    bundle = _bundle.get()
    if _writing.get() and not (bundle and bundle.where):
        raise RuntimeError("a transaction is open already")
    release()
    session = db.session()
    _writing.set(True)
    where = where or _caller()
    try:
        yield
        if bundle is not None:
            session.flush()
            session.expire_all()  # read again as after a commit
            bundle.where = where
            return
        _commit()
    except BaseException:
        _abandon()
        raise
    finally:
        if bundle is None or not bundle.where:
            _writing.set(False)
            _tell_held(where)
    _after_commit()


@dataclass
class _Bundle:
    """A transaction that ended its block and waits for what is to commit with it."""

    #: The module and function that opened it; "" while there is none.
    where: str = ""


def commit_together(deed: Callable[[], Result], last: Callable[[Result], None]) -> Result:
    """Do something; commit the transaction that it ended with what ``last(result)`` changes.

    So both are stored or neither, however the process ends. When the deed has several
    transactions it is its last one; the others commit before. Call it outside ``transaction()``.
    """
    bundle = _Bundle()
    token = _bundle.set(bundle)
    try:
        result = deed()
        if bundle.where:
            last(result)
            _commit_bundle(bundle)
            return result
    except BaseException:
        if bundle.where:
            _abandon()
            _leave(bundle)
        raise
    finally:
        _bundle.reset(token)
    with transaction():
        last(result)
    return result


def _commit_bundle(bundle: _Bundle) -> None:
    _commit()
    _leave(bundle)
    _after_commit()


def _leave(bundle: _Bundle) -> None:
    """Clear the state of a transaction that ``commit_together`` kept open."""
    where, bundle.where = bundle.where, ""
    _writing.set(False)
    _tell_held(where)


def _commit() -> None:
    session = db.session()
    session.commit()
    DATABASE.up()
    session.info["commits"] = count_commits() + 1


def _abandon() -> None:
    session = db.session()
    session.info.pop("after_commit", None)
    session.rollback()


def _after_commit() -> None:
    for action in db.session().info.pop("after_commit", []):
        action()


@contextmanager
def dispensable_transaction() -> Iterator[None]:
    """A best-effort transaction: log instead of raising when the database cannot be written.

    For what only accompanies a deed that must succeed: signing in notes when it happened.
    """
    try:
        with transaction():
            yield
    except DBAPIError as error:
        if not is_unavailable(error):
            raise
        DATABASE.down(error)


def is_unavailable(error: DBAPIError) -> bool:
    """Whether the database, not the statement, is what failed: away, full, locked, read-only."""
    return (
        error.connection_invalidated
        or find_outage(error) is not None
        or isinstance(error, OperationalError)
    )


def count_commits() -> int:
    """How many transactions this request or job has committed so far."""
    return int(db.session().info.get("commits", 0))


@contextmanager
def watch_transactions(watcher: Watcher) -> Iterator[None]:
    """Have each transaction of this process on SQLite measured while the block runs."""
    _watchers.append(watcher)
    try:
        yield
    finally:
        _watchers.remove(watcher)


def _caller() -> str:
    """The module and function that opened a transaction."""
    frame = sys._getframe(3)  # this, transaction(), contextlib, and who opened it
    return f"{frame.f_globals.get('__name__', '?')}.{frame.f_code.co_name}"


def _tell_held(where: str) -> None:
    """Name a transaction that kept others waiting, and tell those who watch."""
    held = _held.get()
    if held is None:
        return
    _held.set(None)
    seconds = time.monotonic() - held[0]
    if seconds > LOCK_HELD_TOO_LONG:
        logger.warning("%s held the write lock for %.1f s", where, seconds)
    for tell in held[1]:
        tell(where)


def release() -> None:
    """End a read before slow work (a password hash, HTTP, SMTP), so that nothing is held open.

    What was loaded is read again when it is next used.
    """
    bundle = _bundle.get()
    if bundle is not None and bundle.where:
        _commit_bundle(bundle)
    session = db.session()
    if session.new or session.dirty or session.deleted:
        raise RuntimeError("changes were made outside a transaction")
    session.rollback()


def delete_in_parts(model: type[Model], condition: sa.ColumnElement[bool]) -> None:
    """Delete the rows that meet a condition, some in each transaction, so that others can write."""
    key = sa.inspect(model).primary_key[0]
    part = sa.select(key).where(condition).limit(_DELETED_AT_ONCE).scalar_subquery()
    statement = sa.delete(model).where(key.in_(part))
    deleted = _DELETED_AT_ONCE
    while deleted == _DELETED_AT_ONCE:
        with transaction():
            result = db.session.execute(statement.execution_options(synchronize_session=False))
            deleted = getattr(result, "rowcount", 0)


def after_commit(action: Callable[[], None]) -> None:
    """Call ``action()`` once if, and only if, the transaction that is open now commits.

    Raises:
        RuntimeError: no transaction is open, so nobody would ever call it.
    """
    if not _writing.get():
        raise RuntimeError("no transaction is open")
    db.session().info.setdefault("after_commit", []).append(action)


def is_writing() -> bool:
    """Whether a transaction is open that will commit."""
    return _writing.get()


def begin_statement() -> str:
    """Return the BEGIN statement for SQLite's next transaction."""
    return "BEGIN IMMEDIATE" if _writing.get() else "BEGIN"


def note_lock() -> None:
    """A transaction has begun; when it writes, it has SQLite's write lock from now on."""
    if _writing.get():
        _held.set((time.monotonic(), [watch() for watch in _watchers]))
