"""Reading the log, its anchors and its proofs."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import closing
from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa

from app.anclaje.models import Ancla, HojaAncla, Nodo, SelloTiempo
from app.anclaje.rules import ChainHead, stamp_key
from app.anclaje.rules.merkle import consistency_proof, inclusion_proof
from app.custodia.rules import Anchored
from app.db import db
from app.jobs.models import Trabajo

_HEAD = (HojaAncla.cadena, HojaAncla.secuencia, HojaAncla.hash)
_NODE = sa.select(Nodo.hash).where(
    Nodo.nivel == sa.bindparam("nivel"), Nodo.indice == sa.bindparam("indice")
)
_ANCHORED = (
    sa.select(HojaAncla.secuencia, Ancla.id.label("numero"), Ancla.fecha)
    .join(Ancla)
    .where(HojaAncla.cadena == sa.bindparam("cadena"))
    .order_by(HojaAncla.indice.desc())
    .limit(1)
)


@dataclass(frozen=True)
class AnchoredUntil:
    """How far a chain is in the log."""

    secuencia: int
    numero: int
    fecha: date


@dataclass(frozen=True)
class InclusionProof:
    """That a chain's head is a leaf of an anchor."""

    ancla: Ancla
    indice: int
    head: ChainHead
    camino: list[str]
    sellos: list[SelloTiempo]


def stored_node(level: int, place: int) -> bytes:
    """The hash of a node that the log keeps."""
    values = {"nivel": level, "indice": place}
    return bytes.fromhex(db.session.connection().execute(_NODE, values).scalar_one())


def find_newest() -> Ancla | None:
    """The last anchor."""
    return db.session.scalars(sa.select(Ancla).order_by(Ancla.id.desc()).limit(1)).one_or_none()


def find_by_root(raiz: str) -> list[Ancla]:
    """The anchors with that root: several where nothing happened for some nights."""
    return list(db.session.scalars(sa.select(Ancla).where(Ancla.raiz == raiz).order_by(Ancla.id)))


def list_anclas(*, limit: int | None = None, before: int | None = None) -> list[Ancla]:
    """The anchors, newest first."""
    statement = sa.select(Ancla).order_by(Ancla.id.desc()).limit(limit)
    if before is not None:
        statement = statement.where(Ancla.id < before)
    return list(db.session.scalars(statement))


def list_dates() -> list[date]:
    """The nights that have an anchor."""
    return list(db.session.scalars(sa.select(Ancla.fecha).order_by(Ancla.fecha)))


def list_sellos(numeros: list[int]) -> dict[int, list[SelloTiempo]]:
    """The time stamps of those anchors."""
    found: dict[int, list[SelloTiempo]] = {numero: [] for numero in numeros}
    rows = sa.select(SelloTiempo).where(SelloTiempo.ancla_id.in_(numeros)).order_by(SelloTiempo.id)
    for sello in db.session.scalars(rows):
        found[sello.ancla_id].append(sello)
    return found


def has_sello(ancla_id: int, tsa: str) -> bool:
    """Whether that authority stamped that anchor already."""
    statement = sa.select(SelloTiempo.id).where(
        SelloTiempo.ancla_id == ancla_id, SelloTiempo.tsa == tsa
    )
    return db.session.scalar(statement) is not None


def list_failed_stamps(ancla_id: int, authorities: list[str]) -> dict[str, str]:
    """What each authority did wrong that was asked about an anchor and has not stamped it."""
    keys = {stamp_key(ancla_id, tsa): tsa for tsa in authorities if not has_sello(ancla_id, tsa)}
    rows = db.session.execute(
        sa.select(Trabajo.clave, Trabajo.error).where(
            Trabajo.clave.in_(keys), Trabajo.error.is_not(None)
        )
    )
    return {keys[row.clave]: row.error for row in rows}


def find_anchored_until(cadena: int) -> AnchoredUntil | None:
    """How far the chain of an oficio is anchored, for its page."""
    # On the connection: every page of a case asks, and needs no entity.
    row = db.session.connection().execute(_ANCHORED, {"cadena": cadena}).one_or_none()
    return AnchoredUntil(row.secuencia, row.numero, row.fecha) if row else None


