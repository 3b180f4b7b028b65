"""What SQLite knows of its tables when it chooses an index."""

from __future__ import annotations

from app.db.model import db

#: Seconds after which a connection is opened anew: it goes on with what it was opened with.
REOPEN_AFTER = 6 * 3600
#: Rows of each index that are looked at; all of them would take minutes in a large installation.
_LOOKED_AT = 400


def refresh_statistics() -> None:
    """Have SQLite look again at how selective each index is.

    Without, it takes them all for alike: it read each notice of the office for the few of a case,
    because that index had all columns. PostgreSQL does this by itself.
    """
    if db.engine.dialect.name != "sqlite":
        return
    connection = db.engine.raw_connection()  # as one statement that commits by itself
    try:
        cursor = connection.cursor()
        cursor.execute(f"PRAGMA analysis_limit={_LOOKED_AT}")
        cursor.execute("ANALYZE")
        cursor.close()
    finally:
        connection.close()
