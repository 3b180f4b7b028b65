"""How connections are opened on each database, and when one is not trusted any more."""

from __future__ import annotations

import os
import random
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.exc import DisconnectionError

from app.core.outages import Outage, find_outage
from app.db.append_only import SQLITE_DOOR, is_door_open
from app.db.transactions import DATABASE, begin_statement, is_writing, note_lock

#: Lock timeout of a statement in seconds, on both databases.
LOCK_WAIT = 10
#: After how many seconds who waits for SQLite's lock looks again.
_LOOKS_AGAIN = 0.002, 0.008
#: How long a server on another machine may be silent (libpq's words): seconds for a connection,
#: then milliseconds for what was sent to be received. Without, a machine that lost its power or its
#: cable keeps who waits for it for a quarter of an hour. A statement that only takes long may.
_NETWORK = {
    "connect_timeout": 5,
    "tcp_user_timeout": 20_000,
    "keepalives_idle": 20,
    "keepalives_interval": 5,
    "keepalives_count": 3,
}
#: The same for the server, which else keeps the locks of a client that was cut off, for two hours.
_WATCH = (
    "SET tcp_keepalives_idle = 20; SET tcp_keepalives_interval = 5; SET tcp_keepalives_count = 3"
)
#: Outages after which a SQLite connection is discarded.
_USELESS = {Outage.READ_ONLY, Outage.MISSING, Outage.DAMAGED, Outage.UNREADABLE}

#: True while a new SQLite file may be made; see ``creating``.
_creating: ContextVar[bool] = ContextVar("creating", default=False)


@contextmanager
def creating() -> Iterator[None]:
    """Let SQLite make a new database file: for migrations alone.

    SQLite makes an empty file wherever it is asked to open one that is not there. A process that
    serves people would so go on with an empty database after the real one was lost.
    """
    token = _creating.set(True)
    try:
        yield
    finally:
        _creating.reset(token)


def prepare_engine(engine: sa.Engine) -> None:
    """Set SQLite up as measured: WAL, a patient lock, foreign keys, no lost commits.

    A connection is thrown away when it cannot serve any more: after a read-only spell, after a
    fault of the disk, and when the file under the same name is another one.
    """

    @event.listens_for(engine, "handle_error")
    def on_error(context: sa.engine.ExceptionContext) -> None:
        outage = find_outage(context.original_exception)
        if engine.dialect.name == "sqlite" and outage in _USELESS:
            context.is_disconnect = True
        if outage or context.is_disconnect or context.connection is None:
            DATABASE.down(context.original_exception)

    if engine.dialect.name == "sqlite":
        _prepare_sqlite(engine, Path(str(engine.url.database)))
    else:
        _prepare_postgresql(engine)


def _prepare_postgresql(engine: sa.Engine) -> None:

    @event.listens_for(engine, "do_connect")
    def on_open(_dialect: object, _record: object, _arguments: object, words: Any) -> None:
        for name, value in _NETWORK.items():
            words.setdefault(name, value)  # what DATABASE_URL says counts

    @event.listens_for(engine, "connect")
    def on_connect(connection: Any, _record: object) -> None:
        with connection.cursor() as cursor:
            cursor.execute(f"SET lock_timeout = '{LOCK_WAIT}s'; {_WATCH}")
        connection.commit()


def _prepare_sqlite(engine: sa.Engine, path: Path) -> None:

    @event.listens_for(engine, "do_connect")
    def on_open(*_arguments: object) -> None:
        if _creating.get() or (path.exists() and path.stat().st_size):
            return
        error = sqlite3.OperationalError(f"unable to open database file: {path} is lost or empty")
        error.sqlite_errorcode = sqlite3.SQLITE_CANTOPEN
        raise error

    @event.listens_for(engine, "connect")
    def on_connect(connection: sqlite3.Connection, record: Any) -> None:
        connection.isolation_level = None  # transactions begin explicitly below, not by the driver
        record.info["writable"] = os.access(path, os.W_OK)
        connection.create_function(SQLITE_DOOR, 0, is_door_open)
        cursor = connection.cursor()
        for pragma in (f"busy_timeout={LOCK_WAIT * 1000}", "foreign_keys=ON", "synchronous=FULL"):
            cursor.execute(f"PRAGMA {pragma}")
        try:
            cursor.execute("PRAGMA journal_mode=WAL")
        except sqlite3.OperationalError as error:
            if find_outage(error) is not Outage.READ_ONLY:
                raise
            record.info["writable"] = False  # it is in that mode already; people can still read
        cursor.close()
        record.info["file"] = _identity(path)

    @event.listens_for(engine, "checkout")
    def on_checkout(_connection: object, record: Any, _proxy: object) -> None:
        is_stale = record.info["file"] != _identity(path) or (
            # SQLite opens read-only what it may not write, and the connection stays so.
            not record.info["writable"] and os.access(path, os.W_OK)
        )
        if is_stale:
            raise DisconnectionError("the database file is not the one that was opened")

    @event.listens_for(engine, "begin")
    def on_begin(connection: sa.Connection) -> None:
        if is_writing():
            _begin_writing(connection)
        else:
            connection.exec_driver_sql(begin_statement())
        note_lock()


def _begin_writing(connection: sa.Connection) -> None:
    """Begin a transaction that writes, waiting for the lock as long as the connection may.

    SQLite looks again ten times a second, and misses the short gaps between the transactions of a
    long job: measured with four writers beside one, p99 1.2 s, and 0.3 s so.
    """
    raw: Any = connection.connection.driver_connection
    (patience,) = raw.execute("PRAGMA busy_timeout").fetchone()
    until = time.monotonic() + patience / 1000
    raw.execute("PRAGMA busy_timeout=0")
    try:
        while time.monotonic() < until:
            try:
                raw.execute(begin_statement())
            except sqlite3.OperationalError as error:
                if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY:
                    break
                # No two who wait look in step.
                time.sleep(random.uniform(*_LOOKS_AGAIN))
            else:
                return
        connection.exec_driver_sql(begin_statement())  # which says what is wrong
    finally:
        with suppress(sqlite3.ProgrammingError):  # closed: it could serve no more
            raw.execute(f"PRAGMA busy_timeout={patience}")


def _identity(path: Path) -> tuple[int, int] | None:
    """Which file stands under a name; None when there is none."""
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_dev, status.st_ino
