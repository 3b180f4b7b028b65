"""Reading the stamps."""

from __future__ import annotations

from datetime import datetime
from functools import cache, lru_cache

import sqlalchemy as sa

from app.cambios.models import CambioDeTabla
from app.db import Model, prepared
from app.usuarios.queries.sesiones import SessionFacts, facts_of_row, select_session_facts
from app.usuarios.rules.sesiones import hash_session


def read_stamps() -> dict[str, str]:
    """The stamp of each table that has one."""
    return _read(_stamps.rows().scalar_one() or "")


@lru_cache(maxsize=4)
def _read(text: str) -> dict[str, str]:
    """The text is the same until somebody writes something."""
    return dict(line.split(" ", 1) for line in text.split("\n") if line)


def read_stamps_and_session(
    token: str, now: datetime
) -> tuple[dict[str, str], SessionFacts | None]:
    """The stamps and what a tag says of a browser's session, in one question; None if it ended."""
    row = _stamps_and_session.rows(huella=hash_session(token)).one_or_none()
    if row is None:
        return read_stamps(), None
    return _read(row[-1] or ""), facts_of_row(row[:-1], now)


@prepared
def _stamps() -> sa.Select[str]:
    return _select_stamps()


@prepared
def _stamps_and_session() -> sa.Select:
    return select_session_facts().add_columns(_select_stamps().scalar_subquery())


def _select_stamps() -> sa.Select[str]:
    """All of them as one text, since a hundred rows cost more than to cut it."""
    table = CambioDeTabla.__table__.c
    return sa.select(sa.func.aggregate_strings(table.tabla + " " + table.huella, "\n"))


@cache
def table_names() -> tuple[str, ...]:
    """All tables in a fixed order."""
    return tuple(sorted(Model.metadata.tables))


@cache
def name_set() -> frozenset[str]:
    """The same, to look for."""
    return frozenset(table_names())
