"""Many cases are opened at once, a part in each transaction, and shown when all are there."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from types import SimpleNamespace
from typing import Any

import sqlalchemy as sa

from app.custodia.service import NewRows, insert_rows, prepare_rows, take_ids
from app.db import Model, db, insert_many
from app.direcciones.models import Direccion
from app.eventos.rules import TipoEvento
from app.eventos.service.emitting import emit
from app.oficios.models import CARGAS, Investigacion, Oficio, Propietario
from app.oficios.rules import Actividad, Estado, EstadoCarga
from app.oficios.service.data import DireccionData, OficioData, PropietarioData, VehiculoData
from app.oficios.service.moves import RANK_GAP, rank_on_top
from app.oficios.service.search_text import search_text
from app.vehiculos.models import Vehiculo

#: What the bitácora of a new case begins with.
OPENED = "Oficio ingresado"


@dataclass(frozen=True, kw_only=True)
class CasoData:
    """All that a paper says of a case."""

    oficio: OficioData
    vehiculo: VehiculoData
    personas: tuple[PropietarioData, ...] = ()
    direcciones: tuple[DireccionData, ...] = ()


@dataclass(frozen=True)
class CasosPorCargar:
    """Some cases as rows, made before the transaction that stores them begins."""

    casos: tuple[CasoData, ...]
    #: In the order in which they are inserted; of each, the place of its case.
    oficios: NewRows
    vehiculos: NewRows
    personas: NewRows
    direcciones: NewRows
    entradas: NewRows
    de_personas: tuple[int, ...]
    de_direcciones: tuple[int, ...]


def draft_cases(
    casos: Sequence[CasoData], *, buffet_id: int, actor_id: int, now: datetime
) -> CasosPorCargar:
    """Make the rows of cases of one buffet, and what will be sealed of them; stores nothing."""
    oficios, vehiculos, entradas = [], [], []
    personas: list[dict[str, Any]] = []
    direcciones: list[dict[str, Any]] = []
    de_personas: list[int] = []
    de_direcciones: list[int] = []
    for index, caso in enumerate(casos):
        oficio = {
            **_blank(Oficio),
            "buffet_id": buffet_id,
            "creado_por_id": actor_id,
            "modificado_por_id": actor_id,
            "estado_desde": now,
            "ultima_actividad_at": now,
            "created_at": now,
            "updated_at": now,
            **vars(caso.oficio),
        }
        oficio["busqueda"] = search_text(
            SimpleNamespace(**oficio, vehiculo=caso.vehiculo, propietarios=caso.personas)
        )
        oficios.append(oficio)
        vehiculos.append({**_blank(Vehiculo), **vars(caso.vehiculo)})
        for one in caso.personas:
            personas.append({**_blank(Propietario), "created_at": now, **vars(one)})
            de_personas.append(index)
        for place in caso.direcciones:
            direcciones.append({**_blank(Direccion), "created_at": now, **vars(place)})
            de_direcciones.append(index)
        entradas.append(
            {
                **_blank(Investigacion),
                "tipo": Actividad.SISTEMA,
                "descripcion": OPENED,
                "usuario_id": actor_id,
                "ocurrido_at": now,
                "created_at": now,
            }
        )
    return CasosPorCargar(
        tuple(casos),
        prepare_rows(Oficio, oficios),
        prepare_rows(Vehiculo, vehiculos),
        prepare_rows(Propietario, personas),
        prepare_rows(Direccion, direcciones),
        prepare_rows(Investigacion, entradas),
        tuple(de_personas),
        tuple(de_direcciones),
    )


def store_unseen(lote: CasosPorCargar, *, importacion_id: int, now: datetime) -> list[int]:
    """Store drafted cases that nobody sees until ``reveal``; returns their ids in order.

    The caller has made sure that their numbers are free. Nobody is told of them either:
    ``announce`` does that.
    """
    rank = rank_on_top(Estado.PENDIENTE)
    ids = take_ids(Oficio, len(lote.oficios.rows), above=_newest_gone())
    for index, (pk, row) in enumerate(zip(ids, lote.oficios.rows, strict=True)):
        row |= {"id": pk, "posicion": rank - index * RANK_GAP}
    every = range(len(ids))
    for group, owners in (
        (lote.vehiculos, every),
        (lote.personas, lote.de_personas),
        (lote.direcciones, lote.de_direcciones),
        (lote.entradas, every),
    ):
        own = take_ids(group.model, len(group.rows)) if group.rows else ()
        for pk, row, owner in zip(own, group.rows, owners, strict=True):
            row |= {"id": pk, "oficio_id": ids[owner]}
    insert_rows((lote.oficios, lote.vehiculos, lote.personas, lote.direcciones, lote.entradas), now)
    insert_many(
        CARGAS,
        [
            {"oficio_id": pk, "importacion_id": importacion_id, "estado": EstadoCarga.ENTRA}
            for pk in ids
        ],
    )
    return list(ids)


@cache
def _defaults(model: type[Model]) -> tuple[dict[str, Any], tuple[str, ...]]:
    """What columns hold to which nobody gives a value, and those that hold an empty object."""
    values: dict[str, Any] = {}
    empty = []
    for column in model.__table__.c:
        if column.primary_key:
            continue
        default = column.default
        values[column.key] = default.arg if default is not None and default.is_scalar else None
        if isinstance(column.type, sa.JSON) and not column.nullable:
            empty.append(column.key)
    return values, tuple(empty)


def _blank(model: type[Model]) -> dict[str, Any]:
    values, empty = _defaults(model)
    return {**values, **{name: {} for name in empty}}


def _newest_gone() -> int:
    """The highest id of a case that was taken back; no other case may get it."""
    return db.session.scalar(sa.select(sa.func.max(CARGAS.c.oficio_id))) or 0


def next_oficio_id() -> int | None:
    """The id for a new case where the database would give that of a removed one again (SQLite)."""
    if db.engine.dialect.name != "sqlite":
        return None
    (pk,) = take_ids(Oficio, 1, above=_newest_gone())
    return pk


def reveal(importacion_id: int) -> None:
    """Let everybody see the cases that a list brought, in the transaction that ends its import."""
    db.session.execute(
        sa.delete(CARGAS).where(
            CARGAS.c.importacion_id == importacion_id, CARGAS.c.estado == EstadoCarga.ENTRA
        )
    )


def announce(oficios: Iterable[tuple[int, int]], *, buffet_id: int, now: datetime) -> None:
    """Tell who watches of new cases: the id of each, and that of its first entry."""
    for oficio_id, entrada_id in oficios:
        emit(TipoEvento.CREADO, oficio_id=oficio_id, buffet_id=buffet_id, now=now)
        emit(
            TipoEvento.ACTIVIDAD,
            oficio_id=oficio_id,
            buffet_id=buffet_id,
            now=now,
            actividad=Actividad.SISTEMA.value,
            entrada_id=entrada_id,
        )
