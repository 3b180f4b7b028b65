"""Which oficios a filter leaves."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from app.core.clock import local_today
from app.db import db, is_among
from app.oficios.models import Oficio
from app.oficios.rules import OPEN_STATES, Estado
from app.promesas.queries import cases_that
from app.tablero.queries.cards import WARNED, warnings_of
from app.tablero.queries.search import found_by
from app.tablero.rules import FINAL_PERIOD, NOBODY, BoardFilter, due_until
from app.vehiculos.models import Vehiculo

_FINAL_STATES = tuple(estado for estado in Estado if estado.is_final)


def criteria(board_filter: BoardFilter, *, usuario_id: int, now: datetime) -> list[Any]:
    """The conditions of a filter. A search finds across all states, also what closed long ago."""
    conditions = [*_people(board_filter, usuario_id), *_dates(board_filter, now)]
    if board_filter.prioridad is not None:
        conditions.append(Oficio.prioridad == board_filter.prioridad)
    if board_filter.q:
        conditions.append(found_by(board_filter.q))
    else:
        conditions.append(on_the_board(now))
    if board_filter.advertencias:
        conditions.append(is_among(Oficio.id, _with_warnings(conditions)))
    return conditions


def on_the_board(now: datetime) -> sa.ColumnElement[bool]:
    """Whether a case is open, or closed lately; both halves have an index of their own."""
    return sa.or_(
        Oficio.estado.in_(OPEN_STATES),
        sa.and_(Oficio.estado.in_(_FINAL_STATES), Oficio.estado_desde >= now - FINAL_PERIOD),
    )


def _people(board_filter: BoardFilter, usuario_id: int) -> list[Any]:
    conditions: list[Any] = []
    if board_filter.mios:
        conditions.append(Oficio.investigador_id == usuario_id)
    if board_filter.investigador == NOBODY:
        conditions.append(Oficio.investigador_id.is_(None))
    elif board_filter.investigador is not None:
        conditions.append(Oficio.investigador_id == board_filter.investigador)
    if board_filter.buffet is not None:
        conditions.append(Oficio.buffet_id == board_filter.buffet)
    return conditions


def _dates(board_filter: BoardFilter, now: datetime) -> list[Any]:
    """What is due, promised or quiet: questions about open cases alone."""
    conditions: list[Any] = []
    if board_filter.vence is not None:
        limit = due_until(board_filter.vence, local_today(now))
        conditions.append(Oficio.fecha_limite <= limit)
    if board_filter.promesa is not None:
        conditions.append(Oficio.id.in_(cases_that(board_filter.promesa, now)))
    if board_filter.quieto is not None:
        conditions.append(Oficio.ultima_actividad_at <= now - timedelta(days=board_filter.quieto))
    if conditions:
        conditions.append(Oficio.estado.in_(OPEN_STATES))
    return conditions


def _with_warnings(conditions: list[Any]) -> list[int]:
    """The oficios among some that have a warning. Check digits are no question for a database."""
    rows = db.session.execute(
        sa.select(
            Oficio.id,
            Vehiculo.patente,
            Vehiculo.patente_dv,
            *(column.label(name) for name, column in WARNED.items()),
        )
        .join(Vehiculo, Vehiculo.oficio_id == Oficio.id)
        .where(*conditions)
    )
    return [row.id for row in rows if warnings_of(row)]
