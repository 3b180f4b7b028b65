"""Asking for thousands of rows by their ids in one statement.

A list in ``IN`` is a parameter for each of them: the driver of PostgreSQL took a second to find
8,000 in the text, and neither database takes more than some ten thousand.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from app.db.model import db


def is_among(column: Any, ids: Iterable[int]) -> sa.ColumnElement[bool]:
    """Whether a column has one of these ids, which are one parameter, however many they are."""
    text = ",".join(str(int(pk)) for pk in ids)
    if db.engine.dialect.name == "postgresql":
        array = sa.cast(sa.literal(f"{{{text}}}", sa.Text()), postgresql.ARRAY(sa.Integer))
        found: sa.ColumnElement[bool] = column == sa.any_(array)
        return found
    values = sa.func.json_each(f"[{text}]").table_valued("value")
    found = column.in_(sa.select(values.c.value))
    return found
