"""Changes by others: the poll of every open board.

Nothing tells boards of changes. Each asks every second and a half what happened after the event
that it saw last; ids of events follow the order of the commits, so none is overlooked, whichever
process stored it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import sqlalchemy as sa

from app.db import db
from app.eventos.models import Evento
from app.eventos.queries import last_id
from app.oficios.models import Oficio
from app.tablero.queries.columns import Criteria, lane_column
from app.tablero.rules import Carril

#: Above this number of changes, reloading the whole page is faster.
CHANGES_LIMIT = 60


@dataclass(frozen=True)
class Changes:
    """The oficios that changed after an event, and the last event that was seen."""

    last: int
    ids: list[int]
    #: There are so many that the whole page should be read again.
    is_flood: bool = False


def list_changes(since: int) -> Changes:
    """What changed after an event; one that has not happened yet is answered as a flood.

    That is what a page sees whose database was replaced by a backup.
    """
    last = last_id()
    if last <= since:
        return Changes(last, [], is_flood=last < since)
    ids = list(
        db.session.scalars(
            sa.select(Evento.oficio_id)
            .where(Evento.id > since, Evento.id <= last)
            .distinct()
            .limit(CHANGES_LIMIT + 1)
        )
    )
    return Changes(last, ids, is_flood=len(ids) > CHANGES_LIMIT)


def places_of(
    ids: Iterable[int], conditions: Criteria, carril: Carril | None
) -> dict[int, int | None]:
    """Of some oficios those that a filter leaves, from top to bottom, with the card above each."""
    lane = lane_column(carril)
    placed = (
        sa.select(
            Oficio.id,
            Oficio.posicion,
            sa.func.lag(Oficio.id)
            .over(
                partition_by=(Oficio.estado,) if carril is None else (lane, Oficio.estado),
                order_by=(Oficio.posicion, Oficio.id),
            )
            .label("arriba"),
        )
        .where(*conditions)
        .subquery()
    )
    rows = db.session.execute(
        sa.select(placed.c.id, placed.c.arriba)
        .where(placed.c.id.in_(list(ids)))
        .order_by(placed.c.posicion, placed.c.id)
    )
    return dict(iter(rows))
