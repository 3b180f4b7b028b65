"""Statements that are written once, for what pages only show.

Writing a SELECT, and having SQLAlchemy find out that it knows it already, takes longer than the
database takes to answer: 150 to 500 µs against 50 for one that stands ready. So a query that pages
ask again and again is a function that writes it with ``bindparam`` for what differs, decorated:

    @prepared
    def _bell() -> sa.Select: ...

    unread, last = _bell.rows(usuario_id=7).one()

Its rows are columns, no entities. What is hidden from who reads (``app.db.hiding``) is left out
as everywhere; there is one statement for each kind of reader.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Generic, TypeVarTuple

import sqlalchemy as sa

from app.db.hiding import reader_options
from app.db.model import db

Columns = TypeVarTuple("Columns")


class Prepared(Generic[*Columns]):
    """A SELECT of columns that was written once."""

    def __init__(self, write: Callable[[], sa.Select[*Columns]]) -> None:
        self.__doc__ = write.__doc__
        self._write = write
        self._ready: dict[tuple[Any, ...], sa.Select[*Columns]] = {}

    def rows(self, **values: Any) -> sa.CursorResult[*Columns]:
        """Ask it with values for its ``bindparam``, as who asks now may see it."""
        options = reader_options()
        statement = self._ready.get(options)
        if statement is None:
            statement = self._write()
            if options:
                statement = statement.options(*options)
            self._ready[options] = statement
        session = db.session()
        if session.new or session.dirty or session.deleted:
            session.flush()
        return session.connection().execute(statement, values)


def prepared(
    write: Callable[[], sa.Select[*Columns]],
) -> Prepared[*Columns]:
    """Decorator: write this statement once."""
    return Prepared(write)