def anchored_night(cadena: int) -> sa.Select[date]:
    """The last night whose anchor holds a chain, as a part of somebody else's statement."""
    return (
        sa.select(Ancla.fecha)
        .join(HojaAncla, HojaAncla.ancla_id == Ancla.id)
        .where(HojaAncla.cadena == cadena)
        .order_by(HojaAncla.indice.desc())
        .limit(1)
    )


def list_anchored(cadena: int) -> list[Anchored]:
    """Every head of a chain that was anchored: the answer to what custody asks."""
    rows = db.session.execute(
        sa.select(HojaAncla.secuencia, HojaAncla.hash, Ancla.id, Ancla.fecha)
        .join(Ancla)
        .where(HojaAncla.cadena == cadena)
        .order_by(HojaAncla.indice)
    )
    return [Anchored(*row) for row in rows]


def read_last_heads() -> dict[int, ChainHead]:
    """The newest leaf of each chain."""
    newest = sa.select(sa.func.max(HojaAncla.indice)).group_by(HojaAncla.cadena).scalar_subquery()
    rows = db.session.execute(
        sa.select(HojaAncla.cadena, HojaAncla.secuencia, HojaAncla.hash).where(
            HojaAncla.indice.in_(newest)
        )
    )
    return {row.cadena: ChainHead(*row) for row in rows}


def iter_leaves() -> Generator[tuple[int, int, ChainHead], None, None]:
    """Index, anchor and head of each leaf, in order, without holding all of them."""
    rows = db.session.execute(
        sa.select(
            HojaAncla.indice,
            HojaAncla.ancla_id,
            HojaAncla.cadena,
            HojaAncla.secuencia,
            HojaAncla.hash,
        )
        .order_by(HojaAncla.indice)
        .execution_options(yield_per=2000)
    )
    with closing(rows):  # whoever stops halfway closes this
        for row in rows:
            yield row.indice, row.ancla_id, ChainHead(row.cadena, row.secuencia, row.hash)


def iter_nodes() -> Generator[tuple[int, int, str], None, None]:
    """Level, place and hash of each stored node, in the order in which they became full."""
    rows = db.session.execute(
        sa.select(Nodo.nivel, Nodo.indice, Nodo.hash)
        .order_by((Nodo.indice + 1).bitwise_lshift(Nodo.nivel), Nodo.nivel)
        .execution_options(yield_per=2000)
    )
    with closing(rows):  # whoever stops halfway closes this
        for row in rows:
            yield row.nivel, row.indice, row.hash


def find_proof(cadena: int, *, secuencia: int) -> InclusionProof | None:
    """The proof for the first anchored head that covers a link; None while there is none."""
    hoja = db.session.scalars(
        sa.select(HojaAncla)
        .where(HojaAncla.cadena == cadena, HojaAncla.secuencia >= secuencia)
        .order_by(HojaAncla.indice)
        .limit(1)
    ).one_or_none()
    return None if hoja is None else _prove(hoja)


def find_night(cadena: int, *, secuencia: int) -> date | None:
    """The night of the first anchor that covers a link; None while there is none."""
    return db.session.scalar(
        sa.select(Ancla.fecha)
        .join(HojaAncla)
        .where(HojaAncla.cadena == cadena, HojaAncla.secuencia >= secuencia)
        .order_by(HojaAncla.indice)
        .limit(1)
    )


def find_newest_proof(cadena: int) -> InclusionProof | None:
    """The proof for the newest anchored head of a chain."""
    hoja = db.session.scalars(
        sa.select(HojaAncla)
        .where(HojaAncla.cadena == cadena)
        .order_by(HojaAncla.indice.desc())
        .limit(1)
    ).one_or_none()
    return None if hoja is None else _prove(hoja)


def _prove(hoja: HojaAncla) -> InclusionProof:
    ancla = db.session.get_one(Ancla, hoja.ancla_id)
    path = inclusion_proof(hoja.indice, ancla.tamano, stored_node)
    return InclusionProof(
        ancla,
        hoja.indice,
        hoja.head,
        [step.hex() for step in path],
        list_sellos([ancla.id])[ancla.id],
    )


def prove_growth(first: Ancla, second: Ancla) -> list[str]:
    """That the later anchor holds all of the earlier one.

    Raises:
        ValueError: the earlier one has no leaves, or is the later one.
    """
    path = consistency_proof(first.tamano, second.tamano, stored_node)
    return [step.hex() for step in path]
