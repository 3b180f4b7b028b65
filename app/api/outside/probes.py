"""Small writes that show whether the parts take any, for the health check.

Anybody may ask for it, so each answer holds for a while and no probe waits for long.
"""

from __future__ import annotations

import sqlite3
from datetime import datetime

import sqlalchemy as sa
from flask import current_app, has_request_context, request
from sqlalchemy.exc import DBAPIError

from app.adjuntos.outside.storage_health import find_missing_file
from app.core.clock import utcnow
from app.core.outages import find_outage
from app.core.remembered import Remembered
from app.db import DATABASE, UNSEEN, db
from app.jobs.alarm import Alarm
from app.jobs.queue import BELL

#: Seconds for which the answer of a part holds, and that of the look at stored files.
HOLDS = 15
HOLDS_FILES = 600
#: Milliseconds that a probe waits for the lock; longer is told as a warning.
LOCK_WAIT = 1000
#: The row that is written: when a probe last succeeded.
PROBE = "salud.escritura"
_WRITE = (
    "INSERT INTO ajustes (clave, valor) VALUES (:clave, :valor)"
    " ON CONFLICT (clave) DO UPDATE SET valor = excluded.valor"
)
#: For HEAD, which must change nothing: write the row's current value back.
_TOUCH = "UPDATE ajustes SET valor = valor WHERE clave = :clave"

OK, LOCKED, DOWN = "ok", "locked", "down"


def probe_database() -> str:
    """Whether the database takes a write: ``ok``, ``locked``, or the outage (``full``, …)."""
    return _remembered("database", HOLDS, _write_database).get()


def probe_queue() -> bool:
    """Whether the queue that wakes the consumer takes a message."""
    return _remembered("queue", HOLDS, _write_queue).get()


def has_missing_file() -> bool:
    """Whether one of some stored files, chosen at random, is not where its row says."""
    return _remembered("files", HOLDS_FILES, find_missing_file).get()


def _remembered(name: str, seconds: float, ask: object) -> Remembered:
    probes: dict[str, Remembered] = current_app.extensions.setdefault("rastro_probes", {})
    return probes.setdefault(name, Remembered(seconds, ask))  # type: ignore[arg-type]


def _write_database() -> str:
    try:
        with db.engine.connect().execution_options(**{UNSEEN: True}) as connection:
            _write_in_time(connection, utcnow())
    except DBAPIError as error:
        outage = find_outage(error)
        if outage:
            return outage.value
        return LOCKED if _is_lock(error.orig) else DOWN
    DATABASE.up()
    return OK


def _write_in_time(connection: sa.Connection, now: datetime) -> None:
    """Write one row, waiting for the lock as long as a probe may."""
    statement = sa.text(_TOUCH if has_request_context() and request.method == "HEAD" else _WRITE)
    values = {"clave": PROBE, "valor": now.isoformat(timespec="seconds")}
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(f"SET LOCAL lock_timeout = {LOCK_WAIT}")
        connection.exec_driver_sql(f"SET LOCAL statement_timeout = {3 * LOCK_WAIT}")
        connection.execute(statement, values)
        connection.commit()
        return
    patience = connection.exec_driver_sql("PRAGMA busy_timeout").scalar_one()
    connection.exec_driver_sql(f"PRAGMA busy_timeout={LOCK_WAIT}")
    try:
        connection.execute(statement, values)
        connection.commit()
    finally:
        if not connection.invalidated:
            connection.rollback()
            connection.exec_driver_sql(f"PRAGMA busy_timeout={patience}")


def _is_lock(error: BaseException | None) -> bool:
    if isinstance(error, sqlite3.Error):
        return error.sqlite_errorcode & 0xFF in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}
    return getattr(error, "sqlstate", "") in {"55P03", "57014"}


def _write_queue() -> bool:
    alarm: Alarm = current_app.extensions["alarm"]
    try:
        alarm.huey.storage.put_data("salud", b"1")
    except Exception as error:  # each storage has errors of its own
        BELL.down(error)
        return False
    BELL.up()
    return True
