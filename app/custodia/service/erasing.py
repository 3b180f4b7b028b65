"""Erasing what a law orders to erase, so that the chains still hold."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

import sqlalchemy as sa

from app.custodia.models import Eslabon, Revision
from app.custodia.queries import parts
from app.custodia.queries.sealed_sources import find_source
from app.custodia.rules import ERASURE, TOMB_START, UNSALTED, canonical
from app.custodia.service.appending import Fila, append, lock_heads
from app.custodia.service.collecting import touch
from app.db import append_only_door, db


def erase_sealed(tipo: str, fila_ids: Collection[int], *, reason: str, now: datetime) -> int:
    """Destroy what links hold of these rows of a kind; returns how many links that were.

    Content and salt of every link go. A link «borrado por ley» in the same chain names those links
    and the reason (the number of a request, or a rule; no personal data). Change or remove the rows
    themselves in the same transaction, before or after: as they are when it commits, they are
    sealed. Links without a salt, of version 0.1, keep a hash from which a content could
    be guessed by whoever knows nearly all of it.

    Raises:
        KeyError: no model declares that kind.
    """
    source = find_source(tipo)
    if source is None:
        raise KeyError(tipo)
    db.session.flush()
    count = 0
    for part in parts(sorted(fila_ids)):
        count += _erase(tipo, part, reason, now)
        touch(source.model, list(part), removed=reason, tipo=tipo)
    return count


def count_unsalted(tipo: str, fila_ids: Collection[int]) -> int:
    """How many links with content of these rows have no salt: those of version 0.1."""
    return sum(
        db.session.scalar(
            sa.select(sa.func.count()).where(
                Eslabon.tipo == tipo,
                Eslabon.fila_id.in_(part),
                Eslabon.formato == UNSALTED,
                Eslabon.contenido.is_not(None),
            )
        )
        or 0
        for part in parts(sorted(fila_ids))
    )


def _erase(tipo: str, fila_ids: Collection[int], reason: str, now: datetime) -> int:
    named = (Eslabon.tipo == tipo, Eslabon.fila_id.in_(fila_ids), Eslabon.contenido.is_not(None))
    # What says that a row was removed says nothing of a person.
    chosen = sa.and_(*named, ~Eslabon.contenido.startswith(TOMB_START, autoescape=True))
    lock_heads(sorted(db.session.scalars(sa.select(Eslabon.cadena).where(chosen).distinct())))
    found: dict[int, list[tuple[int, int]]] = {}
    statement = sa.select(Eslabon.cadena, Eslabon.secuencia, Eslabon.fila_id).where(chosen)
    for row in db.session.execute(statement.order_by(Eslabon.cadena, Eslabon.secuencia)):
        found.setdefault(row.cadena, []).append((row.secuencia, row.fila_id))
    tombs: list[Fila] = []
    for cadena, links in found.items():
        numbers = [number for number, _pk in links]
        with append_only_door(db.session.connection()):
            for part in parts(numbers):
                db.session.execute(
                    sa.update(Eslabon)
                    .where(Eslabon.cadena == cadena, Eslabon.secuencia.in_(part))
                    .values(contenido=None, sal=None)
                    .execution_options(synchronize_session=False)
                )
        rows = sorted({pk for _number, pk in links})
        content = {"eslabones": numbers, "filas": rows, "motivo": reason, "tipo": tipo}
        tombs.append((cadena, ERASURE, 0, canonical(content)))
    append(tombs, now)
    _forget_findings(tipo, set(fila_ids), list(found))
    return sum(len(links) for links in found.values())


def _forget_findings(tipo: str, fila_ids: set[int], cadenas: list[int]) -> None:
    """A finding quotes what a row said; the next verification finds it again without."""
    for part in parts(cadenas):
        for review in db.session.scalars(sa.select(Revision).where(Revision.cadena.in_(part))):
            review.problemas = [
                {**one, "texto": "El detalle de este hallazgo se borró por ley."}
                if one.get("tipo") == tipo and one.get("fila_id") in fila_ids
                else one
                for one in review.problemas
            ]
    db.session.flush()
