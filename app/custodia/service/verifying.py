"""Telling whether what a chain sealed still is as it was."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from app.core.sealed import OFFICE_CHAIN
from app.custodia.models import Cabeza, Revision
from app.custodia.queries import (
    OFICIOS,
    find_heads,
    find_review,
    has_hash,
    iterate_links,
    list_anchored,
    list_links_of,
    newest_links,
    parts,
)
from app.custodia.queries.sealed_rows import (
    iterate_rows,
    list_gone,
    read_chains,
    read_rows,
)
from app.custodia.queries.sealed_sources import SealSource, list_sources, row_label
from app.custodia.rules import (
    GENESIS,
    ChainCheck,
    ChainProblem,
    Hallazgo,
    Sello,
    differences,
    is_tomb,
)
from app.custodia.service.beginning import is_beginning
from app.custodia.service.settling import check_settled
from app.db import db, release

#: So many links are held in memory at once, unless one oficio has more.
_AT_ONCE = 5_000
#: So many of the newest links of a long chain are given back.
_SHOWN = 100


@dataclass(frozen=True)
class Verificacion:
    """What was found about one chain."""

    cadena: int
    #: All of an oficio's; the newest of the office's.
    links: list[Sello]
    problemas: list[ChainProblem]
    #: Number and hash of the last link; (0, …) without any.
    last: tuple[int, str]


def verify(cadena: int) -> Verificacion:
    """Compare an oficio, or what belongs to none, with its chain, in one view of the database.

    Changes nothing. Call it outside ``transaction()``.
    """
    (found,) = verify_all([cadena])
    return found


def verify_all(cadenas: Collection[int]) -> Iterator[Verificacion]:
    """The same for several chains: small ones together, long ones piece by piece."""
    for part in _batches(cadenas):
        with _snapshot():
            found = [_verify_long(part[0])] if part == [OFFICE_CHAIN] else _verify_small(part)
        yield from found


def store_review(found: Verificacion, *, now: datetime) -> None:
    """Keep the outcome for the mark on the case page.

    How far the chain went is only noted when all was well: what is missing stays missed.
    """
    there = sa.union_all(
        sa.select(OFICIOS.c.id).where(OFICIOS.c.id == found.cadena),
        sa.select(Cabeza.cadena).where(Cabeza.cadena == found.cadena),
    )
    if found.cadena != OFFICE_CHAIN and db.session.execute(there).first() is None:
        return
    row = db.session.get(Revision, found.cadena)
    if row is None:
        row = Revision(cadena=found.cadena, secuencia=0, hash=GENESIS)
        db.session.add(row)
    row.revisada_at = now
    row.problemas = [problem.as_json() for problem in found.problemas]
    if not found.problemas and found.last[0]:
        row.secuencia, row.hash = found.last
    db.session.flush()


def _batches(cadenas: Collection[int]) -> Iterator[list[int]]:
    """Chains in parts that fit into memory; the office's by itself."""
    if OFFICE_CHAIN in cadenas:
        yield [OFFICE_CHAIN]
    for part in parts([cadena for cadena in cadenas if cadena != OFFICE_CHAIN]):
        heads = find_heads(part)
        batch: list[int] = []
        held = 0
        for cadena in part:
            length = heads.get(cadena, (0, ""))[0]
            if batch and held + length > _AT_ONCE:
                yield batch
                batch, held = [], 0
            batch.append(cadena)
            held += length
        yield batch


def _verify_small(cadenas: list[int]) -> list[Verificacion]:
    """Compare chains that fit into memory."""
    heads, links = find_heads(cadenas), list_links_of(cadenas)
    checks = {}
    newest: dict[tuple[int, str, int], Sello] = {}
    for cadena in cadenas:
        hashes = {link.hash for link in links[cadena]}
        check = checks[cadena] = ChainCheck(heads.get(cadena), hashes.__contains__)
        for link in links[cadena]:
            check.read(link)
            newest[cadena, link.tipo, link.fila_id] = link
        check.end()
        _check_review(check, cadena, hashes.__contains__)
        _check_anchored(check, cadena, hashes.__contains__)
    beginning = is_beginning()
    sources = {source.tipo: source for source in list_sources()}
    for source in sources.values():
        for cadena, pk, content in read_chains(source, cadenas):
            known = newest.pop((cadena, source.tipo, pk), None)
            if known is not None or not beginning:
                _check_row(checks[cadena], source, pk, content, known)
    for (cadena, tipo, _pk), left in newest.items():
        if tipo in sources:
            _check_gone(checks[cadena], left)
    return [
        Verificacion(cadena, links[cadena], checks[cadena].problems, checks[cadena].last)
        for cadena in cadenas
    ]


