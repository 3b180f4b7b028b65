"""Appending links to chains."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from app.custodia.models import Cabeza, Eslabon
from app.custodia.queries import HEADS_TO_APPEND, read_heads
from app.custodia.rules import GENESIS, make_sello
from app.db import db, insert_many, put_many

_ESLABONES = Eslabon.metadata.tables[Eslabon.__tablename__]
_CABEZAS = Cabeza.metadata.tables[Cabeza.__tablename__]
# Built once, on the tables themselves: an import appends thousands of links in one transaction.
_APPEND = sa.insert(_ESLABONES).inline()


def _note_head(insert: Any) -> Any:
    statement = insert(_CABEZAS)
    return statement.on_conflict_do_update(
        index_elements=["cadena"],
        set_={"secuencia": statement.excluded.secuencia, "hash": statement.excluded.hash},
    )


_NOTE_HEAD = {"postgresql": _note_head(postgresql.insert), "sqlite": _note_head(sqlite.insert)}
_BEGIN_CHAIN = postgresql.insert(_CABEZAS).on_conflict_do_nothing()

#: From so many links on they are written at once, as those of a list's cases.
_MANY = 20

#: Chain, kind, id and content of a row.
Fila = tuple[int, str, int, str]


def append(filas: Iterable[Fila], now: datetime, *, new: frozenset[int] = frozenset()) -> None:
    """Append a link for each row, in their order, in the open transaction.

    The heads are locked first, in the order of the chains, so that those who append at the same
    moment make one chain and never wait for each other in a ring. ``new`` are chains of cases that
    this transaction opened: nobody else can see them.
    """
    filas = list(filas)
    if not filas:
        return
    cadenas = sorted({cadena for cadena, *_ in filas})
    heads = lock_heads(cadenas, new)
    links = []
    for cadena, tipo, fila_id, contenido in filas:
        link = make_sello(cadena, tipo, fila_id, contenido, heads[cadena], now)
        links.append(vars(link))
        heads[cadena] = (link.secuencia, link.hash)
    ends = [{"cadena": pk, "secuencia": heads[pk][0], "hash": heads[pk][1]} for pk in cadenas]
    if len(links) >= _MANY:
        insert_many(_ESLABONES, links)
        put_many(_CABEZAS, ends)
        return
    connection = db.session.connection()
    for statement, rows in ((_APPEND, links), (_NOTE_HEAD[connection.dialect.name], ends)):
        # One row as one row: drivers take longer to begin with many.
        connection.execute(statement, rows if len(rows) > 1 else rows[0])


def lock_heads(cadenas: list[int], new: frozenset[int] = frozenset()) -> dict[int, tuple[int, str]]:
    """The heads of these chains, which nobody else can append to until the commit."""
    heads = read_heads(HEADS_TO_APPEND, cadenas)
    missing = [cadena for cadena in cadenas if cadena not in heads]
    connection = db.session.connection()
    shared = [cadena for cadena in missing if cadena not in new]
    if shared and connection.dialect.name == "postgresql":
        # There is no row to lock yet, and two may be the first ones.
        first = [{"cadena": cadena, "secuencia": 0, "hash": GENESIS} for cadena in shared]
        connection.execute(_BEGIN_CHAIN, first)
        heads |= read_heads(HEADS_TO_APPEND, shared)
    return {cadena: heads.get(cadena, (0, GENESIS)) for cadena in cadenas}
