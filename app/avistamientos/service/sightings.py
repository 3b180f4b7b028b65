"""Sightings that people write down: their own, a fine's, one from the field."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

import sqlalchemy as sa

from app.avistamientos.models import Avistamiento
from app.avistamientos.rules import WRITTEN_SOURCES, Fuente, sighting_key
from app.avistamientos.rules.crossings import CLOCK_TOLERANCE
from app.avistamientos.service.portico_matching import identify_sighting
from app.avistamientos.service.sighting_news import announce_sightings
from app.core.clock import latest_today
from app.core.dates import format_fecha, format_fecha_hora
from app.core.errors import Refused, Stale
from app.core.text import join_once
from app.db import db
from app.oficios.models import Oficio
from app.oficios.rules import Actividad
from app.oficios.service import record
from app.usuarios.models import Usuario


class RepeatedSighting(Refused):
    """The case has this very sighting already."""

    def __init__(self) -> None:
        super().__init__(
            "Este avistamiento ya está anotado: tiene la misma fecha, hora, lugar, empresa y monto."
        )


class FutureSighting(Refused):
    """Nobody saw it yet."""

    def __init__(self) -> None:
        super().__init__("Esa fecha y hora todavía no llegan. Revise el día y la hora.")


class CourtOrderMissing(Refused):
    """A fine is written down only as a court's order lets the office know of it (art. 25)."""

    def __init__(self) -> None:
        super().__init__(
            "Para anotar una multa escriba la resolución del tribunal que permite usarla."
        )


@dataclass(frozen=True)
class AvistamientoData:
    """A sighting as a person tells it; the hour may be unknown."""

    fuente: Fuente
    fecha: date
    fecha_hora: datetime | None = None
    ubicacion: str | None = None
    empresa: str | None = None
    monto: int | None = None
    notas: str | None = None
    #: Of a fine: the court's order that it was learnt by.
    orden_judicial: str | None = None
    #: Texts of what does not add up, by field (an hour that was twice).
    advertencias_ingreso: Mapping[str, str] = field(default_factory=dict)


def lock_oficio(oficio_id: int) -> Oficio:
    """Lock the row of the oficio until the commit, so that nobody else stores sightings for it."""
    return db.session.get_one(Oficio, oficio_id, with_for_update=True)


def seal(avistamiento: Avistamiento) -> str:
    """Hash of a sighting's key and notes; a form with an outdated one is refused as stale."""
    text = f"{avistamiento.clave}\x1f{avistamiento.notas or ''}"
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def add_sighting(
    oficio: Oficio, data: AvistamientoData, *, actor: Usuario, now: datetime
) -> Avistamiento:
    """Write down that the vehicle was seen.

    Raises:
        RepeatedSighting: it is written down already.
        FutureSighting: its moment has not come.
        CourtOrderMissing: it is a fine, and no order of a court is named.
        Refused: only a provider tells of gantry crossings.
    """
    oficio = lock_oficio(oficio.id)
    key = _check(oficio.id, data, now)
    row = Avistamiento(
        oficio_id=oficio.id,
        clave=key,
        usuario_id=actor.id,
        created_at=now,
        **vars(data),
        **identify_sighting(data.fuente, data.ubicacion, data.empresa),
    )
    db.session.add(row)
    db.session.flush()
    _announce(oficio, "Avistamiento anotado", row, actor=actor, now=now)
    announce_sightings(oficio, [row], clave=f"avistamiento:{row.id}", actor=actor, now=now)
    return row


def edit_sighting(
    avistamiento: Avistamiento,
    data: AvistamientoData,
    *,
    seen: str,
    actor: Usuario,
    now: datetime,
) -> None:
    """Correct a sighting that a person wrote down. ``seen`` is its seal when the form was opened.

    Raises:
        Stale: somebody corrected it meanwhile.
        RepeatedSighting: it would become the same as another one.
        FutureSighting: its moment has not come.
        CourtOrderMissing: it is a fine, and no order of a court is named.
        Refused: what a provider told is evidence and stays as it came.
    """
    oficio = lock_oficio(avistamiento.oficio_id)
    db.session.refresh(avistamiento)
    if avistamiento.fuente not in WRITTEN_SOURCES:
        raise Refused("Los avistamientos de pórticos son evidencia: no se modifican.")
    if seen != seal(avistamiento):
        raise Stale(
            "Alguien corrigió este avistamiento mientras usted lo veía. Lo que escribió sigue "
            "aquí: compárelo con la lista y guarde otra vez si corresponde."
        )
    key = _check(oficio.id, data, now, but=avistamiento.id)
    before = _describe(avistamiento)
    changed = any(getattr(avistamiento, name) != value for name, value in vars(data).items())
    if not changed:
        return
    gantry = identify_sighting(data.fuente, data.ubicacion, data.empresa)
    for name, value in {**vars(data), **gantry}.items():
        setattr(avistamiento, name, value)
    avistamiento.clave = key
    db.session.flush()
    _announce(
        oficio,
        "Avistamiento corregido",
        avistamiento,
        actor=actor,
        now=now,
        before=before,
    )


def remove_sighting(avistamiento: Avistamiento, *, actor: Usuario, now: datetime) -> None:
    """Take back a sighting that a person wrote down; the bitácora keeps what it said.

    Raises:
        Refused: what a provider told is evidence and stays.
    """
    oficio = lock_oficio(avistamiento.oficio_id)
    if avistamiento.fuente not in WRITTEN_SOURCES:
        raise Refused("Los avistamientos de pórticos son evidencia: no se eliminan.")
    _announce(oficio, "Avistamiento retirado", avistamiento, actor=actor, now=now)
    db.session.delete(avistamiento)
    db.session.flush()


def _check(oficio_id: int, data: AvistamientoData, now: datetime, but: int | None = None) -> str:
    """The key of a sighting that may be stored."""
    if data.fuente not in WRITTEN_SOURCES:
        raise Refused("Los pasos por pórticos solo llegan del proveedor.")
    if data.fuente is Fuente.MULTA and not data.orden_judicial:
        raise CourtOrderMissing
    if data.fecha > latest_today(now) or (
        data.fecha_hora is not None and data.fecha_hora > now + CLOCK_TOLERANCE
    ):
        raise FutureSighting
    facts = (data.fuente, data.fecha, data.fecha_hora, data.ubicacion, data.empresa, data.monto)
    key = sighting_key(*facts)
    same = sa.select(Avistamiento.id).where(
        Avistamiento.oficio_id == oficio_id, Avistamiento.clave == key
    )
    found = db.session.scalar(same)
    if found is not None and found != but:
        raise RepeatedSighting
    return key


def _announce(
    oficio: Oficio,
    verb: str,
    row: Avistamiento,
    *,
    actor: Usuario,
    now: datetime,
    before: str | None = None,
) -> None:
    detalle: dict[str, object] = {"avistamiento_id": row.id}
    if before is not None:
        detalle["antes"] = before
    record(
        oficio,
        Actividad.TERRENO if row.fuente is Fuente.TERRENO else Actividad.SISTEMA,
        f"{verb} ({row.fuente.label.lower()}): {_describe(row)}",
        actor=actor,
        now=now,
        detalle=detalle,
    )


def _describe(row: Avistamiento) -> str:
    """A sighting in one line: «22-11-2026 19:12 · Av. Grecia 1180, Ñuñoa»."""
    when = (
        format_fecha_hora(row.fecha_hora, row.zona) if row.fecha_hora else format_fecha(row.fecha)
    )
    return join_once([when, row.ubicacion, row.empresa])
