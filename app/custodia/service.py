"""Sealing what happens to an oficio, and telling whether it still is as it was sealed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from app.ajustes.queries import find_setting
from app.ajustes.service import set_setting
from app.custodia.models import Cabeza, Eslabon, Revision
from app.custodia.queries import OFICIOS, find_head, find_review, list_links, list_oficio_ids
from app.custodia.queries.sealed_sources import list_sources, row_label
from app.custodia.rules import (
    GENESIS,
    ChainProblem,
    Hallazgo,
    Sello,
    check_chain,
    differences,
    make_sello,
)
from app.db import db, release

#: Set once what was there before the chains existed has been sealed.
_BEGUN = "custodia_desde"
#: Not a key lock: rows that point to the oficio may be inserted meanwhile.
_LOCK = (
    sa.select(OFICIOS.c.id)
    .where(OFICIOS.c.id == sa.bindparam("oficio_id"))
    .with_for_update(key_share=True)
)
# Built once, on the tables themselves: an import appends thousands of links in one transaction.
_APPEND = sa.insert(Eslabon.metadata.tables[Eslabon.__tablename__])


def _note_head(insert: Any) -> Any:
    statement = insert(Cabeza.metadata.tables[Cabeza.__tablename__])
    return statement.on_conflict_do_update(
        index_elements=["oficio_id"],
        set_={"secuencia": statement.excluded.secuencia, "hash": statement.excluded.hash},
    )


_NOTE_HEAD = {"postgresql": _note_head(postgresql.insert), "sqlite": _note_head(sqlite.insert)}


@dataclass(frozen=True)
class Verificacion:
    """What was found about one oficio."""

    oficio_id: int
    links: list[Sello]
    problemas: list[ChainProblem]


def seal(
    oficio_id: int, tipo: str, fila_id: int, content: Mapping[str, Any], now: datetime
) -> None:
    """Append a link for a row as it is now, in the transaction of what changed the row.

    The oficio is locked first, so that those who write at the same moment make one chain.
    """
    seal_all(oficio_id, [(tipo, fila_id, content)], now)


def seal_all(
    oficio_id: int, rows: Sequence[tuple[str, int, Mapping[str, Any]]], now: datetime
) -> None:
    """Append a link for each row (kind, id, content), in their order."""
    if not rows:
        return
    db.session.flush()
    connection = db.session.connection()
    if _is_postgresql():
        connection.execute(_LOCK, {"oficio_id": oficio_id})
    previous = find_head(oficio_id) or (0, GENESIS)
    links = []
    for tipo, fila_id, content in rows:
        link = make_sello(oficio_id, tipo, fila_id, content, previous, now)
        links.append(vars(link))
        previous = (link.secuencia, link.hash)
    connection.execute(_APPEND, links)
    note = _NOTE_HEAD["postgresql" if _is_postgresql() else "sqlite"]
    connection.execute(
        note, {"oficio_id": oficio_id, "secuencia": previous[0], "hash": previous[1]}
    )


def begin(now: datetime) -> int:
    """Seal once what was there before there were chains. Returns how many rows that were.

    It does nothing the second time: a row that comes without a seal later was not written by the
    application, and stays a finding.
    """
    if find_setting(_BEGUN) is not None:
        return 0
    count = 0
    for oficio_id in list_oficio_ids():
        sealed = {(link.tipo, link.fila_id) for link in list_links(oficio_id)}
        rows = [
            (source.tipo, fila_id, content)
            for source in list_sources()
            for fila_id, content in source.load(oficio_id)
            if (source.tipo, fila_id) not in sealed
        ]
        seal_all(oficio_id, rows, now)
        count += len(rows)
    set_setting(_BEGUN, now.isoformat())
    return count


def verify(oficio_id: int) -> Verificacion:
    """Compare an oficio with its chain, in one view of the database. Changes nothing.

    Call it outside ``transaction()``.
    """
    with _snapshot():
        links = list_links(oficio_id)
        head = find_head(oficio_id)
        problems = check_chain(links, head)
        problems += _check_review(links, find_review(oficio_id))
        newest = {(link.tipo, link.fila_id): link for link in links}
        for source in list_sources():
            for fila_id, content in source.load(oficio_id):
                link = newest.pop((source.tipo, fila_id), None)
                problems += _check_row(source.tipo, fila_id, content, link)
        known = {source.tipo for source in list_sources()}
        problems += [
            ChainProblem(
                Hallazgo.FALTA,
                f"Ya no está {row_label(tipo)} n.º {fila_id}, que se selló en el eslabón "
                f"{link.secuencia}.",
                link.secuencia,
                tipo,
                fila_id,
            )
            for (tipo, fila_id), link in newest.items()
            if tipo in known
        ]
    return Verificacion(oficio_id, links, problems)


def store_review(found: Verificacion, *, now: datetime) -> None:
    """Keep the outcome for the mark on the case page.

    How far the chain went is only noted when all was well: what is missing stays missed.
    """
    if db.session.scalar(sa.select(OFICIOS.c.id).where(OFICIOS.c.id == found.oficio_id)) is None:
        return
    last = found.links[-1] if found.links else None
    row = db.session.get(Revision, found.oficio_id)
    if row is None:
        row = Revision(oficio_id=found.oficio_id, secuencia=0, hash=GENESIS)
        db.session.add(row)
    row.revisada_at = now
    row.problemas = [problem.as_json() for problem in found.problemas]
    if not found.problemas and last is not None:
        row.secuencia, row.hash = last.secuencia, last.hash
    db.session.flush()


def _check_row(
    tipo: str, fila_id: int, content: Mapping[str, Any], link: Sello | None
) -> list[ChainProblem]:
    name = f"{row_label(tipo)} n.º {fila_id}"
    if link is None:
        text = f"Nadie selló {name}: no la escribió Rastro."
        return [ChainProblem(Hallazgo.SIN_SELLO, text, None, tipo, fila_id)]
    try:
        changed = differences(link.contenido, content)
    except ValueError:
        return []  # the seal itself was changed, which the chain tells
    if not changed:
        return []
    text = f"Se cambió {name}: {'; '.join(changed)}."
    return [ChainProblem(Hallazgo.ALTERADO, text, link.secuencia, tipo, fila_id)]


def _check_review(links: list[Sello], review: Revision | None) -> list[ChainProblem]:
    """A chain that was whole once must still begin with what it was then."""
    if review is None or review.secuencia == 0:
        return []
    if any((link.secuencia, link.hash) == (review.secuencia, review.hash) for link in links):
        return []
    text = (
        f"El eslabón {review.secuencia} no es el que se vio en la revisión en que todo estaba bien."
    )
    return [ChainProblem(Hallazgo.ALTERADO, text, review.secuencia)]


@contextmanager
def _snapshot() -> Iterator[None]:
    """See the database as it is at one moment: what is written meanwhile is no finding."""
    release()
    if _is_postgresql():
        db.session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
    try:
        yield
    finally:
        release()


def _is_postgresql() -> bool:
    return db.engine.dialect.name == "postgresql"
