"""Numbers that the database keeps while rows come and go, so that nobody has to count them.

A trigger of a migration notes each change as a row of its own: one more, or one less. The sum of
the notes is what counting would give, in the same transaction and for whoever writes, and two
writers never wait for each other, as they would for one row that both change. ``fold_counts`` puts
the notes together every now and then, so that few are left to be added up.

A table of such notes says in its ``info`` of which tables it keeps count:
``__table_args__ = {"info": {KEPT_OF: ("trabajos",)}}``. Its columns are the id, those that end in
nothing to be added, and the ``ADDED`` ones.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

import sqlalchemy as sa

from app.db.model import Model, db

#: Under this name a table of notes says of which tables they are.
KEPT_OF = "kept_of"
#: Under this one, which of its columns are added up.
ADDED = "added"
#: Notes that are put together at a time.
_PART = 5_000


@cache
def kept_tables() -> tuple[str, ...]:
    """The names of the tables of notes."""
    return tuple(
        sorted(table.name for table in Model.metadata.tables.values() if KEPT_OF in table.info)
    )


@cache
def kept_with() -> dict[str, frozenset[str]]:
    """By table the names of those that the database changes with it."""
    found: dict[str, set[str]] = {}
    for name in kept_tables():
        for counted in Model.metadata.tables[name].info[KEPT_OF]:
            found.setdefault(counted, set()).add(name)
    return {counted: frozenset(names) for counted, names in found.items()}


def kept_last(names: Iterable[str]) -> list[str]:
    """Some tables in their order, those of notes after all others.

    For whoever fills or empties whole tables: the triggers write notes of it, which the right ones
    then take the place of.
    """
    return sorted(names, key=lambda name: name in kept_tables())


def fold_counts() -> int:
    """Put the notes of each table together, in the caller's transaction; how many there were.

    What is read is removed by the same statement: a note that another transaction commits
    meanwhile stays, whatever its id.
    """
    return sum(_fold(Model.metadata.tables[name]) for name in kept_tables())


def _fold(table: sa.Table) -> int:
    added = [table.c[name] for name in table.info[ADDED]]
    told = [one for one in table.c if one.name != "id" and one not in added]
    last = db.session.scalar(sa.select(sa.func.max(table.c.id))) or 0
    total = 0
    while True:
        part = sa.select(table.c.id).where(table.c.id <= last).order_by(table.c.id).limit(_PART)
        rows = db.session.execute(
            sa.delete(table).where(table.c.id.in_(part)).returning(*told, *added)
        ).all()
        sums: dict[tuple[object, ...], list[int]] = {}
        for row in rows:
            values = sums.setdefault(tuple(row[: len(told)]), [0] * len(added))
            for place, value in enumerate(row[len(told) :]):
                values[place] += value
        left = [(*key, *values) for key, values in sums.items() if any(values)]
        if left:
            names = [one.name for one in (*told, *added)]
            db.session.execute(
                sa.insert(table), [dict(zip(names, values, strict=True)) for values in left]
            )
        total += len(rows)
        if len(rows) < _PART:
            return total
