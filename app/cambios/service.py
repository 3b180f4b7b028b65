"""Stamping the tables that a transaction writes to, in that same transaction."""

from __future__ import annotations

import secrets
from datetime import datetime
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event

from app.cambios.models import CambioDeTabla
from app.cambios.rules import is_delete, written_tables
from app.db import UNSEEN, Model, db, kept_with

_WRITTEN = "written_tables"
_TABLE = CambioDeTabla.__tablename__


def watch_writes(engine: sa.Engine) -> None:
    """Stamp what any transaction of an engine writes to, whoever writes.

    The stamps are written last and in one order, so that two transactions that meet on PostgreSQL
    wait for each other's commit alone and never in a circle.
    """
    #: Whether the table is there; migrations begin before it.
    known: list[bool] = []

    @event.listens_for(engine, "begin")
    def forget(connection: sa.Connection) -> None:
        connection.info.pop(_WRITTEN, None)

    @event.listens_for(engine, "after_cursor_execute")
    def note(connection: sa.Connection, cursor: Any, statement: str, *_rest: object) -> None:
        if statement.lstrip().startswith("DROP TABLE"):  # SQLAlchemy begins it with a new line
            known.clear()
        if cursor.rowcount == 0 or connection.get_execution_options().get(UNSEEN):
            return  # it found nothing to change, or nothing that a page shows
        for name in written_tables(statement):
            written = connection.info.setdefault(_WRITTEN, set())
            written.add(name)
            written |= kept_with().get(name, frozenset())
            if is_delete(statement):
                written |= _changed_with().get(name, set())

    @event.listens_for(engine, "commit")
    def stamp(connection: sa.Connection) -> None:
        written = connection.info.pop(_WRITTEN, set()) & Model.metadata.tables.keys()
        written.discard(_TABLE)
        if not written:
            return
        if not known:
            if not sa.inspect(connection).has_table(_TABLE):
                return
            known.append(True)
        huella = secrets.token_hex(8)
        values = tuple(value for name in sorted(written) for value in (name, huella))
        connection.exec_driver_sql(_statement(connection.dialect.name, len(written)), values)


def stamp_all(_now: datetime) -> None:
    """Give a stamp to each table that has none; until then no page that shows it is a 304."""
    known = set(db.session.scalars(sa.select(CambioDeTabla.tabla)))
    for name in sorted(Model.metadata.tables.keys() - known):
        db.session.add(CambioDeTabla(tabla=name, huella=secrets.token_hex(8)))
    db.session.flush()


@cache
def _statement(dialect: str, count: int) -> str:
    """One for all: what a driver makes of a list of rows takes as long for each of them."""
    row = "(?, ?)" if dialect == "sqlite" else "(%s, %s)"
    return (
        f"INSERT INTO {_TABLE} (tabla, huella) VALUES {', '.join([row] * count)}"  # noqa: S608  # constants
        " ON CONFLICT (tabla) DO UPDATE SET huella = excluded.huella"
    )


@cache
def _changed_with() -> dict[str, set[str]]:
    """By table those whose rows the database itself changes when rows of it are deleted."""
    direct: dict[str, set[str]] = {}
    for table in Model.metadata.tables.values():
        for reference in table.foreign_keys:
            if reference.ondelete:
                direct.setdefault(reference.column.table.name, set()).add(table.name)

    def all_of(name: str, seen: set[str]) -> set[str]:
        for child in direct.get(name, set()) - seen:
            seen.add(child)
            all_of(child, seen)
        return seen

    return {name: all_of(name, set()) for name in direct}
