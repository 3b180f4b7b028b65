"""Huey only wakes workers; the ledger alone says what is to be done.

Huey delivers at most once: a task is deleted when it is taken. Nothing is lost by that here,
since its messages carry nothing; the sweep at start and every minute looks again.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from flask import Flask

from app.core.clock import utcnow
from app.core.outages import find_outage
from app.db import transaction
from app.jobs.message_storages import Huey, SignedSerializer, SqliteStorage, class_for
from app.jobs.queue import enqueue_periodic
from app.jobs.runner import count_due, never, work
from app.jobs.service import note_sweep
from app.jobs.skew import put_right

#: Seconds after which a queue on another machine that does not answer is given up: who rings in
#: a request waits no longer, and the sweep makes up for it.
CONNECT_SECONDS = 3


class _SqliteMessages(SqliteStorage):
    """Huey's file without a wait for the disk: a bell that a power cut silences is rung again."""

    def _create_connection(self) -> sqlite3.Connection:
        connection: sqlite3.Connection = super()._create_connection()
        connection.execute("PRAGMA synchronous=NORMAL")
        return connection

    @contextmanager
    def db(self, commit: bool = False, close: bool = False) -> Iterator[sqlite3.Cursor]:
        """A cursor; after a fault of the disk the next one is of a new connection.

        SQLite opens read-only what it may not write, and the connection stays so.
        """
        try:
            with super().db(commit, close) as cursor:
                yield cursor
        except sqlite3.Error as error:
            if find_outage(error):
                self.close()
            raise


def make_storage(url: str, secret: str) -> Huey:
    """Huey on the storage that ``HUEY_URL`` names: a file of its own, PostgreSQL, or Redis.

    Messages are pickles, so they are signed: who else can write there cannot run code here.
    """
    common: dict[str, Any] = {
        "results": False,
        "utc": True,
        "serializer": SignedSerializer(secret, salt="rastro.huey"),
    }
    if url.startswith("sqlite:///"):
        path = url.removeprefix("sqlite:///")
        return Huey("rastro", storage_class=_SqliteMessages, filename=path, **common)
    if url.startswith(("postgresql://", "postgres://")):
        return Huey(
            "rastro",
            storage_class=class_for("psycopg", "PostgresStorage"),
            dsn=url,
            connect_timeout=CONNECT_SECONDS,
            **common,
        )
    if url.startswith(("redis://", "rediss://")):
        storage = class_for("redis", "RedisStorage")
        from redis import ConnectionPool  # for this storage alone

        pool = ConnectionPool.from_url(
            url, socket_connect_timeout=CONNECT_SECONDS, socket_timeout=CONNECT_SECONDS
        )
        return Huey("rastro", storage_class=storage, connection_pool=pool, **common)
    raise ValueError("HUEY_URL must begin with sqlite:///, postgresql:// or redis://")


#: Periodic jobs that one transaction of the sweep enqueues.
_ENQUEUED_AT_ONCE = 10


class Alarm:
    """The bell that wakes the consumer, and what the consumer does when it rings."""

    def __init__(self, app: Flask, url: str, threads: int) -> None:
        self.app = app
        self.threads = threads
        self.huey = make_storage(url, app.config["SECRET_KEY"])
        #: The consumer's name in leases, and whether it was told to stop; it sets both.
        self.consumer_id = "aquí"
        self.is_stopping: Callable[[], bool] = never
        self._work = self.huey.task(name="work")(self.run_due)

    def ring(self, moment: datetime | None = None) -> None:
        """Wake one worker now, or at that moment."""
        if moment is None:
            self._work()
        else:
            self._work.schedule(eta=moment)

    def run_due(self) -> None:
        """A worker's turn: do what is due until nothing is."""
        worker = f"{self.consumer_id}:{threading.current_thread().name}"
        with self.app.app_context():
            work(worker[:80], is_stopping=self.is_stopping)

    def tick(self) -> None:
        """Once a minute: enqueue what repeats, and wake workers for what nobody woke them for."""
        with self.app.app_context():
            now = utcnow()
            with transaction():
                put_right(now)
            # At a start all windows are new: some dozens of rows, while others want to write.
            enqueued = _ENQUEUED_AT_ONCE
            while enqueued == _ENQUEUED_AT_ONCE:
                with transaction():
                    enqueued = enqueue_periodic(now, most=_ENQUEUED_AT_ONCE)
            with transaction():
                note_sweep(self.consumer_id, now=now)
            due = count_due(now)
        for _ in range(min(due, self.threads)):
            self._work()
