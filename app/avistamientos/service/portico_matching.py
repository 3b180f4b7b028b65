"""Tying sightings to the catalogue of gantries, by their text or by a person's word."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from app.avistamientos.models import Avistamiento
from app.avistamientos.queries import has_unmatched, list_texts
from app.avistamientos.rules import MATCHED_SOURCES, Fuente
from app.avistamientos.rules.crossings import Crossing
from app.core.clock import SANTIAGO
from app.core.errors import Refused
from app.db import db
from app.oficios.models import Oficio
from app.oficios.rules import Actividad
from app.oficios.service import record
from app.porticos.models import Portico
from app.porticos.queries import list_zones
from app.porticos.rules import Metodo
from app.porticos.rules.recognition import Match
from app.porticos.service import Texto, ask_to_rematch, identify, remember_alias
from app.usuarios.models import Usuario


def rematch_older(now: datetime) -> None:
    """Have sightings of before there was a catalogue looked up in it."""
    if has_unmatched():
        ask_to_rematch(now)


def gantry_values(match: Match) -> dict[str, Any]:
    """What a sighting keeps of how its text was understood."""
    return {
        "portico_id": match.portico_id,
        "autopista": match.autopista,
        "portico_metodo": match.metodo,
        "portico_motivo": match.motivo,
    }


def read_in_place(items: Iterable[Crossing], gantries: Mapping[Texto, Match]) -> list[Crossing]:
    """The crossings with hours without an offset read on the clock of the gantry they name."""
    items = list(items)
    ids = {match.portico_id for match in gantries.values() if match.portico_id is not None}
    zones = {pk: zone for pk, zone in list_zones(ids).items() if zone != SANTIAGO}
    if not zones:
        return items
    read = []
    for item in items:
        match = gantries[item.ubicacion, item.empresa]
        zone = zones.get(match.portico_id) if match.portico_id is not None else None
        read.append(item.read_in(zone) if zone else item)
    return read


def identify_sighting(fuente: Fuente, ubicacion: str | None, empresa: str | None) -> dict[str, Any]:
    """The gantry of one sighting; an address that a person saw is not looked up."""
    if fuente not in MATCHED_SOURCES:
        return {
            "portico_id": None,
            "autopista": None,
            "portico_metodo": None,
            "portico_motivo": None,
        }
    texto = (ubicacion, empresa)
    return gantry_values(identify([texto])[texto])


def correct_gantry(
    avistamiento: Avistamiento,
    portico: Portico | None,
    *,
    actor: Usuario,
    now: datetime,
) -> int:
    """Say which gantry a sighting's text means; every sighting with that text follows.

    Those with the very same text at once, those that spell it otherwise by a job. What the source
    wrote stays as it came. Returns how many sightings follow at once.

    Raises:
        InvalidValue: the source named no place.
        Refused: the gantry is out of use, or a person saw the vehicle at an address.
    """
    if avistamiento.fuente not in MATCHED_SOURCES:
        raise Refused("Lo que vio una persona tiene su dirección: no se identifica con un pórtico.")
    if portico is not None and not portico.activo:
        raise Refused("Ese pórtico está fuera de uso. Elija otro o reactívelo en el catálogo.")
    texto = (avistamiento.ubicacion, avistamiento.empresa)
    remember_alias(*texto, portico, actor=actor, now=now)
    changed = _store(texto, identify([texto])[texto])
    what = f"es el pórtico {portico.nombre} de {portico.autopista}" if portico else "no se conoce"
    record(
        db.session.get_one(Oficio, avistamiento.oficio_id),
        Actividad.SISTEMA,
        f"Pórtico corregido: «{avistamiento.ubicacion}» {what}.",
        actor=actor,
        now=now,
        detalle={
            "avistamiento_id": avistamiento.id,
            "portico_id": portico.id if portico else None,
        },
    )
    return changed


def rematch(textos: Iterable[Texto]) -> int:
    """Look texts up again and change the sightings that now mean something else.

    A gantry that went out of use stays with the sightings of its time. Returns how many changed.
    """
    wanted = list(textos)
    matches = identify(wanted)
    retired = set(db.session.scalars(sa.select(Portico.id).where(Portico.activo.is_(False))))
    return sum(_store(texto, matches[texto], keep=retired) for texto in wanted)


def rematch_batches(size: int) -> list[list[Texto]]:
    """All texts that sightings have, in parts of that size."""
    texts = list_texts()
    return [texts[start : start + size] for start in range(0, len(texts), size)]


def _store(texto: Texto, match: Match, *, keep: set[int] | None = None) -> int:
    """Write how a text is understood on all its sightings that say otherwise."""
    values = gantry_values(match)
    ubicacion, empresa = texto
    statement = (
        sa.update(Avistamiento)
        .where(
            _same(Avistamiento.ubicacion, ubicacion),
            _same(Avistamiento.empresa, empresa),
            Avistamiento.fuente.in_(MATCHED_SOURCES),
            sa.or_(
                *(
                    getattr(Avistamiento, name).is_distinct_from(value)
                    for name, value in values.items()
                )
            ),
        )
        .values(**values)
        .returning(Avistamiento.id)
        .execution_options(synchronize_session=False)
    )
    if keep and match.metodo is not Metodo.CORREGIDO:
        statement = statement.where(
            sa.or_(Avistamiento.portico_id.is_(None), Avistamiento.portico_id.not_in(keep))
        )
    changed = len(db.session.scalars(statement).all())
    if changed:
        db.session.expire_all()
    return changed


def _same(column: Any, value: str | None) -> Any:
    """Equal, as an index answers it; NULL is the same as NULL."""
    return column.is_(None) if value is None else column == value
