"""Reading the stamps."""

from __future__ import annotations

from functools import cache, lru_cache

import sqlalchemy as sa

from app.cambios.models import CambioDeTabla
from app.db import Model, prepared


def read_stamps() -> dict[str, str]:
    """The stamp of each table that has one."""
    return _read(_stamps.rows().scalar_one() or "")


@lru_cache(maxsize=4)
def _read(text: str) -> dict[str, str]:
    """The text is the same until somebody writes something."""
    return dict(line.split(" ", 1) for line in text.split("\n") if line)


@prepared
def _stamps() -> sa.Select[str]:
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
