"""Appending links to chains."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy.dialects import postgresql

from app.custodia.models import Cabeza, Eslabon
from app.custodia.queries import heads_to_append
from app.custodia.rules import GENESIS, NewLink, commit_to, make_links
from app.db import db, insert_many, insert_one, put_many, put_one

_ESLABONES = Eslabon.metadata.tables[Eslabon.__tablename__]
_CABEZAS = Cabeza.metadata.tables[Cabeza.__tablename__]
_BEGIN_CHAIN = postgresql.insert(_CABEZAS).on_conflict_do_nothing()

#: Chain, kind, id and content of a row.
Fila = tuple[int, str, int, str]


def append(filas: Iterable[Fila], now: datetime, *, new: frozenset[int] = frozenset()) -> None:
    """Append a link for each row, in their order, in the open transaction.

    The heads are locked first, in the order of the chains, so that those who append at the same
    moment make one chain and never wait for each other in a ring. ``new`` are chains of cases that
    this transaction opened: nobody else can see them.
    """
    append_committed(
        [(cadena, tipo, pk, commit_to(contenido)) for cadena, tipo, pk, contenido in filas],
        now,
        new=new,
    )


def append_committed(
    rows: Sequence[NewLink], now: datetime, *, new: frozenset[int] = frozenset()
) -> None:
    """The same for rows whose commitments were made before the transaction began."""
    if not rows:
        return
    cadenas = sorted({cadena for cadena, *_ in rows})
    heads = lock_heads(cadenas, new)
    links = list(make_links(rows, heads, now))
    ends = [{"cadena": pk, "secuencia": heads[pk][0], "hash": heads[pk][1]} for pk in cadenas]
    # One row as one row: what every entry of a bitácora costs.
    if len(links) == 1:
        insert_one(_ESLABONES, links[0])
    else:
        insert_many(_ESLABONES, links)
    if len(ends) == 1:
        put_one(_CABEZAS, ends[0])
    else:
        put_many(_CABEZAS, ends)


def lock_heads(cadenas: list[int], new: frozenset[int] = frozenset()) -> dict[int, tuple[int, str]]:
    """The heads of these chains, which nobody else can append to until the commit."""
    heads = heads_to_append(cadenas)
    missing = [cadena for cadena in cadenas if cadena not in heads]
    connection = db.session.connection()
    shared = [cadena for cadena in missing if cadena not in new]
    if shared and connection.dialect.name == "postgresql":
        # There is no row to lock yet, and two may be the first ones.
        first = [{"cadena": cadena, "secuencia": 0, "hash": GENESIS} for cadena in shared]
        connection.execute(_BEGIN_CHAIN, first)
        heads |= heads_to_append(shared)
    return {cadena: heads.get(cadena, (0, GENESIS)) for cadena in cadenas}
