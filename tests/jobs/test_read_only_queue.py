"""The file that wakes the consumer, after a spell in which it could not be written."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest

from app.jobs.alarm import make_storage


def test_the_queue_goes_on_after_a_read_only_spell(tmp_path):
    path = tmp_path / "huey.sqlite3"
    storage = make_storage(f"sqlite:///{path}", "secret").storage
    storage.enqueue(b"before")
    storage.close()
    storage._conn = sqlite3.connect(f"file:{path}?mode=ro", uri=True, check_same_thread=False)

    with pytest.raises(sqlite3.OperationalError, match="readonly"):
        storage.enqueue(b"during")
    storage.enqueue(b"after")

    with closing(sqlite3.connect(path)) as connection:
        rows = connection.execute("SELECT data FROM task ORDER BY id").fetchall()
    assert rows == [(b"before",), (b"after",)]
    storage.close()
