"""Storage of rate-limit counters, shared by all processes.

In the memory of each process, three of them allowed three times as many guesses. So the counts are
in Redis where one is configured, in PostgreSQL where that is the database, and else in a file
beside the database. They are not in the database of SQLite itself: signing in must not wait for its
write lock, nor fail with it. If the place cannot be used, each process counts in its own memory.
"""

from __future__ import annotations

import hashlib
import logging
import sqlite3
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import sqlalchemy as sa
from flask import Flask, current_app
from limits.storage import RedisStorage, Storage
from sqlalchemy import event
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import SQLAlchemyError

from app.core.outage_line import OutageLine
from app.core.outages import find_outage
from app.web.counters import Counters

Result = TypeVar("Result")

logger = logging.getLogger(__name__)

#: The scheme of the address under which flask-limiter finds this storage.
SCHEME = "rastro"
#: Where an application keeps the place where it counts.
_KEY = "rastro_limits"
#: Seconds that a count waits for another process, or for a server.
_PATIENCE = 3
#: Seconds by which two processes may see the time differently: one reads it, then waits to write.
_SLACK = 15
#: Seconds in which a place that failed is not asked again.
_PAUSE = 5
#: Seconds between two removals of counts whose time is over.
_CLEAN_EVERY = 60

#: Beside the application's tables, so that migrations and backups do not see it.
_SCHEMA = "rastro_limites"
#: Arbitrary key of the PostgreSQL advisory lock.
_ADVISORY_LOCK = 7_272_761


def _failures() -> tuple[type[Exception], ...]:
    """What a place that cannot be used raises; a driver's own only if it is in use."""
    ours = (SQLAlchemyError, OSError, sqlite3.Error)
    drivers = (("psycopg", "Error"), ("redis", "RedisError"))
    used = ((sys.modules.get(module), name) for module, name in drivers)
    return (*ours, *(getattr(driver, name) for driver, name in used if driver))


class CurrentStorage(Storage):
    """The counts of the running application: flask-limiter itself would keep one place for all."""

    STORAGE_SCHEME = [SCHEME]  # noqa: RUF012  # declared so by the library

    @property
    def place(self) -> Storage:
        """Where the running application counts."""
        place: Storage = current_app.extensions[_KEY]
        return place

    @property
    def base_exceptions(self) -> type[Exception] | tuple[type[Exception], ...]:
        """What is never raised: every failure is made up for."""
        return _failures()

    def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        """Add to a count whose window begins with its first, and return it."""
        return self.place.incr(key, expiry, amount)

    def get(self, key: str) -> int:
        """The count, 0 after the end of its window."""
        return self.place.get(key)

    def get_expiry(self, key: str) -> float:
        """When its window ends, in seconds of this machine's clock."""
        return self.place.get_expiry(key)

    def check(self) -> bool:
        """Whether the shared place can be used."""
        return self.place.check()

    def reset(self) -> int | None:
        """Forget all counts."""
        return self.place.reset()

    def clear(self, key: str) -> None:
        """Forget one count."""
        self.place.clear(key)


def init_limits(app: Flask, database_url: str, queue_url: str, folder: Path) -> None:
    """Give an application the place where it counts. ``limiter.init_app`` comes after it."""
    app.extensions[_KEY] = SharedStorage(
        database_url=database_url, queue_url=queue_url, folder=str(folder)
    )


class SharedStorage(Storage):
    """The counts of all processes; of this process alone while the shared place fails."""

    STORAGE_SCHEME = None

    def __init__(self, *, database_url: str = "", queue_url: str = "", folder: str = "") -> None:
        super().__init__()
        self._shared = _make_shared(database_url, queue_url, Path(folder))
        self._own = Counters()
        self._line = OutageLine(logger, "the place of the rate limits")
        self._away_until = 0.0

    @property
    def base_exceptions(self) -> type[Exception] | tuple[type[Exception], ...]:
        """What is never raised: every failure is made up for."""
        return _failures()

    def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        """Add to a count whose window begins with its first, and return it."""
        return self._ask(lambda place: place.incr(_hidden(key), expiry, amount))

    def get(self, key: str) -> int:
        """The count, 0 after the end of its window."""
        return self._ask(lambda place: place.get(_hidden(key)))

    def get_expiry(self, key: str) -> float:
        """When its window ends, in seconds of this machine's clock."""
        return self._ask(lambda place: place.get_expiry(_hidden(key)))

    def check(self) -> bool:
        """Whether the shared place can be used."""
        try:
            return self._shared.check()
        except _failures():
            return False

    def reset(self) -> int | None:
        """Forget all counts."""
        self._own.reset()
        return self._ask(lambda place: place.reset())

    def clear(self, key: str) -> None:
        """Forget one count."""
        self._ask(lambda place: place.clear(_hidden(key)))

    def _ask(self, question: Callable[[Storage], Result]) -> Result:
        if time.monotonic() >= self._away_until:
            try:
                answer = question(self._shared)
            except _failures() as error:
                self._line.down(error)
                self._away_until = time.monotonic() + _PAUSE
            else:
                self._line.up()
                return answer
        return question(self._own)