def _verify_long(cadena: int) -> Verificacion:
    """Compare a chain of any length, a piece at a time."""
    check = ChainCheck(find_heads([cadena]).get(cadena), lambda value: has_hash(cadena, value))
    shown: deque[Sello] = deque(maxlen=_SHOWN)
    for link in iterate_links(cadena):
        check.read(link)
        shown.append(link)
    check.end()
    _check_review(check, cadena, lambda value: has_hash(cadena, value))
    _check_anchored(check, cadena, lambda value: has_hash(cadena, value))
    beginning = is_beginning()
    for source in list_sources():
        if not source.may_be_in(cadena):
            continue
        for ids in iterate_rows(source, cadena=cadena):
            newest = newest_links(source.tipo, ids)
            for _own, pk, content in read_rows(source, ids):
                known = newest.get(pk)
                if known is not None or not beginning:
                    _check_row(check, source, pk, content, known)
        gone = sorted(list_gone(source, [cadena]))
        for part in parts(gone):
            for left in newest_links(source.tipo, part).values():
                _check_gone(check, left)
    check.problems += check_settled()
    return Verificacion(cadena, list(shown), check.problems, check.last)


def _check_row(
    check: ChainCheck, source: SealSource, fila_id: int, content: str, link: Sello | None
) -> None:
    """Compare a row with its newest link."""
    name, tipo = f"{row_label(source.tipo)} n.º {fila_id}", source.tipo
    if link is None:
        text = f"Nadie selló {name}: no la escribió Rastro."
        check.problems.append(ChainProblem(Hallazgo.SIN_SELLO, text, None, tipo, fila_id))
        return
    if link.contenido is None:
        text = f"Se cambió {name}: lo que se selló se borró por ley y la fila volvió a aparecer."
    elif is_tomb(link.contenido):
        text = f"Volvió a aparecer {name}, que se retiró según el eslabón {link.secuencia}."
    else:
        try:
            changed = differences(link.contenido, content)
        except ValueError:
            return  # the seal itself was changed, which the chain tells
        if not changed:
            return
        text = f"Se cambió {name}: {'; '.join(changed)}."
    check.problems.append(ChainProblem(Hallazgo.ALTERADO, text, link.secuencia, tipo, fila_id))


def _check_gone(check: ChainCheck, link: Sello) -> None:
    """Tell of a row that is not there although no tomb says that it was removed."""
    if is_tomb(link.contenido) or (link.contenido is None and check.is_erased(link.secuencia)):
        return
    text = (
        f"Ya no está {row_label(link.tipo)} n.º {link.fila_id}, que se selló en el eslabón "
        f"{link.secuencia}."
    )
    check.problems.append(
        ChainProblem(Hallazgo.FALTA, text, link.secuencia, link.tipo, link.fila_id)
    )


def _check_review(check: ChainCheck, cadena: int, has_hash: Callable[[str], bool]) -> None:
    """A chain that was whole once must still begin with what it was then."""
    review = find_review(cadena)
    if review is None or review.secuencia == 0 or has_hash(review.hash):
        return
    text = (
        f"El eslabón {review.secuencia} no es el que se vio en la revisión en que todo estaba bien."
    )
    check.problems.append(ChainProblem(Hallazgo.ALTERADO, text, review.secuencia))


def _check_anchored(check: ChainCheck, cadena: int, has_hash: Callable[[str], bool]) -> None:
    """A chain must hold every end that it was anchored with.

    One that was made anew from its beginning is sound in itself; what was anchored tells. The first
    end that is missing is named, those after it follow from it.
    """
    for one in list_anchored(cadena):
        if not has_hash(one.hash):
            text = (
                f"El eslabón {one.secuencia} no es el que se ancló en la noche del "
                f"{one.fecha:%d-%m-%Y} (ancla {one.numero}): la cadena fue escrita de nuevo."
            )
            check.problems.append(ChainProblem(Hallazgo.ALTERADO, text, one.secuencia))
            return


@contextmanager
def _snapshot() -> Iterator[None]:
    """See the database as it is at one moment: what is written meanwhile is no finding."""
    release()
    if db.engine.dialect.name == "postgresql":
        db.session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
    try:
        yield
    finally:
        release()
