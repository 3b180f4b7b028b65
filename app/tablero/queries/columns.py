"""The columns of the board, whole or cut into lanes: counts, and the first cards of each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from app.db import db
from app.oficios.models import Oficio
from app.oficios.rules import Estado
from app.tablero.queries.cards import Card, list_cards
from app.tablero.rules import COLUMN_SIZE, LANE_SIZE, NOBODY, Carril

Criteria = Sequence[sa.ColumnElement[bool]]


@dataclass(frozen=True)
class BoardColumn:
    """The cards of a state, or a part of them."""

    estado: Estado
    #: Of all the cards of the column, loaded or not.
    count: int
    cards: list[Card]
    has_more: bool
    #: Whose cards they are, when the board is cut into lanes.
    lane: int | None = None

    @property
    def key(self) -> str:
        """What tells the column from the others of the page."""
        return self.estado.value if self.lane is None else f"{self.estado.value}-{self.lane}"

    @property
    def next_start(self) -> str:
        """Where the next part begins: the rank and the id of the last card shown.

        A place and not a number of cards, so that a drop in between shows no card twice.
        """
        return f"{self.cards[-1].posicion}.{self.cards[-1].id}" if self.cards else ""


@dataclass(frozen=True)
class Lane:
    """All columns of one investigador or buffet."""

    id: int
    columns: list[BoardColumn]

    @property
    def count(self) -> int:
        """The cards of the lane."""
        return sum(column.count for column in self.columns)


@dataclass(frozen=True)
class Cell:
    """The cases of a state, in a lane or in all: how many, and the first ids."""

    count: int
    ids: list[int]


_NONE = Cell(0, [])


def lane_column(carril: Carril | None) -> sa.ColumnElement[int]:
    """What tells the lanes apart; one lane when there are none."""
    if carril is Carril.BUFFET:
        return sa.type_coerce(Oficio.buffet_id, sa.Integer)
    if carril is Carril.INVESTIGADOR:
        return sa.func.coalesce(Oficio.investigador_id, NOBODY)
    return sa.literal(NOBODY)


def list_cells(
    conditions: Criteria, size: int, carril: Carril | None = None
) -> dict[tuple[int, Estado], Cell]:
    """How many cases each column has and which are its first ones, from one walk over the cases."""
    lane = lane_column(carril)
    group = (Oficio.estado,) if carril is None else (lane, Oficio.estado)
    numbered = (
        sa.select(
            Oficio.id,
            Oficio.estado,
            lane.label("lane"),
            sa.func.row_number()
            .over(partition_by=group, order_by=(Oficio.posicion, Oficio.id))
            .label("numero"),
            sa.func.count().over(partition_by=group).label("total"),
        )
        .where(*conditions)
        .subquery()
    )
    rows = db.session.execute(
        sa.select(numbered.c.lane, numbered.c.estado, numbered.c.total, numbered.c.id)
        .where(numbered.c.numero <= size)
        .order_by(numbered.c.lane, numbered.c.estado, numbered.c.numero)
    )
    cells: dict[tuple[int, Estado], Cell] = {}
    for lane_id, estado, total, pk in rows:
        cells.setdefault((lane_id, estado), Cell(total, [])).ids.append(pk)
    return cells


def count_by_estado(conditions: Criteria) -> dict[Estado, int]:
    """How many cases each column has, shown or not."""
    rows = db.session.execute(
        sa.select(Oficio.estado, sa.func.count()).where(*conditions).group_by(Oficio.estado)
    )
    counts = dict(iter(rows))
    return {estado: counts.get(estado, 0) for estado in Estado}


def count_by_key(conditions: Criteria, carril: Carril | None) -> dict[str, int]:
    """How many cases each column of the page has, by its key; empty ones are left out."""
    if carril is None:
        return {estado.value: number for estado, number in count_by_estado(conditions).items()}
    numbered = sa.select(Oficio.estado, lane_column(carril).label("lane")).where(*conditions)
    rows = numbered.subquery()
    counts = db.session.execute(
        sa.select(rows.c.estado, rows.c.lane, sa.func.count()).group_by(rows.c.estado, rows.c.lane)
    )
    return {f"{estado.value}-{lane}": number for estado, lane, number in counts}


def list_columns(conditions: Criteria, *, now: datetime) -> list[BoardColumn]:
    """All columns with their first cards: two queries, however many cards there are."""
    cells = list_cells(conditions, COLUMN_SIZE)
    cards = _cards_of(cells.values(), now)
    return [_column(estado, cells.get((NOBODY, estado), _NONE), cards, None) for estado in Estado]


def list_lanes(conditions: Criteria, carril: Carril, *, now: datetime) -> list[Lane]:
    """The board cut by investigador or buffet: two queries as well."""
    cells = list_cells(conditions, LANE_SIZE, carril)
    cards = _cards_of(cells.values(), now)
    lanes = dict.fromkeys(lane for lane, _estado in cells)
    return [
        Lane(
            lane,
            [_column(estado, cells.get((lane, estado), _NONE), cards, lane) for estado in Estado],
        )
        for lane in lanes
    ]


def get_column(
    estado: Estado,
    conditions: Criteria,
    *,
    start: tuple[int, int] | None,
    now: datetime,
    lane: int | None = None,
) -> BoardColumn:
    """The cards of a state after a place in it (rank and id), or its first ones."""
    statement = sa.select(Oficio.id).where(Oficio.estado == estado, *conditions)
    if start is not None:
        place = sa.tuple_(*(sa.literal(value, sa.BigInteger) for value in start))
        statement = statement.where(sa.tuple_(Oficio.posicion, Oficio.id) > place)
    statement = statement.order_by(Oficio.posicion, Oficio.id).limit(COLUMN_SIZE + 1)
    ids = list(db.session.scalars(statement))
    cards = list_cards(ids[:COLUMN_SIZE], now=now)
    count = count_by_estado(conditions)[estado]
    return BoardColumn(estado, count, cards, len(ids) > COLUMN_SIZE, lane)


def _cards_of(cells: Any, now: datetime) -> dict[int, Card]:
    ids = [pk for cell in cells for pk in cell.ids]
    return {card.id: card for card in list_cards(ids, now=now)}


def _column(estado: Estado, cell: Cell, cards: dict[int, Card], lane: int | None) -> BoardColumn:
    shown = [cards[pk] for pk in cell.ids if pk in cards]
    return BoardColumn(estado, cell.count, shown, cell.count > len(cell.ids), lane)
