"""What the sources could have told of a case: from its look-ups, and the lists of its roads."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from app.ajustes.queries import current_values, is_demo
from app.avistamientos.models import Avistamiento, Listado
from app.avistamientos.rules import EstadoListado, Fuente
from app.consultas.models import Consulta
from app.consultas.rules.alcance import (
    DECLARED,
    UNNAMED,
    Cobertura,
    FuenteAlcance,
    declared_name,
    settings_of,
)
from app.consultas.rules.vouched_spans import Tramo
from app.core.clock import is_ahead_of, start_of_day
from app.db import db
from app.oficios.models import Investigacion, Oficio
from app.oficios.rules import Actividad
from app.porticos.models import Portico


@dataclass(frozen=True)
class Fuentes:
    """Of which times the sources of a case would have told, and which of them told what."""

    tramos: tuple[Tramo, ...] = ()
    #: The source of each look-up, by the id of its entry in the bitácora.
    de_consulta: Mapping[int, str] = field(default_factory=dict)

    def name_of(self, fuente: Fuente, investigacion_id: int | None, listado_id: int | None) -> str:
        """Who told of a sighting, as its tramos name it; empty for a person."""
        if fuente is not Fuente.PORTICO:
            return ""
        if listado_id is not None:
            return _list_name(listado_id)
        return self.de_consulta.get(investigacion_id or 0, UNNAMED)


def current_alcance(fuente: str) -> FuenteAlcance:
    """The reach of a source as the office has it now; an unknown name is the plain protocol's."""
    declared = DECLARED[declared_name(fuente, is_demo=fuente == "demo")]
    settings = settings_of(declared.fuente)
    values = current_values(list(settings.values()))
    held: dict[str, Any] = {campo: values[one.clave] for campo, one in settings.items()}
    return replace(declared, **{**held, "cobertura": Cobertura(held["cobertura"])})


def alcance_of_provider(proveedor: str) -> FuenteAlcance:
    """The reach of the provider that a look-up of now would ask."""
    return current_alcance(declared_name(proveedor, is_demo=is_demo()))


def read_fuentes(oficio: Oficio, *, now: datetime) -> Fuentes:
    """What is known of a case's look-ups and lists, oldest first. Nothing is known beyond ``now``.

    Of a look-up that a clock which ran ahead stamped nobody knows when it was made: it vouches for
    no more than what it told.
    """
    consultas, sources = _read_lookups(oficio, now)
    tramos = (*consultas, *_read_lists(oficio.id))
    until_now = (replace(tramo, hasta=min(tramo.hasta, now)) for tramo in tramos)
    return Fuentes(tuple(tramo for tramo in until_now if tramo.desde <= tramo.hasta), sources)


def _read_lookups(oficio: Oficio, now: datetime) -> tuple[list[Tramo], dict[int, str]]:
    """The times that the answered look-ups of the vehicle's plate vouch for, and who answered."""
    patente = (
        sa.select(sa.func.min(Consulta.patente))
        .where(Consulta.oficio_id == oficio.id, Consulta.investigacion_id == Investigacion.id)
        .scalar_subquery()
    )
    statement = (
        sa.select(Investigacion.id, Investigacion.ocurrido_at, Investigacion.detalle, patente)
        .where(
            Investigacion.oficio_id == oficio.id,
            Investigacion.tipo == Actividad.CONSULTA_API,
            Investigacion.respuesta_sha256.is_not(None),
        )
        .order_by(Investigacion.ocurrido_at, Investigacion.id)
    )
    rows = list(db.session.execute(statement))
    told = _ends_by(Avistamiento.investigacion_id, oficio.id) if rows else {}
    tramos: list[Tramo] = []
    sources: dict[int, str] = {}
    reach: dict[str, FuenteAlcance] = {}
    last: datetime | None = None
    for pk, asked_at, detalle, plate in rows:
        name = declared_name(detalle.get("proveedor"), is_demo=bool(detalle.get("simulado")))
        sources[pk] = name
        if plate not in (None, oficio.vehiculo.patente):
            continue  # it asked for the plate before it was corrected
        if name not in reach:
            reach[name] = current_alcance(name)
        oldest, newest = told.get(pk, (None, None))
        tramo = reach[name].read_tramo(
            asked_at,
            oldest=oldest,
            newest=newest,
            # What could not be read, or is of another plate, may be the very crossing.
            is_whole=not (
                detalle.get("omitidos") or detalle.get("advertencias") or is_ahead_of(asked_at, now)
            ),
        )
        if tramo is not None:
            tramos.append(tramo)
        last = asked_at
    asked = oficio.ultima_consulta_at
    if asked is not None and not is_ahead_of(asked, now) and (last is None or asked > last):
        # A look-up whose entry is not at hand: who answered is not known, that it was asked is.
        tramo = current_alcance(UNNAMED).read_tramo(asked)
        tramos += [tramo] if tramo else []
    return tramos, sources


def _read_lists(oficio_id: int) -> list[Tramo]:
    """The periods of the lists of a case, each for the roads that it names."""
    statement = sa.select(
        Listado.id, Listado.empresa, Listado.cubre_desde, Listado.cubre_hasta
    ).where(Listado.oficio_id == oficio_id, Listado.estado == EstadoListado.IMPORTADO)
    rows = list(db.session.execute(statement))
    if not rows:
        return []
    told = _ends_by(Avistamiento.listado_id, oficio_id)
    roads = _roads_of_lists(oficio_id)
    tramos = []
    for pk, empresa, desde, hasta in rows:
        first, last = told.get(pk, (None, None))
        desde, hasta = desde or first, hasta or last
        if desde is None or hasta is None:
            continue
        vias = roads.get(pk, set()) | ({empresa} if empresa else set())
        tramos.append(Tramo(_list_name(pk), desde, hasta, vias=frozenset(vias)))
    return tramos


def _ends_by(
    column: sa.orm.InstrumentedAttribute[int | None], oficio_id: int
) -> dict[int, tuple[datetime, datetime]]:
    """The oldest and the newest moment that each look-up or list told; a day begins at midnight."""
    statement = (
        sa.select(
            column,
            sa.func.min(Avistamiento.fecha),
            sa.func.max(Avistamiento.fecha),
            sa.func.max(Avistamiento.fecha_hora),
        )
        .where(Avistamiento.oficio_id == oficio_id, column.is_not(None))
        .group_by(column)
    )
    return {
        int(pk): (start_of_day(first), max(start_of_day(last), moment or start_of_day(last)))
        for pk, first, last, moment in db.session.execute(statement)
        if pk is not None
    }


def _roads_of_lists(oficio_id: int) -> dict[int, set[str]]:
    """The roads that each list names, as ``lectura.list_pasos`` calls them."""
    road = sa.func.coalesce(Portico.autopista, Avistamiento.autopista, Avistamiento.empresa)
    statement = (
        sa.select(Avistamiento.listado_id, road)
        .outerjoin(Portico, Portico.id == Avistamiento.portico_id)
        .where(Avistamiento.oficio_id == oficio_id, Avistamiento.listado_id.is_not(None))
        .distinct()
    )
    found: dict[int, set[str]] = defaultdict(set)
    for pk, via in db.session.execute(statement):
        if pk is not None and via:
            found[pk].add(via)
    return found


def _list_name(listado_id: int) -> str:
    return f"listado:{listado_id}"
