"""Counting what only grows: as far as anybody reads a number, and no further.

A total of a list costs as much as reading all of it, on each page and for each poll. Nobody acts
upon whether a log has one million entries or two.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from app.db.model import db

#: More than this is said as «más de 1.000».
COUNTED = 1_000


def some_of(statement: sa.Select[Any]) -> sa.Select[Any]:
    """As many rows of a select as are counted, and one to know that there are more."""
    return statement.limit(COUNTED + 1)


def count_some(statement: sa.Select[Any]) -> int:
    """How many rows a select finds; ``COUNTED + 1`` stands for any number above ``COUNTED``."""
    rows = some_of(statement.order_by(None)).subquery()
    return db.session.scalar(sa.select(sa.func.count()).select_from(rows)) or 0
