"""Disclosures as their seals hold them, and those seals."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from app.auditoria.models import Divulgacion, DivulgacionCaso
from app.custodia.models import SelloDivulgaciones
from app.custodia.rules import DIGESTS, SETTLED, canonical
from app.db import db

_TABLE = Divulgacion.metadata.tables[Divulgacion.__tablename__]
_CASES = DivulgacionCaso.metadata.tables[DivulgacionCaso.__tablename__]
#: What is sealed of a row. A column that is added later would contradict every seal: leave it out.
_NAMES = (
    *("id", "canal", "que", "destinatario", "base", "oficio_id", "buffet_id", "usuario_id"),
    *("cantidad", "clave", "created_at", "lugar", "equipo"),
)
_ROWS = sa.select(*(_TABLE.c[name] for name in _NAMES)).order_by(_TABLE.c.id)
_NAMED = sa.select(_CASES.c.divulgacion_id, _CASES.c.oficio_id).order_by(_CASES.c.oficio_id)


@dataclass(frozen=True)
class DisclosureRow:
    """A disclosure, and its content with the cases that it names."""

    id: int
    created_at: datetime
    contenido: str


def list_settled(after: int, now: datetime) -> list[DisclosureRow]:
    """The next disclosures to seal: by their numbers, up to the first that is too young.

    Nobody else changes them until the commit.
    """
    statement = _ROWS.where(_TABLE.c.id > after).limit(DIGESTS).with_for_update(read=True)
    rows = db.session.connection().execute(statement).all()
    young = next((at for at, row in enumerate(rows) if row.created_at > now - SETTLED), len(rows))
    return _with_cases(rows[:young])


def read_between(first: int | None, last: int | None) -> list[DisclosureRow]:
    """The disclosures with numbers from one to the other, or to an end where there is None."""
    statement = _ROWS
    if first is not None:
        statement = statement.where(_TABLE.c.id >= first)
    if last is not None:
        statement = statement.where(_TABLE.c.id <= last)
    return _with_cases(db.session.connection().execute(statement).all())


def read_disclosures(ids: Collection[int]) -> list[DisclosureRow]:
    """These disclosures, those of them that are there."""
    rows = db.session.connection().execute(_ROWS.where(_TABLE.c.id.in_(ids))).all()
    return _with_cases(rows)


def moments_after(last: int) -> dict[int, datetime]:
    """When the disclosures after a number say to have been, by their numbers."""
    statement = sa.select(_TABLE.c.id, _TABLE.c.created_at).where(_TABLE.c.id > last)
    rows = db.session.connection().execute(statement.order_by(_TABLE.c.id))
    return {row.id: row.created_at for row in rows}


def newest_seal() -> SelloDivulgaciones | None:
    """The seal of the last disclosures that were sealed."""
    newest = sa.select(SelloDivulgaciones).order_by(SelloDivulgaciones.desde_id.desc())
    return db.session.scalars(newest.limit(1)).one_or_none()


def list_seals_of(ids: Collection[int]) -> list[SelloDivulgaciones]:
    """The seals of these disclosures, which nobody else changes until the commit."""
    found: dict[int, SelloDivulgaciones] = {}
    for pk in ids:
        statement = sa.select(SelloDivulgaciones).where(
            SelloDivulgaciones.desde_id <= pk, SelloDivulgaciones.hasta_id >= pk
        )
        again = statement.with_for_update().execution_options(populate_existing=True)
        found |= {row.id: row for row in db.session.scalars(again)}
    return list(found.values())


def iterate_seals() -> Iterator[sa.Row[int, int, int, str, datetime]]:
    """Every seal, in the order of what it seals; one at a time, as they are long."""
    seals, last = SelloDivulgaciones, None
    while True:
        statement = sa.select(
            seals.desde_id, seals.hasta_id, seals.filas, seals.huellas, seals.created_at
        ).order_by(seals.desde_id)
        if last is not None:
            statement = statement.where(seals.desde_id > last)
        row = db.session.execute(statement.limit(1)).one_or_none()
        if row is None:
            return
        yield row
        last = row.desde_id


def _with_cases(rows: Collection[Any]) -> list[DisclosureRow]:
    named: dict[int, list[int]] = {row.id: [] for row in rows}
    if rows:
        # By the range: a disclosure of the rows is in it, and few others can be.
        ids = _CASES.c.divulgacion_id.between(min(named), max(named))
        for divulgacion_id, oficio_id in db.session.connection().execute(_NAMED.where(ids)):
            if divulgacion_id in named:
                named[divulgacion_id].append(oficio_id)
    return [
        DisclosureRow(row.id, row.created_at, canonical({**row._asdict(), "casos": named[row.id]}))
        for row in rows
    ]
