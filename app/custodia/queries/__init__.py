"""Reading chains and their reviews."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime
from typing import Any, NamedTuple, TypeVar

import sqlalchemy as sa

from app.core.sealed import OFFICE_CHAIN
from app.custodia.models import Cabeza, Eslabon, Revision
from app.custodia.rules import Anchored, Sello
from app.db import db, prepared
from app.feature import asked_above

Key = TypeVar("Key")

#: The table of a feature above this one: only its key is of interest here.
OFICIOS = sa.table("oficios", sa.column("id", sa.Integer))
#: So many keys stand in one question.
AT_ONCE = 500
_COLUMNS = [getattr(Eslabon, name) for name in Sello.__dataclass_fields__]
_HEADS = sa.select(Cabeza.cadena, Cabeza.secuencia, Cabeza.hash).where(
    Cabeza.cadena.in_(sa.bindparam("cadenas", expanding=True))
)
_HEADS_TO_APPEND = _HEADS.order_by(Cabeza.cadena).with_for_update(key_share=True)
_HEAD_TO_APPEND = (
    sa.select(Cabeza.cadena, Cabeza.secuencia, Cabeza.hash)
    .where(Cabeza.cadena == sa.bindparam("cadena"))
    .with_for_update(key_share=True)
)
_TABLE = Eslabon.metadata.tables[Eslabon.__tablename__]
_LINKS_OF_ROWS = (
    sa.select(*(_TABLE.c[name] for name in Sello.__dataclass_fields__))
    .where(
        _TABLE.c.tipo == sa.bindparam("tipo"),
        _TABLE.c.fila_id.in_(sa.bindparam("filas", expanding=True)),
    )
    # A row that came back under another's id, or in another chain, was sealed later.
    .order_by(_TABLE.c.id)
)


def parts(keys: Sequence[Key]) -> Iterator[Sequence[Key]]:
    """Keys in parts that fit into one question."""
    for start in range(0, len(keys), AT_ONCE):
        yield keys[start : start + AT_ONCE]


def find_heads(cadenas: Sequence[int]) -> dict[int, tuple[int, str]]:
    """The number and the hash of each chain's last link, as the application left them."""
    return _read_heads(_HEADS, cadenas)


def heads_to_append(cadenas: Sequence[int]) -> dict[int, tuple[int, str]]:
    """The same, and nobody else can append to them until the commit."""
    if len(cadenas) != 1:
        return _read_heads(_HEADS_TO_APPEND, cadenas)
    # One chain by a statement whose text stays the same: a part of what every change costs.
    rows = db.session.connection().execute(_HEAD_TO_APPEND, {"cadena": cadenas[0]})
    return {row.cadena: (row.secuencia, row.hash) for row in rows}


def _read_heads(
    statement: sa.Select[int, int, str], cadenas: Sequence[int]
) -> dict[int, tuple[int, str]]:
    # On the connection: it is asked in every transaction, and needs nothing of the session.
    connection = db.session.connection()
    return {
        row.cadena: (row.secuencia, row.hash)
        for part in parts(cadenas)
        for row in connection.execute(statement, {"cadenas": part})
    }


def list_links(cadena: int) -> list[Sello]:
    """A chain, by number."""
    return list_links_of([cadena])[cadena]


def list_links_of(cadenas: Collection[int]) -> dict[int, list[Sello]]:
    """Several chains, each by number."""
    statement = sa.select(*_COLUMNS).where(Eslabon.cadena.in_(cadenas))
    rows = db.session.execute(statement.order_by(Eslabon.cadena, Eslabon.secuencia))
    links: dict[int, list[Sello]] = {cadena: [] for cadena in cadenas}
    for row in rows:
        links[row.cadena].append(Sello(*row))
    return links


def iterate_links(cadena: int, *, size: int = 1000) -> Iterator[Sello]:
    """A chain of any length, by number, in parts."""
    last = 0
    while True:
        statement = (
            sa.select(*_COLUMNS)
            .where(Eslabon.cadena == cadena, Eslabon.secuencia > last)
            .order_by(Eslabon.secuencia)
            .limit(size)
        )
        part = [Sello(*row) for row in db.session.execute(statement)]
        yield from part
        if len(part) < size:
            return
        last = part[-1].secuencia


def newest_links(tipo: str, fila_ids: Collection[int]) -> dict[int, Sello]:
    """The last link of each of these rows of a kind."""
    # On the connection, by a statement that was built once: a part of what every change costs.
    values = {"tipo": tipo, "filas": list(fila_ids)}
    rows = db.session.connection().execute(_LINKS_OF_ROWS, values)
    return {row.fila_id: Sello(*row) for row in rows}


def has_hash(cadena: int, value: str) -> bool:
    """Whether any link of a chain has that hash."""
    statement = sa.select(Eslabon.id).where(Eslabon.cadena == cadena, Eslabon.hash == value)
    return db.session.scalar(statement.limit(1)) is not None


def list_chain_ids() -> list[int]:
    """The office's chain, every oficio's, and those whose oficio is gone."""
    statement = sa.union(
        sa.select(sa.literal(OFFICE_CHAIN).label("id")),
        sa.select(OFICIOS.c.id),
        sa.select(Cabeza.cadena),
    )
    return list(db.session.scalars(statement.order_by("id")))


class SeenReview(NamedTuple):
    """The outcome of the last verification of a chain, as pages show it."""

    revisada_at: datetime
    secuencia: int
    hash: str
    problemas: list[dict[str, Any]]

    @property
    def is_intact(self) -> bool:
        """Whether nothing was found."""
        return not self.problemas


def find_review(cadena: int) -> SeenReview | None:
    """The outcome of the last verification, for the mark on the case page."""
    row = _review.rows(cadena=cadena).one_or_none()
    return None if row is None else SeenReview(*row)


@prepared
def _review(cadena: Any) -> sa.Select:
    columns = (getattr(Revision, name) for name in SeenReview._fields)
    return sa.select(*columns).where(Revision.cadena == cadena)


def list_heads() -> list[tuple[int, int, str]]:
    """Chain, last number and hash of every chain, as the application left them."""
    rows = db.session.execute(
        sa.select(Cabeza.cadena, Cabeza.secuencia, Cabeza.hash).order_by(Cabeza.cadena)
    )
    return [(row.cadena, row.secuencia, row.hash) for row in rows]


def list_chains() -> set[int]:
    """Every chain that has links."""
    return set(db.session.scalars(sa.select(Eslabon.cadena).distinct()))


@asked_above
def list_anchored(cadena: int) -> list[Anchored]:
    """Every end of a chain that was anchored; nobody anchors without the feature."""
    return []


@asked_above
def check_witness() -> list[str]:
    """What is wrong with the anchors themselves, in sentences."""
    return []
