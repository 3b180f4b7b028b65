"""Statements that are written once, for what pages only show.

Writing a SELECT, and having SQLAlchemy find out that it knows it already, takes longer than the
database takes to answer: 150 to 500 µs against 50 for one that stands ready. So a query that pages
ask again and again is a function that writes it once. Its parameters are what differs from one
question to the next (``bindparam`` writes others inside):

    @prepared
    def _bell(usuario_id: Any) -> sa.Select: ...

    unread, last = _bell.rows(usuario_id=7).one()

Its rows are columns, no entities. What is hidden from who reads (``app.db.hiding``) is left out
as everywhere; there is one statement for each kind of reader.

Rows that a page shows by the hundred become objects through a ``Maker``, which makes one of each
row once. ``rows_of`` asks a statement that cannot be written once, such as one under filters.
"""

from __future__ import annotations

import inspect
import json
from collections import namedtuple
from collections.abc import Callable
from typing import Any, Generic, TypeVar, TypeVarTuple

import sqlalchemy as sa

from app.core.process_memory import is_forgotten_with_people
from app.db.hiding import reader_options
from app.db.model import db

Columns = TypeVarTuple("Columns")
Made = TypeVar("Made")


class Prepared(Generic[*Columns]):
    """A SELECT of columns that was written once."""

    def __init__(self, write: Callable[..., sa.Select[*Columns]]) -> None:
        self.__doc__ = write.__doc__
        self._write = write
        self._names = list(inspect.signature(write).parameters)
        self._ready: dict[tuple[Any, ...], sa.Select[*Columns]] = {}

    def rows(self, **values: Any) -> sa.CursorResult[*Columns]:
        """Ask it with values for its ``bindparam``, as who asks now may see it."""
        options = reader_options()
        statement = self._ready.get(options)
        if statement is None:
            statement = self._write(*map(sa.bindparam, self._names))
            if options:
                statement = statement.options(*options)
            self._ready[options] = statement
        return _ask(statement, values)


def rows_of(statement: sa.Select[*Columns], **values: Any) -> sa.CursorResult[*Columns]:
    """Ask a SELECT of columns once, as who asks now may see it."""
    options = reader_options()
    return _ask(statement.options(*options) if options else statement, values)


def _ask(statement: sa.Select[*Columns], values: dict[str, Any]) -> sa.CursorResult[*Columns]:
    session = db.session()
    if session.new or session.dirty or session.deleted:
        session.flush()
    return session.connection().execute(statement, values)


class Maker(Generic[Made]):
    """Makes an object of each row that is another, and remembers it by the row.

    The key is the row as the driver gives it, so that a row that was seen before is not even
    turned into dates and enums again. ``make`` has to depend on the row alone, and what it makes
    must not change.
    """

    def __init__(self, make: Callable[[Any], Made], most: int = 4096) -> None:
        self._make = make
        self._most = most
        self._made: dict[tuple[Any, ...], Made] = {}
        is_forgotten_with_people(self)

    def clear(self) -> None:
        """Forget them all."""
        self._made.clear()

    def of(self, result: sa.CursorResult[*tuple[Any, ...]]) -> list[Made]:
        """The objects of the rows of a result, in their order."""
        cursor: Any = result.cursor
        read: Callable[[tuple[Any, ...]], Any] | None = None
        found = []
        for values in cursor.fetchall():
            key = tuple(values)
            try:
                made = self._made.get(key)
            except TypeError:  # JSON that the driver has read already
                key = tuple([_hashable(value) for value in key])
                made = self._made.get(key)
            if made is None:
                read = read or _reader(result, cursor.description)
                made = self._make(read(values))
                if len(self._made) >= self._most:
                    self._made.clear()
                self._made[key] = made
            found.append(made)
        result.close()
        return found


def _hashable(value: Any) -> Any:
    return json.dumps(value, sort_keys=True) if isinstance(value, dict | list) else value


def _reader(
    result: sa.CursorResult[*tuple[Any, ...]], description: Any
) -> Callable[[tuple[Any, ...]], Any]:
    """What turns a row of the driver into one with names and Python's types."""
    compiled: Any = result.context.compiled
    columns = compiled.statement.selected_columns
    row = namedtuple("row", list(result.keys()), rename=True)  # type: ignore[misc]  # of any names
    processors = [
        result.context.get_result_processor(column.type, described[0], described[1])
        for column, described in zip(columns, description, strict=True)
    ]

    def read(values: tuple[Any, ...]) -> Any:
        return row(
            *(
                value if process is None else process(value)
                for value, process in zip(values, processors, strict=True)
            )
        )

    return read


def prepared(
    write: Callable[..., sa.Select[*Columns]],
) -> Prepared[*Columns]:
    """Decorator: write this statement once."""
    return Prepared(write)
