"""The rows of a table as both databases hold them: read in parts, written in bulk, and hashed.

Columns are read by what they store and not as their models do: an enum is its text, a JSON document
the text that was stored, so that nothing is lost on the way (``null`` in JSON is not NULL).
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TYPE_CHECKING, Any, NamedTuple, cast

import sqlalchemy as sa

from app.db import Model, UtcDateTime, kept_last, kept_tables

if TYPE_CHECKING:
    import psycopg

#: Rows that are held at once: few, as one of them may hold a logo or a provider's answer.
_PART = 200
_STREAMED = {"stream_results": True, "yield_per": _PART}
#: A JSON document that is a number alone: SQLite stores the number and forgets its spelling.
_NUMBER = re.compile(r"\s*-?\d")
#: What a column stores, by what its model says: the first that it is an instance of.
_STORED: tuple[tuple[type[sa.types.TypeEngine[Any]], sa.types.TypeEngine[Any]], ...] = (
    (UtcDateTime, UtcDateTime()),
    (sa.Date, sa.Date()),
    (sa.Boolean, sa.Boolean()),
    (sa.JSON, sa.Text()),
    (sa.Integer, sa.BigInteger()),
    (sa.Float, sa.Double()),
    (sa.LargeBinary, sa.LargeBinary()),
    (sa.String, sa.Text()),  # an Enum is one
)


class TableRows(NamedTuple):
    """How many rows a table has, and the SHA-256 of all of them in the order of their key."""

    name: str
    rows: int
    digest: str


class Unreadable(Exception):
    """A value is not what its column is for. The text says where, never the value."""


class RowsOf:
    """One table of the models, on whichever database a connection leads to."""

    def __init__(self, table: sa.Table) -> None:
        """Find what each column stores.

        Raises:
            TypeError: a column of a kind that nobody has said how to copy yet.
        """
        self.name = table.name
        self._json = [number for number, one in enumerate(table.columns) if _is_json(one)]
        self._columns = [sa.column(one.name, _stored(one)) for one in table.columns]
        self._key = [one.name for one in table.primary_key.columns]
        self._place = sa.table(table.name, *self._columns)

    def read(self, connection: sa.Connection) -> Iterator[tuple[Any, ...]]:
        """All rows in the order of their key, which is the same one on both databases.

        Raises:
            Unreadable: SQLite holds something that the column cannot mean.
        """
        statement = self._select(connection.dialect.name)
        try:
            with connection.execute(statement, execution_options=_STREAMED) as result:
                for row in result:
                    yield self._plain(row) if self._json else tuple(row)
        except (ValueError, TypeError) as error:
            raise Unreadable(self.name) from error

    def write(self, connection: sa.Connection, rows: Iterable[tuple[Any, ...]]) -> None:
        """Add rows: by COPY in one statement, or by INSERT in parts.

        What triggers noted of the rows that came before gives way to the notes of the source.
        """
        if self.name in kept_tables():
            connection.execute(sa.delete(self._place))
        if connection.dialect.name == "postgresql":
            self._copy_in(connection, rows)
            return
        names = [column.name for column in self._columns]
        statement, left = sa.insert(self._place), iter(rows)
        while part := list(islice(left, _PART)):
            connection.execute(statement, [dict(zip(names, row, strict=True)) for row in part])

    def digest(self, connection: sa.Connection) -> TableRows:
        """Read all rows, and say what they are."""
        hashing = Hashing(self.name)
        for row in self.read(connection):
            hashing.add(row)
        return hashing.done()

    def _select(self, dialect: str) -> sa.Select[Any]:
        """PostgreSQL sorts text by a language, SQLite by its bytes: both do that here."""
        is_postgresql = dialect == "postgresql"
        shown = [
            sa.cast(one, sa.Text) if is_postgresql and number in self._json else one
            for number, one in enumerate(self._columns)
        ]
        order = [
            sa.collate(one, "C") if is_postgresql and isinstance(one.type, sa.Text) else one
            for one in (self._place.c[name] for name in self._key)
        ]
        return sa.select(*shown).select_from(self._place).order_by(*order)

    def _plain(self, row: Iterable[Any]) -> tuple[Any, ...]:
        values = list(row)
        for number in self._json:
            values[number] = _json_text(values[number])
        return tuple(values)

    def _copy_in(self, connection: sa.Connection, rows: Iterable[tuple[Any, ...]]) -> None:
        from psycopg import sql

        driver = cast("psycopg.Connection[Any]", connection.connection.driver_connection)
        names = sql.SQL(", ").join(sql.Identifier(one.name) for one in self._columns)
        statement = sql.SQL("COPY {} ({}) FROM STDIN").format(sql.Identifier(self.name), names)
        with driver.cursor() as cursor, cursor.copy(statement) as copy:
            for row in rows:
                copy.write_row(row)


class Hashing:
    """Hashes rows as they pass."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._count = 0
        self._sha256 = hashlib.sha256()

    def add(self, row: tuple[Any, ...]) -> None:
        """One more row. What both databases give for a value is written in one way by ``repr``."""
        self._count += 1
        self._sha256.update(repr(row).encode("utf-8", "surrogatepass"))

    def passing(self, rows: Iterable[tuple[Any, ...]]) -> Iterator[tuple[Any, ...]]:
        """The same rows, each hashed on its way."""
        for row in rows:
            self.add(row)
            yield row

    def done(self) -> TableRows:
        """What has passed."""
        return TableRows(self._name, self._count, self._sha256.hexdigest())


def all_tables() -> list[RowsOf]:
    """Every table of the models, each after those that it refers to; notes of triggers last."""
    tables = Model.metadata.tables
    names = kept_last(table.name for table in Model.metadata.sorted_tables)
    return [RowsOf(tables[name]) for name in names]


def _is_json(column: sa.Column[Any]) -> bool:
    return isinstance(_declared(column), sa.JSON)


def _stored(column: sa.Column[Any]) -> sa.types.TypeEngine[Any]:
    declared = _declared(column)
    for kind, stored in _STORED:
        if isinstance(declared, kind):
            return stored
    raise TypeError(f"{column}: nobody has said how to copy {declared!r}")


def _declared(column: sa.Column[Any]) -> sa.types.TypeEngine[Any]:
    """A column's type, below what checks its values; of a time it is that which knows its zone."""
    kind: sa.types.TypeEngine[Any] = column.type
    if isinstance(kind, sa.types.TypeDecorator) and not isinstance(kind, UtcDateTime):
        return kind.impl_instance
    return kind


def _json_text(value: Any) -> Any:
    """A JSON document as text; a number in the one spelling that SQLite keeps."""
    if value is None or (isinstance(value, str) and not _NUMBER.match(value)):
        return value
    number = json.loads(value) if isinstance(value, str) else value
    whole = isinstance(number, float) and number.is_integer()
    return json.dumps(int(number) if whole else number)
