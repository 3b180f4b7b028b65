"""Anchoring the chains each night, and telling whether the log and the chains still agree."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime

import sqlalchemy as sa

from app.ajustes.queries import is_demo
from app.anclaje.models import Ancla, HojaAncla, Nodo, SelloTiempo
from app.anclaje.outside.tsa import GottenStamp, find_flaw, list_authorities
from app.anclaje.queries import (
    find_newest,
    has_sello,
    iter_leaves,
    iter_nodes,
    list_anclas,
    list_sellos,
    read_last_heads,
    stored_node,
)
from app.anclaje.rules import STAMP_JOB, ChainHead, due_night, stamp_key
from app.anclaje.rules.merkle import Coordinates, leaf_hash, new_nodes, root_hash
from app.core.dates import format_fecha
from app.custodia.queries import list_chains, list_heads
from app.db import db
from app.jobs.queue import enqueue

logger = logging.getLogger(__name__)

#: Each costs three starts of openssl; an older one is checked with the ZIP's program.
_SIGNATURES_CHECKED = 30
_HOJAS = sa.insert(HojaAncla.metadata.tables[HojaAncla.__tablename__])
_NODOS = sa.insert(Nodo.metadata.tables[Nodo.__tablename__])


def anchor(now: datetime) -> Ancla | None:
    """Append the heads that moved since the last anchor, and keep the root of the night.

    Nothing is done when that night has its anchor. A night in which nothing moved has one too, so
    that a missing one says something. Its time stamps are ordered in the same transaction.
    """
    night = due_night(now)
    last = find_newest()
    if last is not None and last.fecha >= night:
        return None
    numero, size = (last.id + 1, last.tamano) if last else (1, 0)
    known = read_last_heads()
    moved = [
        head for head in (ChainHead(*row) for row in list_heads()) if known.get(head.cadena) != head
    ]
    nodes: dict[tuple[int, int], bytes] = {}

    def node(level: int, place: int) -> bytes:
        return nodes.get((level, place)) or stored_node(level, place)

    for index, head in enumerate(moved, size):
        for level, place, digest in new_nodes(index, leaf_hash(head.text.encode()), node):
            nodes[level, place] = digest
    size += len(moved)
    ancla = Ancla(
        id=numero, fecha=night, tamano=size, raiz=root_hash(size, node).hex(), created_at=now
    )
    db.session.add(ancla)
    db.session.flush()
    if moved:
        first = size - len(moved)
        db.session.execute(
            _HOJAS,
            [
                {"indice": index, "ancla_id": numero, **vars(head)}
                for index, head in enumerate(moved, first)
            ],
        )
        db.session.execute(
            _NODOS,
            [
                {"nivel": level, "indice": place, "hash": digest.hex()}
                for (level, place), digest in nodes.items()
            ],
        )
    for tsa in list_authorities():
        enqueue(
            STAMP_JOB,
            key=stamp_key(numero, tsa),
            now=now,
            args={"ancla": numero, "tsa": tsa},
        )
    # The log is kept apart from the database: whoever changes both leaves a trace here.
    level = logging.DEBUG if is_demo() else logging.INFO
    logger.log(level, "ancla %s size=%s root=%s", numero, size, ancla.raiz)
    return ancla


def keep_stamp(ancla: Ancla, tsa: str, stamp: GottenStamp, now: datetime) -> None:
    """Store what an authority answered, once."""
    if has_sello(ancla.id, tsa):
        return
    db.session.add(
        SelloTiempo(
            ancla_id=ancla.id,
            tsa=tsa,
            respuesta=stamp.answer,
            sellado_at=stamp.moment,
            firmante=stamp.signer[:255],
            created_at=now,
        )
    )
    db.session.flush()


def check_log() -> list[str]:
    """What is wrong with the log itself, and which chains it knew are gone; sentences.

    The answer to what custody asks. It makes every hash anew from the leaves.
    """
    anclas = list_anclas()[::-1]
    return [*_check_tree(anclas), *_check_stamps(anclas), *_check_chains()]


def _check_tree(anclas: list[Ancla]) -> list[str]:
    """Leaves, nodes and roots against each other, in one walk that holds a few hashes."""
    with closing(iter_leaves()) as leaves, closing(iter_nodes()) as stored:
        try:
            _walk_tree(anclas, leaves, stored)
        except _Flaw as flaw:
            return [str(flaw)]
    return []


class _Flaw(Exception):
    """Something in the log is not what it was; what comes after it follows from it."""


def _walk_tree(
    anclas: list[Ancla],
    leaves: Iterator[tuple[int, int, ChainHead]],
    stored: Iterator[tuple[int, int, str]],
) -> None:
    # Nodes that no larger one covers yet: as many as the size has bits.
    nodes: dict[Coordinates, bytes] = {}
    size = 0
    for numero, ancla in enumerate(anclas, 1):
        named = f"el ancla {ancla.id} ({format_fecha(ancla.fecha)})"
        if ancla.id != numero:
            raise _Flaw(f"Falta el ancla {numero}, antes de {named}.")
        while size < ancla.tamano:
            indice, ancla_id, head = next(leaves, (None, None, None))
            if head is None or indice != size:
                raise _Flaw(f"Falta la hoja {size} del registro, que {named} cuenta.")
            if ancla_id != numero:
                raise _Flaw(f"La hoja {size} del registro no es de la noche que dice.")
            _add_leaf(size, head, nodes, stored)
            size += 1
        if size != ancla.tamano or root_hash(size, lambda *where: nodes[where]).hex() != ancla.raiz:
            raise _Flaw(f"La raíz que guarda {named} no es la de sus hojas.")
    if next(leaves, None) is not None or next(stored, None) is not None:
        raise _Flaw("El registro de anclas tiene hojas que ningún ancla nombra.")


def _add_leaf(
    size: int,
    head: ChainHead,
    nodes: dict[Coordinates, bytes],
    stored: Iterator[tuple[int, int, str]],
) -> None:
    """Make the nodes anew that this leaf makes full, and compare them with the stored ones."""
    leaf = leaf_hash(head.text.encode())
    for level, place, digest in list(new_nodes(size, leaf, lambda *where: nodes[where])):
        if next(stored, None) != (level, place, digest.hex()):
            raise _Flaw(f"La hoja {size} del registro, o el árbol sobre ella, fue cambiada.")
        if level:
            # The one on its right was never needed alone.
            del nodes[level - 1, place * 2]
            nodes.pop((level - 1, place * 2 + 1), None)
        nodes[level, place] = digest


def _check_stamps(anclas: list[Ancla]) -> list[str]:
    """Each stamp against its root; who signed is asked of openssl for the newest alone."""
    sellos = list_sellos([ancla.id for ancla in anclas])
    return [
        f"El sello de tiempo del ancla {ancla.id} ({format_fecha(ancla.fecha)}, {sello.tsa}) no "
        f"vale: {flaw}."
        for ancla in anclas
        for sello in sellos[ancla.id]
        if (
            flaw := find_flaw(
                sello.respuesta,
                ancla.imprint,
                with_signature=ancla.id > len(anclas) - _SIGNATURES_CHECKED,
            )
        )
    ]


def _check_chains() -> list[str]:
    """The chains of which the log knows more than there is now."""
    there = list_chains()
    return [
        f"La cadena {head.cadena} llegaba al eslabón {head.secuencia} cuando se ancló, y ya no "
        "está."
        for head in read_last_heads().values()
        if head.cadena not in there
    ]
