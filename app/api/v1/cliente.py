"""What a cliente is answered of its buffet's cases, by the rule of ``buffets.permissions``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from flask import Response
from pydantic import BaseModel

from app.api.v1.access import Forbidden
from app.api.v1.answering import show_list
from app.api.v1.schemas.base import Paging
from app.api.v1.schemas.cliente import (
    ColumnaDelBuffet,
    OficioDelBuffet,
    TarjetaDelBuffet,
    VehiculoDelBuffet,
)
from app.api.v1.schemas.publico import HitoShown
from app.buffets.models import Buffet
from app.buffets.permissions import HEAD_FIELDS, HEAD_VEHICLE_FIELDS, hidden_filters
from app.db import db, is_among
from app.notificaciones.queries.hitos import list_avances
from app.notificaciones.rules.avance import Avance
from app.oficios.models import Oficio
from app.oficios.rules import Estado
from app.portal.queries import oficios_statement
from app.tablero.queries.search import head_ids

#: Cards of a column, as on the office's board.
_CARDS = 40


def refuse_hidden(query: BaseModel) -> None:
    """Hold a cliente's filters against the rule, so that none asks about what is hidden.

    Raises:
        Forbidden: naming the filters that are not for a cliente.
    """
    hidden = hidden_filters(query.model_fields_set)
    if hidden:
        names = ", ".join(f"«{name}»" for name in sorted(hidden))
        raise Forbidden(f"Una cuenta de cliente no filtra por {names}: quítelos de la consulta.")


def list_heads(
    buffet_id: int, conditions: list[sa.ColumnElement[bool]], q: str | None, paging: Paging
) -> Response:
    """The cases of a buffet, the latest first."""
    statement = (
        _found(buffet_id, conditions, q)
        .order_by(None)
        .order_by(Oficio.created_at.desc(), Oficio.id.desc())
    )
    rows = db.session.execute(statement.offset(paging.skip).limit(paging.limit)).all()
    return show_list(_heads(buffet_id, rows), _count(statement))


def show_head(oficio: Oficio) -> OficioDelBuffet:
    """One case of a buffet."""
    statement = oficios_statement(oficio.buffet_id).where(Oficio.id == oficio.id)
    (head,) = _heads(oficio.buffet_id, [db.session.execute(statement).one()])
    return head


def list_milestones(oficio: Oficio, paging: Paging) -> Response:
    """What a cliente reads for the bitácora: its milestones, newest first."""
    hitos = list_avances([oficio.id])[oficio.id].hitos
    part = hitos[paging.skip : paging.skip + paging.limit]
    return show_list([HitoShown.model_validate(hito) for hito in part], len(hitos))


def show_board(
    buffet_id: int, conditions: list[sa.ColumnElement[bool]], q: str | None
) -> list[ColumnaDelBuffet]:
    """The cases of a buffet by their state, the nearest deadline first."""
    columns = []
    for estado in Estado:
        statement = _found(buffet_id, [*conditions, Oficio.estado == estado], q)
        rows = db.session.execute(statement.limit(_CARDS)).all()
        total = _count(statement)
        avances = list_avances([row.id for row in rows])
        cards = [
            TarjetaDelBuffet(
                **{name: getattr(row, name) for name in ("id", "numero_oficio", "fecha_limite")},
                **{name: getattr(row, name) for name in ("patente", "marca", "modelo")},
                proximo_paso=avances[row.id].proximo_paso,
            )
            for row in rows
        ]
        columns.append(
            ColumnaDelBuffet(estado=estado, total=total, tarjetas=cards, hay_mas=total > len(cards))
        )
    return columns


def _found(
    buffet_id: int, conditions: list[sa.ColumnElement[bool]], q: str | None
) -> sa.Select[Any]:
    statement = oficios_statement(buffet_id).where(*conditions)
    if q and q.strip():
        statement = statement.where(is_among(Oficio.id, head_ids(q, buffet_id)))
    return statement


def _count(statement: sa.Select[Any]) -> int:
    counted = sa.select(sa.func.count()).select_from(statement.order_by(None).subquery())
    return db.session.scalar(counted) or 0


def _heads(buffet_id: int, rows: Sequence[Any]) -> list[OficioDelBuffet]:
    name = db.session.get_one(Buffet, buffet_id).nombre
    avances = list_avances([row.id for row in rows])
    return [_head(row, buffet_id, name, avances[row.id]) for row in rows]


def _head(row: Any, buffet_id: int, buffet_nombre: str, avance: Avance) -> OficioDelBuffet:
    return OficioDelBuffet(
        id=row.id,
        buffet_id=buffet_id,
        buffet_nombre=buffet_nombre,
        **{field: getattr(row, field) for field in HEAD_FIELDS},
        proximo_paso=avance.proximo_paso,
        vehiculo=VehiculoDelBuffet(**{field: getattr(row, field) for field in HEAD_VEHICLE_FIELDS}),
        hitos=[HitoShown.model_validate(hito) for hito in avance.hitos],
    )
