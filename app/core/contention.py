"""Tells transient database errors (locked, conflict, away) from programming errors."""

from __future__ import annotations

import sqlite3

from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm.exc import StaleDataError

#: SQLSTATEs of PostgreSQL that say "not now": lock not available, a cancelled statement, too many
#: connections, a server that starts or stops. Class 08 is a connection that broke.
_BUSY_STATES = {"55P03", "57014", "53300", "57P01", "57P02", "57P03", "40001", "40P01"}
#: Of those, a deadlock or a serialization failure: it may succeed when it is tried again at once.
_CONFLICT_STATES = {"40001", "40P01"}
_SQLITE_BUSY_CODES = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}


def is_busy(error: BaseException) -> bool:
    """Whether the database refused for the moment: locked, full of connections, or away.

    Nothing of the transaction was stored, and the same may succeed later.
    """
    if isinstance(error, PoolTimeout):
        return True
    if not isinstance(error, DBAPIError):
        return False
    if isinstance(error.orig, sqlite3.Error):
        return (getattr(error.orig, "sqlite_errorcode", 0) & 0xFF) in _SQLITE_BUSY_CODES
    state = getattr(error.orig, "sqlstate", None) or ""
    if state in _BUSY_STATES or state.startswith("08") or error.connection_invalidated:
        return True
    # Without a state nobody was reached: the server is away or closed the connection.
    return not state and isinstance(error, OperationalError)


def is_conflict(error: BaseException) -> bool:
    """Whether two transactions met, so that the later one succeeds if it is done anew at once."""
    if isinstance(error, StaleDataError):
        return True
    state = getattr(error.orig, "sqlstate", None) if isinstance(error, DBAPIError) else None
    return state in _CONFLICT_STATES
