"""Huey as the alarm clock: it says *when* to look into the ledger, never *what* is to be done.

Huey delivers at most once: a task is deleted when it is taken. Nothing is lost by that here,
since its messages carry nothing; the sweep at start and every minute looks again.
"""

from __future__ import annotations

import os
import socket
import threading
from datetime import datetime
from typing import Any

from flask import Flask
from huey import Huey, SqliteHuey, crontab
from huey.api import PostgresHuey, RedisHuey

from app.core.clock import utcnow
from app.db import transaction
from app.jobs.queue import enqueue_periodic
from app.jobs.runner import count_due, work
from app.jobs.service import note_sweep


def make_storage(url: str) -> Huey:
    """Huey on the storage that ``HUEY_URL`` names: a file of its own, PostgreSQL, or Redis."""
    common: dict[str, Any] = {"results": False, "utc": True}
    if url.startswith("sqlite:///"):
        return SqliteHuey("rastro", filename=url.removeprefix("sqlite:///"), **common)
    if url.startswith(("postgresql://", "postgres://")):
        return PostgresHuey("rastro", dsn=url, **common)
    if url.startswith(("redis://", "rediss://")):
        return RedisHuey("rastro", url=url, **common)
    raise ValueError("HUEY_URL must begin with sqlite:///, postgresql:// or redis://")


def consumer_name() -> str:
    """The name of this process, under which it beats and leases."""
    return f"{socket.gethostname()}:{os.getpid()}"


class Alarm:
    """The bell that wakes the consumer, and what the consumer does when it rings."""

    def __init__(self, app: Flask, url: str, threads: int) -> None:
        self.app = app
        self.threads = threads
        self.huey = make_storage(url)
        self._work = self.huey.task(name="work")(self.run_due)
        self.huey.periodic_task(crontab(), name="tick")(self.tick)

    def ring(self, moment: datetime | None = None) -> None:
        """Wake one worker now, or at that moment."""
        if moment is None:
            self._work()
        else:
            self._work.schedule(eta=moment)

    def run_due(self) -> None:
        """A worker's turn: do what is due until nothing is."""
        worker = f"{consumer_name()}:{threading.current_thread().name}"
        with self.app.app_context():
            work(worker[:80])

    def tick(self) -> None:
        """Once a minute: enqueue what repeats, and wake workers for what nobody woke them for."""
        with self.app.app_context():
            with transaction():
                enqueue_periodic(utcnow())
                note_sweep(consumer_name(), now=utcnow())
            due = count_due(utcnow())
        for _ in range(min(due, self.threads)):
            self._work()
