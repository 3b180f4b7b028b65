"""What a buffet may know of its oficios: steps and deadlines. Never raw sightings or notes."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from app.buffets.permissions import HEAD_FIELDS, HEAD_VEHICLE_FIELDS
from app.core.clock import local_today, start_of_day
from app.db import db, is_among, prepared
from app.notificaciones.queries.hitos import list_avances
from app.notificaciones.rules.avance import LOST, Avance
from app.oficios.models import Oficio
from app.oficios.rules import OPEN_STATES, Estado
from app.portal.queries.head_search import head_matches
from app.portal.rules import (
    QUIET_DAYS,
    FiltroDelPortal,
    OrdenDelPortal,
    VistaDelPortal,
    due_day,
)
from app.vehiculos.models import Vehiculo


@dataclass(frozen=True)
class PortalSummary:
    """What a law firm wants to know in ten seconds."""

    abiertos: int
    ubicados: int
    encontrados: int
    no_encontrados: int


def summarize(buffet_id: int) -> PortalSummary:
    """How many oficios of a buffet stand where."""
    rows = db.session.execute(
        sa.select(Oficio.estado, sa.func.count())
        .where(Oficio.buffet_id == buffet_id)
        .group_by(Oficio.estado)
    )
    counts = {estado: int(amount) for estado, amount in rows}
    lost = _count_lost(buffet_id)
    return PortalSummary(
        abiertos=counts.get(Estado.PENDIENTE, 0) + counts.get(Estado.INVESTIGACION, 0) + lost,
        ubicados=counts.get(Estado.NOTIFICACION, 0) - lost,
        encontrados=counts.get(Estado.ENCONTRADO, 0),
        no_encontrados=counts.get(Estado.NO_ENCONTRADO, 0),
    )


def _count_lost(buffet_id: int) -> int:
    """How many cases wait for a receptor although their vehicle is not there any more."""
    avances = avances_at_receptor(buffet_id)
    return sum(avance.situacion in LOST for avance in avances.values())


def oficios_statement(buffet_id: int, *, abiertos: bool | None = None) -> sa.Select:
    """The oficios of a buffet as columns: open ones first, the nearest deadline first."""
    closed = Oficio.estado.in_([Estado.ENCONTRADO, Estado.NO_ENCONTRADO])
    statement = (
        sa.select(
            Oficio.id,
            *(getattr(Oficio, name) for name in HEAD_FIELDS),
            *(getattr(Vehiculo, name) for name in HEAD_VEHICLE_FIELDS),
        )
        .join(Vehiculo, Vehiculo.oficio_id == Oficio.id)
        .where(Oficio.buffet_id == buffet_id)
        .order_by(
            sa.case((closed, 1), else_=0),
            sa.func.coalesce(Oficio.fecha_limite, date.max),
            Oficio.id,
        )
    )
    if abiertos is None:
        return statement
    return statement.where(~closed if abiertos else closed)


def avances_at_receptor(buffet_id: int) -> dict[int, Avance]:
    """How far those cases of a buffet are that wait for a receptor."""
    return list_avances(list(_at_receptor.rows(buffet_id=buffet_id).scalars()))


@prepared
def _at_receptor(buffet_id: Any) -> sa.Select:
    return sa.select(Oficio.id).where(
        Oficio.buffet_id == buffet_id, Oficio.estado == Estado.NOTIFICACION
    )


def lost_ids(avances: dict[int, Avance]) -> list[int]:
    """Those of them whose vehicle is not there any more."""
    return [pk for pk, avance in avances.items() if avance.situacion in LOST]


def is_quiet(now: datetime) -> sa.ColumnElement[bool]:
    """Whether an open case has had no real activity for so long that it is said."""
    return quiet_before(last_news(now))


def last_news(now: datetime) -> datetime:
    """Since when an open case has to have had real activity, else it is quiet."""
    return start_of_day(local_today(now) - timedelta(days=QUIET_DAYS - 1))


def quiet_before(last: Any) -> sa.ColumnElement[bool]:
    """Whether an open case had its last activity before a moment, or a parameter."""
    return sa.and_(Oficio.estado.in_(OPEN_STATES), Oficio.ultima_actividad_at < last)


def is_due(now: datetime) -> sa.ColumnElement[bool]:
    """Whether the deadline of an open case is near or past."""
    return due_until(due_day(local_today(now)))


def due_until(limit: Any) -> sa.ColumnElement[bool]:
    """Whether the deadline of an open case is not after a day, or a parameter."""
    return sa.and_(Oficio.estado.in_(OPEN_STATES), Oficio.fecha_limite <= limit)


def count_views(buffet_id: int, lost: Collection[int], now: datetime) -> dict[VistaDelPortal, int]:
    """How many cases each view has, in one query."""
    row = _views.rows(
        buffet_id=buffet_id, lost=lost, due=due_day(local_today(now)), last=last_news(now)
    ).one()
    counts = dict(zip(_OPEN_VIEWS, row, strict=False))
    closed = int(row.cerrados)
    return {
        **counts,
        VistaDelPortal.CERRADOS: closed,
        VistaDelPortal.TODOS: counts[VistaDelPortal.ABIERTOS] + closed,
    }


#: Views of open cases alone, which are few beside the closed ones.
_OPEN_VIEWS = (
    VistaDelPortal.ABIERTOS,
    VistaDelPortal.UBICADOS,
    VistaDelPortal.VENCEN,
    VistaDelPortal.SIN_NOVEDAD,
)


@prepared
def _views(buffet_id: Any, lost: Any, due: Any, last: Any) -> sa.Select:
    counted = (
        sa.func.count().filter(_is_in(vista, lost, due, last)).label(vista.value)
        for vista in _OPEN_VIEWS
    )
    closed = sa.select(sa.func.count(Oficio.id)).where(
        Oficio.buffet_id == buffet_id,
        Oficio.estado.in_([estado for estado in Estado if estado.is_final]),
    )
    return (
        sa.select(*counted, closed.scalar_subquery().label("cerrados"))
        .select_from(Oficio)
        .where(Oficio.buffet_id == buffet_id, Oficio.estado.in_(OPEN_STATES))
    )


def cases_statement(
    buffet_id: int, filtro: FiltroDelPortal, lost: Collection[int], now: datetime
) -> sa.Select:
    """The cases that a filter leaves, as columns, in its order."""
    statement = (
        oficios_statement(buffet_id)
        # Shown as days alone: since when nothing happens, and not at which hour it did.
        .add_columns(Oficio.ultima_actividad_at)
        .where(_in_view(filtro.vista, lost, now))
        .order_by(None)
        .order_by(*_order(filtro.orden), Oficio.id.desc())
    )
    if filtro.q:
        statement = statement.where(is_among(Oficio.id, head_matches(filtro.q, buffet_id)))
    if filtro.tribunal:
        statement = statement.where(Oficio.tribunal == filtro.tribunal)
    if filtro.paso is not None:
        statement = statement.where(Oficio.estado == filtro.paso)
    return statement


def list_tribunales(buffet_id: int) -> list[str]:
    """The courts of a buffet's cases, by name."""
    names = [name for name in _tribunales.rows(buffet_id=buffet_id).scalars() if name]
    return sorted(names, key=lambda name: (_ordinal(name), name))


