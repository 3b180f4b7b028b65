"""What a database keeps in its file of rows that are gone."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from app.db import db


class StillRead(Exception):
    """Somebody reads an older state of the database: its journal cannot be emptied yet."""


def overwrite_freed() -> None:
    """Have SQLite write zeros over what this connection frees from now on."""
    if db.engine.dialect.name == "sqlite":
        db.session.execute(sa.text("PRAGMA secure_delete=ON"))


def remove_remains() -> None:
    """Remove what is left of erased rows in the database's files.

    SQLite writes its file anew without free pages, and empties its journal; people read meanwhile,
    and whoever writes waits: about a second for each 100 MB. PostgreSQL marks the room of dead
    rows as free (``VACUUM``), overwrites it when it is needed, and never tells of it.

    Raises:
        StillRead: the journal could not be emptied; try again in a while.
    """
    db.session.rollback()
    # Neither runs in a transaction, and SQLAlchemy would begin one.
    connection = db.engine.raw_connection()
    try:
        driver: Any = connection.driver_connection
        if db.engine.dialect.name == "sqlite":
            driver.execute("VACUUM")
            if driver.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]:
                raise StillRead
        else:
            driver.autocommit = True
            try:
                driver.execute("VACUUM")
            finally:
                driver.autocommit = False
    finally:
        connection.close()
