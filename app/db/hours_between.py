"""Whole hours from one moment to another, counted by the database."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement


class HoursBetween(FunctionElement[int]):
    """SQL expression for the whole hours from one moment to another, a part of one left out.

    Exact to the microsecond: what comes after just two hours counts as two on both databases.
    """

    type = sa.Integer()
    inherit_cache = True
    name = "hours_between"


@compiles(HoursBetween, "sqlite")
def _on_sqlite(element: HoursBetween, compiler: Any, **kw: Any) -> str:
    """Of the texts that SQLite keeps moments as: a julian day would be off by microseconds."""
    start, end = (compiler.process(clause, **kw) for clause in element.clauses)
    return (
        f"((strftime('%s', substr({end}, 1, 19)) - strftime('%s', substr({start}, 1, 19))"
        f" - (substr({end}, 20) < substr({start}, 20))) / 3600)"
    )


@compiles(HoursBetween, "postgresql")
def _on_postgresql(element: HoursBetween, compiler: Any, **kw: Any) -> str:
    """In floating point, which is half the work of ``extract``'s decimals.

    Over a century its steps are half a microsecond, so the last instant before a whole hour stays
    before it.
    """
    start, end = (compiler.process(clause, **kw) for clause in element.clauses)
    return f"CAST(trunc(date_part('epoch', {end} - {start}) / 3600) AS INTEGER)"
