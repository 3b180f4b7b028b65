"""Reading the sightings of a case for its map and for the analysis, as few columns as they need."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from app.avistamientos.models import Avistamiento
from app.avistamientos.rules import MATCHED_SOURCES
from app.avistamientos.rules.place_name import name_gantry
from app.consultas.queries.fuentes import Fuentes
from app.core.dates import format_fecha, format_fecha_hora
from app.core.time_zones import zone_of
from app.db import db
from app.direcciones.models import Direccion
from app.patrones.rules import Paso
from app.porticos.models import Portico
from app.porticos.rules import Confianza, Metodo

#: Most sightings with their own position on the map, newest first; gantries are not limited.
MOST_MARKS = 300


@dataclass(frozen=True)
class Mapa:
    """What the map of a case shows, and what it cannot."""

    puntos: list[dict[str, Any]] = field(default_factory=list)
    #: Sightings whose place has no coordinates.
    sin_lugar: int = 0


def list_pasos(oficio_id: int, fuentes: Fuentes | None = None) -> list[Paso]:
    """All sightings of an oficio as the analysis reads them, with who told of each."""
    fuentes = fuentes or Fuentes()
    statement = (
        sa.select(
            Avistamiento.fecha,
            Avistamiento.fecha_hora,
            Avistamiento.fuente,
            Avistamiento.ubicacion,
            sa.func.coalesce(Avistamiento.autopista, Avistamiento.empresa).label("via"),
            Portico.autopista,
            Portico.codigo,
            Portico.tramo,
            Portico.sentido,
            Avistamiento.portico_metodo,
            Avistamiento.investigacion_id,
            Avistamiento.listado_id,
            Portico.region,
            Avistamiento.lat,
            Avistamiento.lon,
            Avistamiento.portico_id,
        )
        .outerjoin(Portico, Portico.id == Avistamiento.portico_id)
        .where(Avistamiento.oficio_id == oficio_id)
        .order_by(Avistamiento.id)
    )
    name_of = cache(name_gantry)
    pasos = []
    for row in db.session.execute(statement):
        text, road = row.ubicacion, row.via
        if row.codigo is not None:
            text = name_of(row.autopista, row.codigo, row.tramo, row.portico_metodo)
            road = row.autopista
        pasos.append(
            Paso(
                row.fecha,
                row.fecha_hora,
                text,
                road,
                None if row.portico_metodo is Metodo.SIN_SENTIDO else row.sentido,
                row.fuente in MATCHED_SOURCES,
                fuentes.name_of(row.fuente, row.investigacion_id, row.listado_id),
                zone_of(region=row.region, lat=row.lat, lon=row.lon, text=row.ubicacion),
                row.portico_id,
            )
        )
    return pasos


def read_map(oficio_id: int) -> Mapa:
    """The places of a case that have coordinates: gantries, sightings of people, addresses."""
    nowhere = (
        sa.select(sa.func.count(Avistamiento.id))
        .outerjoin(Portico, Portico.id == Avistamiento.portico_id)
        .where(
            Avistamiento.oficio_id == oficio_id,
            Avistamiento.lat.is_(None),
            Portico.lat.is_(None),
        )
    )
    points = [*_gantry_points(oficio_id), *_own_points(oficio_id), *_addresses(oficio_id)]
    return Mapa(points, db.session.scalar(nowhere) or 0)


def _gantry_points(oficio_id: int) -> list[dict[str, Any]]:
    """One point for each gantry, with how often and when last."""
    last = sa.func.max(Avistamiento.fecha_hora)
    unsure = sa.func.count(
        sa.case((Avistamiento.portico_metodo == Metodo.SIN_SENTIDO, Avistamiento.id))
    )
    statement = (
        sa.select(
            Portico, sa.func.count(Avistamiento.id), sa.func.max(Avistamiento.fecha), last, unsure
        )
        .join(Avistamiento, Avistamiento.portico_id == Portico.id)
        .where(
            Avistamiento.oficio_id == oficio_id,
            Portico.lat.is_not(None),
            Avistamiento.lat.is_(None),
        )
        .group_by(Portico.id)
        .order_by(Portico.id)
    )
    points = []
    for portico, count, day, moment, without in db.session.execute(statement):
        texts = [
            f"{count} {'paso' if count == 1 else 'pasos'}",
            f"Último: {_when(day, moment, _zone_of_gantry(portico))}",
        ]
        if without:
            texts.append(
                "La fuente no dice el sentido."
                if without == count
                else f"En {without} la fuente no dice el sentido."
            )
        elif portico.sentido:
            texts.insert(0, f"Sentido: {portico.sentido}")
        points.append(
            {
                "tipo": "portico",
                "lat": portico.lat,
                "lon": portico.lon,
                "titulo": name_gantry(
                    portico.autopista,
                    portico.codigo,
                    portico.tramo,
                    Metodo.SIN_SENTIDO if without else None,
                ),
                "textos": texts,
                "n": count,
                "aproximada": portico.confianza_coord in (Confianza.BAJA, None),
                "portico_id": portico.id,
            }
        )
    return points


def _own_points(oficio_id: int) -> list[dict[str, Any]]:
    """The newest sightings with a position of their own."""
    statement = (
        sa.select(
            Avistamiento.lat,
            Avistamiento.lon,
            Avistamiento.fuente,
            Avistamiento.fecha,
            Avistamiento.fecha_hora,
            Avistamiento.ubicacion,
        )
        .where(Avistamiento.oficio_id == oficio_id, Avistamiento.lat.is_not(None))
        .order_by(Avistamiento.fecha.desc(), Avistamiento.id.desc())
        .limit(MOST_MARKS)
    )
    return [
        {
            "tipo": "avistamiento",
            "lat": lat,
            "lon": lon,
            "titulo": ubicacion or "Visto aquí",
            "textos": [f"{fuente.label}, {_when(fecha, fecha_hora, zone_of(lat=lat, lon=lon))}"],
            "n": 1,
        }
        for lat, lon, fuente, fecha, fecha_hora, ubicacion in db.session.execute(statement)
    ]


def _addresses(oficio_id: int) -> list[dict[str, Any]]:
    """The addresses of a case that have a position."""
    statement = (
        sa.select(Direccion)
        .where(Direccion.oficio_id == oficio_id, Direccion.lat.is_not(None))
        .order_by(Direccion.id)
    )
    return [
        {
            "tipo": "direccion",
            "lat": row.lat,
            "lon": row.lon,
            "titulo": row.completa,
            "textos": [row.tipo.label + (", verificada" if row.verificada else "")],
            "exactitud_m": row.exactitud_m,
        }
        for row in db.session.scalars(statement)
    ]


def _zone_of_gantry(portico: Portico) -> ZoneInfo:
    return zone_of(region=portico.region, lat=portico.lat, lon=portico.lon)


def _when(day: date, moment: Any, zone: ZoneInfo) -> str:
    """A day, with its hour when the newest sighting of that day has one."""
    text = format_fecha_hora(moment, zone) if moment is not None else ""
    return text if text.startswith(format_fecha(day)) else format_fecha(day)