@prepared
def _tribunales(buffet_id: Any) -> sa.Select:
    return (
        sa.select(Oficio.tribunal)
        .where(Oficio.buffet_id == buffet_id, Oficio.tribunal.is_not(None))
        .distinct()
    )


def _ordinal(name: str) -> int:
    """«9º» before «10º»."""
    digits = name.partition("º")[0].strip()
    return int(digits) if digits.isdecimal() and len(digits) < 4 else 1000


def _in_view(vista: VistaDelPortal, lost: Collection[int], now: datetime) -> sa.ColumnElement[bool]:
    return _is_in(vista, lost, due_day(local_today(now)), last_news(now))


def _is_in(vista: VistaDelPortal, lost: Any, due: Any, last: Any) -> sa.ColumnElement[bool]:
    """Whether a case is in a view; what is no column may be a parameter."""
    match vista:
        case VistaDelPortal.ABIERTOS:
            return Oficio.estado.in_(OPEN_STATES)
        case VistaDelPortal.UBICADOS:
            return sa.and_(Oficio.estado == Estado.NOTIFICACION, Oficio.id.not_in(lost))
        case VistaDelPortal.VENCEN:
            return due_until(due)
        case VistaDelPortal.SIN_NOVEDAD:
            return quiet_before(last)
        case VistaDelPortal.CERRADOS:
            return Oficio.estado.not_in(OPEN_STATES)
        case VistaDelPortal.TODOS:
            return sa.true()


def _order(orden: OrdenDelPortal) -> list[Any]:
    match orden:
        case OrdenDelPortal.ULTIMO:
            return [Oficio.ultima_actividad_at.desc()]
        case OrdenDelPortal.PLAZO:
            return [sa.func.coalesce(Oficio.fecha_limite, date.max)]
        case OrdenDelPortal.QUIETO:
            return [Oficio.ultima_actividad_at]
        case OrdenDelPortal.INGRESO:
            return [Oficio.created_at.desc()]
