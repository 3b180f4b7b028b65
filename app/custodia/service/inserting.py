"""Many new rows of evidence at once, with their seals, in as short a transaction as can be.

What the session does row by row is done here for all of them: an import writes thousands of rows
while everybody else waits to write.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from app.core.sealed import OFFICE_CHAIN
from app.custodia.queries.sealed_rows import seal_text
from app.custodia.queries.sealed_sources import SealSource, sources_of
from app.custodia.rules import ContenidoSellado, NewLink, commit_to
from app.custodia.service.appending import append_committed
from app.custodia.service.collecting import noting
from app.db import Model, db, insert_many


@dataclass(frozen=True)
class NewRows:
    """New rows of a model, with a value for each column but their ids, and what seals hold."""

    model: type[Model]
    rows: Sequence[dict[str, Any]]
    contents: dict[SealSource, list[ContenidoSellado]]


def prepare_rows(model: type[Model], rows: Sequence[dict[str, Any]]) -> NewRows:
    """Work out what the seals of new rows hold, before the transaction that inserts them."""
    sources = sources_of(model)
    contents = {source: [commit_to(seal_text(source, row)) for row in rows] for source in sources}
    return NewRows(model, rows, contents)


def insert_rows(groups: Sequence[NewRows], now: datetime) -> None:
    """Insert prepared rows, group by group, and seal them in the open transaction.

    By now each row has its id, and that of its case. Cases among them have no chain yet.
    """
    links: list[NewLink] = []
    new: set[int] = set()
    with noting():
        for group in groups:
            insert_many(group.model.metadata.tables[group.model.__tablename__], group.rows)
            for source, contents in group.contents.items():
                chain = source.sealed.chain
                for row, content in zip(group.rows, contents, strict=True):
                    cadena = row[chain] if chain else OFFICE_CHAIN
                    links.append((cadena, source.tipo, row["id"], content))
                if chain == "id":
                    new.update(row["id"] for row in group.rows)
    append_committed(links, now, new=frozenset(new))


def take_ids(model: type[Model], count: int, *, above: int = 0) -> Sequence[int]:
    """So many ids for new rows of a model, in the open transaction.

    ``above`` is an id that was given before, on a database that would give it again (SQLite).
    """
    table = model.__tablename__
    if db.engine.dialect.name == "sqlite":
        newest = db.session.scalar(sa.select(sa.func.max(sa.inspect(model).primary_key[0]))) or 0
        first = max(newest, above) + 1
        return range(first, first + count)
    # Its name is looked up once, not for each id.
    named = sa.select(
        sa.cast(sa.func.pg_get_serial_sequence(table, "id"), postgresql.REGCLASS).label("name")
    )
    sequence = named.cte("sequence").prefix_with("MATERIALIZED")
    statement = sa.select(sa.func.nextval(sequence.c.name)).select_from(
        sequence.join(sa.func.generate_series(1, count).alias("n"), sa.true())
    )
    return list(db.session.scalars(statement))
