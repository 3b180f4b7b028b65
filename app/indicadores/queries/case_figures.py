"""The figures of cases, worked out from the cases themselves."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from typing import Any

import sqlalchemy as sa

from app.buffets.queries import sample_buffets
from app.core.clock import local_today
from app.db import db
from app.direcciones.models import Direccion
from app.indicadores.models import Ciclo
from app.indicadores.rules.recorrido import CambioEstado, Recorrido, follow_states
from app.oficios.models import Investigacion, Oficio, in_transit, is_step
from app.oficios.rules import Estado
from app.vehiculos.models import Vehiculo

#: Tables instead of models: figures are made of all cases, whoever asks for them to be read.
_CASES, _CYCLES = Oficio.__table__, Ciclo.__table__
_VEHICLES, _PLACES = Vehiculo.__table__, Direccion.__table__
_ENTRIES = Investigacion.__table__


def list_stale(limit: int) -> Sequence[int]:
    """Cases whose figures are missing or were made of an older version, the oldest first."""
    statement = (
        sa.select(_CASES.c.id)
        .outerjoin(_CYCLES, _CYCLES.c.oficio_id == _CASES.c.id)
        .where(
            sa.or_(
                _CYCLES.c.oficio_id.is_(None),
                _CYCLES.c.version != _CASES.c.version,
                _CYCLES.c.desde_at != _CASES.c.estado_desde,
                _CYCLES.c.buffet_id != _CASES.c.buffet_id,
            ),
            _CASES.c.id.not_in(in_transit()),
            _CASES.c.buffet_id.not_in(sample_buffets()),
        )
        .order_by(_CASES.c.id)
        .limit(limit)
    )
    return db.session.scalars(statement).all()


def list_gone(limit: int) -> Sequence[int]:
    """Cases that have figures and are not there any more, or that a list is taking away."""
    statement = (
        sa.select(_CYCLES.c.oficio_id)
        .outerjoin(_CASES, _CASES.c.id == _CYCLES.c.oficio_id)
        .where(sa.or_(_CASES.c.id.is_(None), _CYCLES.c.oficio_id.in_(in_transit())))
        .limit(limit)
    )
    return db.session.scalars(statement).all()


def list_part(after: int, limit: int) -> Sequence[int]:
    """The next cases that figures are made of, by their ids."""
    statement = (
        sa.select(_CASES.c.id)
        .where(
            _CASES.c.id > after,
            _CASES.c.id.not_in(in_transit()),
            _CASES.c.buffet_id.not_in(sample_buffets()),
        )
        .order_by(_CASES.c.id)
        .limit(limit)
    )
    return db.session.scalars(statement).all()


def work_out(oficio_ids: Collection[int]) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """The rows of ``ciclos`` and of ``etapas`` that belong to some cases, in four statements."""
    steps = _read_steps(oficio_ids)
    places = _read_places(oficio_ids)
    cycles, stays = [], []
    for row in db.session.execute(_read_cases(oficio_ids)):
        way = follow_states(
            row.fecha_ingreso or local_today(row.created_at),
            steps[row.id],
            row.estado,
            local_today(row.estado_desde),
        )
        cycles.append(_cycle(row, way, places))
        stays += [
            {
                "oficio_id": row.id,
                "buffet_id": row.buffet_id,
                "investigador_id": row.investigador_id,
                "estado": one.estado,
                "desde_dia": one.desde,
                "hasta_dia": one.hasta,
            }
            for one in way.estadias
        ]
    return cycles, stays


def _read_cases(oficio_ids: Collection[int]) -> sa.Select[Any]:
    cases, vehicles = _CASES.c, _VEHICLES.c
    return (
        sa.select(
            cases.id,
            cases.buffet_id,
            cases.investigador_id,
            cases.estado,
            cases.version,
            cases.estado_desde,
            cases.created_at,
            cases.fecha_ingreso,
            cases.fecha_limite,
            cases.rol,
            cases.tribunal,
            cases.advertencias_ingreso,
            vehicles.marca,
        )
        .outerjoin(_VEHICLES, vehicles.oficio_id == cases.id)
        .where(cases.id.in_(oficio_ids))
        .order_by(cases.id)
    )


def _read_steps(oficio_ids: Collection[int]) -> dict[int, list[CambioEstado]]:
    """The changes of state in the order in which they were written, whatever the clock said."""
    entries = _ENTRIES.c
    statement = (
        sa.select(entries.oficio_id, entries.ocurrido_at, entries.detalle)
        .where(entries.oficio_id.in_(oficio_ids), is_step(entries.tipo))
        .order_by(entries.id)
    )
    found: dict[int, list[CambioEstado]] = defaultdict(list)
    for oficio_id, moment, detalle in db.session.execute(statement):
        if detalle and detalle.get("de") and detalle.get("a"):
            found[oficio_id].append(
                CambioEstado(
                    local_today(moment),
                    Estado(detalle["de"]),
                    Estado(detalle["a"]),
                    deshace=bool(detalle.get("deshace")),
                )
            )
    return found


def _read_places(oficio_ids: Collection[int]) -> dict[int, str | None]:
    """The comuna of each case's first address; cases without one are absent."""
    places = _PLACES.c
    first = (
        sa.select(sa.func.min(places.id))
        .where(places.oficio_id.in_(oficio_ids))
        .group_by(places.oficio_id)
    )
    rows = db.session.execute(
        sa.select(places.oficio_id, places.comuna).where(places.id.in_(first))
    )
    return {row.oficio_id: row.comuna for row in rows}


def _cycle(row: Any, way: Recorrido, places: dict[int, str | None]) -> dict[str, Any]:
    received, started, located, closed = way.recibido, way.iniciado, way.ubicado, way.cerrado
    lacks = not (row.rol and row.tribunal and row.fecha_limite and row.id in places)
    return {
        "oficio_id": row.id,
        "buffet_id": row.buffet_id,
        "investigador_id": row.investigador_id,
        "estado": row.estado,
        "version": row.version,
        "desde_at": row.estado_desde,
        "recibido_dia": received,
        "iniciado_dia": started,
        "ubicado_dia": located,
        "cerrado_dia": closed,
        "dias_pendiente": way.dias_en(Estado.PENDIENTE),
        "dias_investigacion": way.dias_en(Estado.INVESTIGACION),
        "dias_notificacion": way.dias_en(Estado.NOTIFICACION),
        "dias_ubicar": (located - received).days if located else None,
        "dias_busqueda": (closed - started).days if closed and started else None,
        "dias_total": (closed - received).days if closed else None,
        "marca": (row.marca or "")[:60] or None,
        "comuna": (places.get(row.id) or "")[:60] or None,
        "con_dudas": bool(row.advertencias_ingreso),
        "incompleto": lacks,
    }
