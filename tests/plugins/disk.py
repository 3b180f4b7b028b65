"""A disk that is full, for the application of a test."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager

import pytest
import sqlalchemy as sa
from flask import Flask

from app.db import db


@pytest.fixture
def full_disk(app: Flask, database_kind: str) -> Callable[[], AbstractContextManager[None]]:
    """From here on SQLite finds no new page, as on a full disk; a short text may still fit."""
    if database_kind != "sqlite":
        pytest.skip("PostgreSQL's disk is not this machine's to fill; its error is in test_outages")

    @contextmanager
    def fill() -> Iterator[None]:
        def shrink(connection: sqlite3.Connection, _record: object, _proxy: object) -> None:
            connection.execute("PRAGMA max_page_count=1")  # SQLite makes it what is used

        with app.app_context():
            db.engine.dispose()
            with closing(sqlite3.connect(str(db.engine.url.database))) as connection:
                connection.execute("VACUUM")  # no page is free
            sa.event.listen(db.engine, "checkout", shrink)
        try:
            yield
        finally:
            with app.app_context():
                sa.event.remove(db.engine, "checkout", shrink)
                db.session.remove()
                db.engine.dispose()

    return fill
