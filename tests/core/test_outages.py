from __future__ import annotations

import errno
import logging
import sqlite3

import psycopg
import pytest
from sqlalchemy.exc import OperationalError

from app.core.outage_line import OutageLine
from app.core.outages import Outage, explain, find_outage


def _sqlite(code: int) -> sqlite3.OperationalError:
    error = sqlite3.OperationalError("as SQLite says it")
    error.sqlite_errorcode = code
    return error


@pytest.mark.parametrize(
    ("error", "outage"),
    [
        (_sqlite(sqlite3.SQLITE_FULL), Outage.FULL),
        (_sqlite(sqlite3.SQLITE_READONLY_DBMOVED), Outage.READ_ONLY),
        (_sqlite(sqlite3.SQLITE_IOERR_SHMSIZE), Outage.UNREADABLE),
        (_sqlite(sqlite3.SQLITE_CORRUPT), Outage.DAMAGED),
        (_sqlite(sqlite3.SQLITE_NOTADB), Outage.DAMAGED),
        (_sqlite(sqlite3.SQLITE_CANTOPEN), Outage.MISSING),
        (_sqlite(sqlite3.SQLITE_BUSY), None),
        (psycopg.errors.DiskFull(), Outage.FULL),
        (psycopg.errors.ReadOnlySqlTransaction(), Outage.READ_ONLY),
        (psycopg.errors.UniqueViolation(), None),
        (OSError(errno.ENOSPC, "No space left on device"), Outage.FULL),
        (OSError(errno.EDQUOT, "Disk quota exceeded"), Outage.FULL),
        (OSError(errno.EROFS, "Read-only file system"), Outage.READ_ONLY),
        (FileNotFoundError(errno.ENOENT, "no"), None),
        (ValueError("full"), None),
    ],
)
def test_what_the_drivers_say_is_one_outage(error, outage):
    assert find_outage(error) is outage
    assert find_outage(OperationalError("INSERT", None, error)) is outage


def test_an_outage_is_found_below_the_error_that_it_became():
    def upload() -> None:
        try:
            raise OSError(errno.ENOSPC, "No space left on device")
        except OSError as low:
            raise RuntimeError("the upload failed") from low

    with pytest.raises(RuntimeError) as caught:
        upload()
    assert find_outage(caught.value) is Outage.FULL


@pytest.mark.parametrize("outage", list(Outage))
def test_each_outage_says_what_happened_and_whom_to_tell(outage):
    text = explain(outage)
    assert "no se guardó nada" in text
    assert "Avise a quien administra Rastro" in text


def test_an_outage_is_one_line_and_its_end_another(caplog):
    line = OutageLine(logging.getLogger("app.line"), "the queue")
    with caplog.at_level(logging.INFO, "app.line"):
        line.up()
        for _ in range(1000):
            line.down(ConnectionError("redis://user:clave@cola.example:6379/0 refused"))
        assert line.is_down
        line.up()
        line.up()
    first, last = (record.getMessage() for record in caplog.records)
    assert first == "the queue is away: ConnectionError: redis://cola.example:6379/… refused"
    assert last == "the queue is back after 0 s"
    assert not line.is_down
