"""What a seal holds of a row: read from the database, or taken from a row that was just written."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

import sqlalchemy as sa

from app.core.sealed import OFFICE_CHAIN
from app.custodia.models import Eslabon
from app.custodia.queries import parts
from app.custodia.queries.sealed_sources import SealSource
from app.custodia.rules import canonical, text_hash
from app.db import db

#: Chain, id and content of a row.
Fila = tuple[int, int, str]


def read_rows(source: SealSource, ids: Collection[int]) -> list[Fila]:
    """These rows as the database has them; without those that are not there."""
    return _read(source, source.rows_statement, {"ids": list(ids)})


def read_chains(source: SealSource, cadenas: Collection[int]) -> list[Fila]:
    """All rows of these chains."""
    is_of_cases = source.sealed.chain is not None and OFFICE_CHAIN not in cadenas
    statement = source.cases_statement if is_of_cases else source.chains_statement
    return _read(source, statement, {"cadenas": list(cadenas)})


def iterate_rows(
    source: SealSource, *, cadena: int | None = None, after: int = 0, size: int = 500
) -> Iterator[list[int]]:
    """The ids of all rows of a kind, or of those of one chain, in parts."""
    key = source.table.c.id
    every = sa.select(key).order_by(key).limit(size)
    if cadena is not None and source.sealed.chain is not None:
        every = every.select_from(source.from_clause).where(source.chain_column == cadena)
    while True:
        statement = every.where(key > after)
        part = list(db.session.scalars(statement))
        if part:
            yield part
            after = part[-1]
        if len(part) < size:
            return


def list_gone(source: SealSource, cadenas: Collection[int]) -> set[int]:
    """The ids of rows that links of these chains name and that are not in those chains any more."""
    there = (
        sa.select(source.table.c.id)
        .select_from(source.from_clause)
        .where(source.table.c.id == Eslabon.fila_id, source.chain_column == Eslabon.cadena)
    )
    statement = sa.select(Eslabon.fila_id).where(
        Eslabon.cadena.in_(cadenas), Eslabon.tipo == source.tipo, ~there.exists()
    )
    return set(db.session.scalars(statement.distinct()))


def content_of(source: SealSource, state: Any) -> str | None:
    """The content of a row that a flush has just inserted, as the database will give it back.

    None when the database put something into it that the row does not know yet.
    """
    values = state.dict
    content: dict[str, Any] = {}
    for name in (*source.sealed.fields, *source.sealed.hashed):
        if name in values:
            content[name] = _as_stored(source.kinds[name], values[name])
        elif name in state.expired_attributes or source.table.c[name].server_default is not None:
            return None
        else:
            content[name] = None  # nobody gave it a value
    _hash_texts(source, content)
    for name in source.sealed.lists:
        content[name] = sorted(other.id for other in values.get(name, ()))
    return canonical(content)


def seal_text(source: SealSource, values: Mapping[str, Any]) -> str:
    """The content of a row that is to be inserted with these values, none of them left out."""
    content = {name: values[name] for name in source.plain_names}
    for name, kind in source.kind_by_name:
        content[name] = _as_stored(kind, values[name])
    _hash_texts(source, content)
    for name in source.sealed.lists:
        content[name] = []
    return canonical(content)


def current_content(source: SealSource, state: Any) -> str | None:
    """The same of a row that was changed; None when it does not know all of its columns."""
    return content_of(source, state) if state.dict.keys() >= set(source.sealed.names) else None


def chain_of(source: SealSource, state: Any) -> int | None:
    """The chain of such a row; None when another row tells."""
    if source.sealed.chain is None:
        return OFFICE_CHAIN
    if source.sealed.through is not None or source.sealed.chain not in state.dict:
        return None
    return state.dict[source.sealed.chain] or OFFICE_CHAIN


def _read(source: SealSource, statement: sa.Select[Any], values: dict[str, Any]) -> list[Fila]:
    names = (*source.sealed.fields, *source.sealed.hashed)
    rows = db.session.connection().execute(statement, values).all()
    lists = {name: _read_lists(source, name, [row[1] for row in rows]) for name in source.lists}
    found = []
    for cadena, pk, *held in rows:
        content: dict[str, Any] = dict(zip(names, held, strict=True))
        _hash_texts(source, content)
        for name, others in lists.items():
            content[name] = sorted(others.get(pk, ()))
        found.append((cadena, pk, canonical(content)))
    return found


def _read_lists(source: SealSource, name: str, ids: list[int]) -> dict[int, list[int]]:
    own, other = source.lists[name].columns
    found: dict[int, list[int]] = {}
    for part in parts(ids):
        for pk, other_id in db.session.execute(sa.select(own, other).where(own.in_(part))):
            found.setdefault(pk, []).append(other_id)
    return found


def _hash_texts(source: SealSource, content: dict[str, Any]) -> None:
    for name in source.sealed.hashed:
        content[name] = text_hash(content[name])


def _as_stored(kind: type | None, value: Any) -> Any:
    """A value as both databases give it back: 1 in a column of truths is a truth."""
    return value if kind is None or value is None else kind(value)
