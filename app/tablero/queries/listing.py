"""The cases of a filter as a list: sorted by a column, page by page or all of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from app.avistamientos.models import Avistamiento
from app.buffets.models import Buffet
from app.db import db, rows_of
from app.oficios.models import Oficio
from app.oficios.rules import OPEN_STATES, Estado, Prioridad
from app.promesas.models import Compromiso
from app.tablero.queries.cards import (
    FIRST_DUE,
    NEWEST,
    Card,
    cards_statement,
    list_known,
    make_card,
)
from app.tablero.queries.columns import Criteria
from app.usuarios.models import Usuario
from app.vehiculos.models import Vehiculo

#: Rows read at a time while a file is written.
_BATCH = 500


@dataclass(frozen=True, slots=True)
class ListedCase:
    """A line of the list: the card, and what no card shows."""

    card: Card
    rol: str | None
    #: Of a person, or of what was found.
    ultima_actividad_at: datetime


def _in_order(column: Any, members: list[Any]) -> sa.ColumnElement[int]:
    return sa.case(*((column == member, index) for index, member in enumerate(members)))


#: What a list may be sorted by, as its address names it.
SORTS: dict[str, Any] = {
    "patente": Vehiculo.patente,
    "numero": Oficio.numero_oficio,
    "rol": Oficio.rol,
    "buffet": sa.func.lower(Buffet.nombre),
    "investigador": sa.func.lower(Usuario.nombre),
    "estado": _in_order(Oficio.estado, list(Estado)),
    "prioridad": _in_order(Oficio.prioridad, list(Prioridad)[::-1]),
    "plazo": Oficio.fecha_limite,
    "promesa": Compromiso.vence_at,
    "actividad": Oficio.ultima_actividad_at,
    "avistamiento": Avistamiento.fecha,
}


def listing_statement(conditions: Criteria, sort: str, *, descending: bool) -> sa.Select[Any]:
    """The cases of a filter in an order; what has no value comes last in both directions.

    Open cases come before closed ones, whatever the order, unless it is that of the states.
    """
    order = _order(sort, descending=descending)
    return cards_statement().where(*conditions).order_by(*order)


def _order(sort: str, *, descending: bool) -> list[Any]:
    column = SORTS[sort]
    closed = [] if sort == "estado" else [Oficio.estado.not_in(OPEN_STATES)]
    return [*closed, column.is_(None), column.desc() if descending else column, Oficio.id]


#: What an order needs besides the case: its table, how it is found, and whether each case has it.
_JOINED: dict[str, tuple[Any, Any, bool]] = {
    "patente": (Vehiculo, Vehiculo.oficio_id == Oficio.id, True),
    "buffet": (Buffet, Buffet.id == Oficio.buffet_id, True),
    "investigador": (Usuario, Usuario.id == Oficio.investigador_id, False),
    "promesa": (Compromiso, Compromiso.id == FIRST_DUE, False),
    "avistamiento": (Avistamiento, Avistamiento.id == NEWEST, False),
}


def _ids(conditions: Criteria, sort: str, *, descending: bool) -> sa.Select[int]:
    statement = sa.select(Oficio.id).where(*conditions)
    if sort in _JOINED:
        table, where, is_always = _JOINED[sort]
        statement = statement.join(table, where, isouter=not is_always)
    return statement.order_by(*_order(sort, descending=descending))


def count_listing(conditions: Criteria) -> int:
    """How many cases a filter leaves."""
    return db.session.scalar(sa.select(sa.func.count(Oficio.id)).where(*conditions)) or 0


def list_ids(conditions: Criteria) -> list[int]:
    """The cases that a filter leaves."""
    return list(db.session.scalars(sa.select(Oficio.id).where(*conditions)))


def read_page(
    conditions: Criteria, sort: str, *, descending: bool, start: int, most: int, now: datetime
) -> list[ListedCase]:
    """A few of the cases of ``listing_statement``.

    They are put in their order before anything else of them is looked up: what a line shows of
    sightings and promises would else be found for each case of the filter.
    """
    statement = _ids(conditions, sort, descending=descending).limit(most).offset(start)
    return [
        ListedCase(known.card(now), known.rol, known.ultima_actividad_at)
        for known in list_known(list(rows_of(statement).scalars()))
    ]


def read_listing(statement: sa.Select[Any], *, now: datetime) -> Iterator[ListedCase]:
    """Each case of ``listing_statement``, read in batches."""
    for row in db.session.execute(statement.execution_options(yield_per=_BATCH)):
        yield ListedCase(make_card(row, now), row.rol, row.ultima_actividad_at)