class DatabaseStorage(Storage):
    """Counts in a table of their own, on SQLite or PostgreSQL, by one statement each."""

    STORAGE_SCHEME = None

    def __init__(self, engine: sa.Engine) -> None:
        super().__init__()
        self._engine = engine
        self._is_sqlite = engine.dialect.name == "sqlite"
        self._insert = sqlite.insert if self._is_sqlite else postgresql.insert
        self._table = sa.Table(
            "limites",
            sa.MetaData(),
            sa.Column("clave", sa.String(64), primary_key=True),
            sa.Column("cuenta", sa.BigInteger, nullable=False),
            #: When the window ends, in seconds since 1970.
            sa.Column("vence", sa.Double, nullable=False),
            schema=None if self._is_sqlite else _SCHEMA,
            prefixes=[] if self._is_sqlite else ["UNLOGGED"],
        )
        self._lock = threading.Lock()
        self._is_ready = False
        self._cleaned_at = 0.0

    @property
    def base_exceptions(self) -> type[Exception] | tuple[type[Exception], ...]:
        """What the database raises."""
        return SQLAlchemyError

    def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        """Add to a count, and return it.

        A window whose end lies further away than it is long begins anew: the clock was turned back.
        """
        columns, now = self._table.c, self._now()
        is_over = sa.or_(columns.vence <= now, columns.vence > now + expiry + _SLACK)
        first, added = max(amount, 0), columns.cuenta + amount
        new = self._insert(self._table).values(clave=key, cuenta=first, vence=now + expiry)
        statement = new.on_conflict_do_update(
            index_elements=["clave"],
            set_={
                "cuenta": sa.case((is_over, first), (added < 0, 0), else_=added),
                "vence": sa.case((is_over, now + expiry), else_=columns.vence),
            },
        ).returning(columns.cuenta)
        count = int(self._run(statement))
        self._clean()
        return count

    def get(self, key: str) -> int:
        """The count, 0 after the end of its window."""
        columns = self._table.c
        is_open = sa.and_(columns.clave == key, columns.vence > self._now())
        return int(self._run(sa.select(columns.cuenta).where(is_open)) or 0)

    def get_expiry(self, key: str) -> float:
        """When its window ends, in seconds of this machine's clock."""
        columns = self._table.c
        left = self._run(sa.select(columns.vence - self._now()).where(columns.clave == key))
        return time.time() + max(float(left or 0), 0)

    def check(self) -> bool:
        """Whether it can be read."""
        self.get("")
        return True

    def reset(self) -> int | None:
        """Forget all counts."""
        self._run(sa.delete(self._table))
        return None

    def clear(self, key: str) -> None:
        """Forget one count."""
        self._run(sa.delete(self._table).where(self._table.c.clave == key))

    def _now(self) -> sa.ColumnElement[Any]:
        """Machines whose clocks differ count by the clock of the server that they share."""
        if self._is_sqlite:
            return sa.literal(time.time())
        return sa.cast(sa.extract("epoch", sa.func.clock_timestamp()), sa.Double)

    def _clean(self) -> None:
        """Remove now and then what counts no more."""
        if time.monotonic() - self._cleaned_at < _CLEAN_EVERY:
            return
        self._cleaned_at = time.monotonic()
        self._run(sa.delete(self._table).where(self._table.c.vence <= self._now()))

    def _run(self, statement: sa.Executable) -> Any:
        """The single value that a statement returns, or None."""
        with self._engine.connect() as connection:
            self._prepare(connection)
            result = connection.execute(statement)
            return result.scalar() if result.returns_rows else None

    def _prepare(self, connection: sa.Connection) -> None:
        """Make the table, once in a process. It is no part of the schema: nobody misses it."""
        if self._is_ready:
            return
        with self._lock:
            if not self._is_sqlite:
                # Two processes that make it at once would meet in PostgreSQL's own tables.
                connection.execute(sa.select(sa.func.pg_advisory_lock(_ADVISORY_LOCK)))
                connection.execute(sa.schema.CreateSchema(_SCHEMA, if_not_exists=True))
            connection.execute(sa.schema.CreateTable(self._table, if_not_exists=True))
            if not self._is_sqlite:
                connection.execute(sa.select(sa.func.pg_advisory_unlock(_ADVISORY_LOCK)))
            self._is_ready = True


def _make_shared(database_url: str, queue_url: str, folder: Path) -> Storage:
    if queue_url.startswith(("redis://", "rediss://")):
        options: Any = {"socket_connect_timeout": _PATIENCE, "socket_timeout": _PATIENCE}
        return RedisStorage(queue_url, key_prefix="rastro-limites", **options)
    if database_url.startswith("postgresql"):
        engine = sa.create_engine(
            database_url,
            isolation_level="AUTOCOMMIT",
            pool_size=2,
            max_overflow=3,
            pool_timeout=_PATIENCE,
            pool_pre_ping=True,
            connect_args={"connect_timeout": 3},
        )
        return DatabaseStorage(engine)
    engine = sa.create_engine(
        f"sqlite:///{folder / 'limites.sqlite3'}",
        isolation_level="AUTOCOMMIT",
        connect_args={"timeout": _PATIENCE},
    )
    event.listen(engine, "connect", _prepare_file)
    event.listen(engine, "handle_error", _drop_useless)
    return DatabaseStorage(engine)


def _prepare_file(connection: sqlite3.Connection, _record: object) -> None:
    """Nothing here has to outlive a power cut, so nothing waits for the disk."""
    connection.execute("PRAGMA synchronous=OFF")
    deadline = time.monotonic() + _PATIENCE
    while True:
        try:
            connection.execute("PRAGMA journal_mode=WAL")
        except sqlite3.OperationalError as error:
            # Changing the mode does not wait for others, unlike every other statement.
            is_busy = getattr(error, "sqlite_errorcode", 0) & 0xFF == sqlite3.SQLITE_BUSY
            if not is_busy or time.monotonic() > deadline:
                raise
            time.sleep(0.01)
        else:
            return


def _drop_useless(context: sa.engine.ExceptionContext) -> None:
    """Open the file anew after a fault: what SQLite opened read-only stays so."""
    if find_outage(context.original_exception):
        context.is_disconnect = True


def _hidden(key: str) -> str:
    """A key as it is stored: it names addresses and accounts, which are nobody's to read."""
    return hashlib.sha256(key.encode()).hexdigest()
