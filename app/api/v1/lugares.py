"""The addresses of an oficio, the visits to them, and the sightings of its vehicle."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from flask.typing import ResponseReturnValue

from app.api.v1.access import STAFF, bearer_required, current_usuario, oficio_to_see, readers
from app.api.v1.answering import answer, answer_list, must_match, show_list
from app.api.v1.blueprint import ApiBlueprint
from app.api.v1.describing import gives
from app.api.v1.reading import invalid, takes
from app.api.v1.repeating import once
from app.api.v1.schemas.base import Paging
from app.api.v1.schemas.fields import read_in_place
from app.api.v1.schemas.partes import (
    AvistamientoChange,
    AvistamientoNew,
    AvistamientoShown,
    DireccionChange,
    DireccionNew,
    DireccionShown,
    VisitaNew,
    VisitaShown,
)
from app.avistamientos.models import Avistamiento
from app.avistamientos.queries import find_sighting, sightings_statement
from app.avistamientos.service import (
    AvistamientoData,
    add_sighting,
    edit_sighting,
    remove_sighting,
    seal,
)
from app.avistamientos.service.sightings import CourtOrderMissing, FutureSighting
from app.buffets.permissions import Materia
from app.core.clock import Reading, local_today, utcnow
from app.core.errors import NotFound, Refused
from app.core.time_zones import zone_of
from app.db import db, transaction
from app.direcciones.models import Direccion, Visita
from app.direcciones.rules import parse_comuna
from app.oficios.models import Oficio
from app.oficios.service import (
    DireccionData,
    VisitaData,
    add_direccion,
    add_visita,
    remove_direccion,
    update_direccion,
)

bp = ApiBlueprint("lugares", __name__)

_OF_OFICIO = "/oficios/<int:oficio_id>"
_ONE_PLACE = _OF_OFICIO + "/direcciones/<int:direccion_id>"
#: What a person tells of a sighting.
_SIGHTED = (
    "fuente",
    "fecha",
    "fecha_hora",
    "ubicacion",
    "empresa",
    "monto",
    "notas",
    "orden_judicial",
    "advertencias_ingreso",
)
_ONE_SIGHTING = _OF_OFICIO + "/avistamientos/<int:avistamiento_id>"


@bp.post(_OF_OFICIO + "/direcciones")
@bearer_required(*STAFF)
@once()
@takes(body=DireccionNew)
@gives("Agregar una dirección al caso.", DireccionShown, 201)
def add_place(oficio_id: int, body: DireccionNew) -> ResponseReturnValue:
    """Add a place to a case."""
    oficio = oficio_to_see(oficio_id)
    with transaction():
        data = DireccionData(**_with_region(body.model_dump()))
        direccion = add_direccion(oficio, data, actor=current_usuario(), now=utcnow())
    return answer(_place(direccion), 201)


@bp.get(_OF_OFICIO + "/direcciones")
@bearer_required(*readers(Materia.DIRECCIONES))
@takes(query=Paging)
@gives("Listar las direcciones del caso.", DireccionShown, many=True)
def list_places(oficio_id: int, query: Paging) -> ResponseReturnValue:
    """The places of a case."""
    places = oficio_to_see(oficio_id).direcciones
    part = places[query.skip : query.skip + query.limit]
    return show_list([_place(direccion) for direccion in part], len(places))


@bp.get(_ONE_PLACE)
@bearer_required(*readers(Materia.DIRECCIONES))
@gives("Leer una dirección del caso.", DireccionShown)
def place(oficio_id: int, direccion_id: int) -> ResponseReturnValue:
    """One place of a case."""
    return answer(_place(_get_place(oficio_to_see(oficio_id), direccion_id)))


@bp.patch(_ONE_PLACE)
@bearer_required(*STAFF)
@takes(body=DireccionChange)
@gives("Corregir lo que se envía de una dirección.", DireccionShown, errors=(409, 412))
def change_place(oficio_id: int, direccion_id: int, body: DireccionChange) -> ResponseReturnValue:
    """Correct what is given of a place, and leave the rest."""
    oficio = oficio_to_see(oficio_id)
    with transaction():
        direccion = _get_place(oficio, direccion_id)
        must_match(_place(direccion))
        known = {name: getattr(direccion, name) for name in vars(DireccionData(direccion=""))}
        update_direccion(
            oficio,
            direccion,
            DireccionData(**{**known, **_with_region(body.given())}),
            body.version or direccion.version,
            actor=current_usuario(),
            now=utcnow(),
        )
    return answer(_place(direccion))


@bp.delete(_ONE_PLACE)
@bearer_required(*STAFF)
@gives("Quitar una dirección sin visitas.", status=204, errors=(409,))
def remove_place(oficio_id: int, direccion_id: int) -> ResponseReturnValue:
    """Take a place out of a case."""
    oficio = oficio_to_see(oficio_id)
    with transaction():
        direccion = _get_place(oficio, direccion_id)
        remove_direccion(oficio, direccion, actor=current_usuario(), now=utcnow())
    return "", 204


@bp.post("/direcciones/<int:direccion_id>/visitas")
@bearer_required(*STAFF)
@once()
@takes(body=VisitaNew)
@gives("Anotar una visita a una dirección.", VisitaShown, 201)
def add_visit(direccion_id: int, body: VisitaNew) -> ResponseReturnValue:
    """Write down a visit; a successful one verifies the address."""
    direccion = _find_place(direccion_id)
    now = utcnow()
    reading = read_in_place(body.fecha_hora or now, direccion.zona)
    data = VisitaData(
        **{
            **body.model_dump(),
            "fecha_hora": reading.moment,
            "advertencias_ingreso": _doubt(reading),
        }
    )
    try:
        with transaction():
            oficio = db.session.get_one(Oficio, direccion.oficio_id)
            visita = add_visita(oficio, direccion, data, actor=current_usuario(), now=now)
    except Refused as refused:
        return invalid("fecha_hora", str(refused))
    return answer(VisitaShown.model_validate(visita), 201)


@bp.get("/direcciones/<int:direccion_id>/visitas")
@bearer_required(*readers(Materia.DIRECCIONES))
@takes(query=Paging)
@gives("Listar las visitas a una dirección, la última primero.", VisitaShown, many=True)
def list_visits(direccion_id: int, query: Paging) -> ResponseReturnValue:
    """The visits to a place, newest first."""
    direccion = _find_place(direccion_id)
    statement = (
        sa.select(Visita)
        .where(Visita.direccion_id == direccion.id)
        .order_by(Visita.fecha_hora.desc(), Visita.id.desc())
    )
    return answer_list(statement, query, VisitaShown.model_validate)


@bp.post(_OF_OFICIO + "/avistamientos")
@bearer_required(*STAFF)
@once()
@takes(body=AvistamientoNew)
@gives(
    "Anotar un avistamiento. Los de pórticos solo llegan del proveedor.",
    AvistamientoShown,
    201,
    errors=(409,),
)
def add_seen(oficio_id: int, body: AvistamientoNew) -> ResponseReturnValue:
    """Write down that the vehicle was seen."""
    oficio = oficio_to_see(oficio_id)
    values = body.model_dump()
    if body.fecha_hora is not None:
        values |= _when(body.fecha_hora, body.ubicacion)
    try:
        with transaction():
            data = AvistamientoData(**values)
            row = add_sighting(oficio, data, actor=current_usuario(), now=utcnow())
    except FutureSighting as ahead:
        return invalid("fecha", str(ahead))
    except CourtOrderMissing as missing:
        return invalid("orden_judicial", str(missing))
    return answer(_seen(row), 201)


@bp.get(_OF_OFICIO + "/avistamientos")
@bearer_required(*readers(Materia.AVISTAMIENTOS))
@takes(query=Paging)
@gives("Listar los avistamientos, el último primero.", AvistamientoShown, many=True)
def list_seen(oficio_id: int, query: Paging) -> ResponseReturnValue:
    """Where and when the vehicle was seen, newest first."""
    return answer_list(sightings_statement(oficio_to_see(oficio_id).id), query, _seen)


@bp.get(_ONE_SIGHTING)
@bearer_required(*readers(Materia.AVISTAMIENTOS))
@gives("Leer un avistamiento.", AvistamientoShown)
def seen(oficio_id: int, avistamiento_id: int) -> ResponseReturnValue:
    """One sighting."""
    return answer(_seen(_get_seen(oficio_to_see(oficio_id), avistamiento_id)))


@bp.patch(_ONE_SIGHTING)
@bearer_required(*STAFF)
@takes(body=AvistamientoChange)
@gives("Corregir un avistamiento anotado a mano.", AvistamientoShown, errors=(409, 412))
def change_seen(
    oficio_id: int, avistamiento_id: int, body: AvistamientoChange
) -> ResponseReturnValue:
    """Correct a sighting that a person wrote down."""
    oficio = oficio_to_see(oficio_id)
    given = body.given()
    if body.fecha_hora is None and "fecha" in given:
        given.setdefault("fecha_hora", None)  # the hour was one of the former day
    try:
        with transaction():
            row = _get_seen(oficio, avistamiento_id)
            must_match(_seen(row))
            known = {name: getattr(row, name) for name in _SIGHTED}
            if body.fecha_hora is not None:
                given |= _when(body.fecha_hora, given.get("ubicacion", row.ubicacion))
            elif "fecha_hora" in given:
                given["advertencias_ingreso"] = {}
            data = AvistamientoData(**{**known, **given})
            edit_sighting(row, data, seen=seal(row), actor=current_usuario(), now=utcnow())
    except FutureSighting as ahead:
        return invalid("fecha", str(ahead))
    except CourtOrderMissing as missing:
        return invalid("orden_judicial", str(missing))
    return answer(_seen(row))


@bp.delete(_ONE_SIGHTING)
@bearer_required(*STAFF)
@gives("Retirar un avistamiento anotado a mano.", status=204, errors=(409,))
def remove_seen(oficio_id: int, avistamiento_id: int) -> ResponseReturnValue:
    """Take back a sighting that a person wrote down."""
    oficio = oficio_to_see(oficio_id)
    with transaction():
        row = _get_seen(oficio, avistamiento_id)
        remove_sighting(row, actor=current_usuario(), now=utcnow())
    return "", 204


def _when(moment: datetime, place: str | None) -> dict[str, Any]:
    """The day and the moment of a sighting on the clock of its place, and what is in doubt."""
    zone = zone_of(text=place)
    reading = read_in_place(moment, zone)
    return {
        # A day is what was written, also where the clock skipped its first hour.
        "fecha": local_today(reading.moment, zone) if moment.tzinfo else moment.date(),
        "fecha_hora": reading.moment,
        "advertencias_ingreso": _doubt(reading),
    }


def _doubt(reading: Reading) -> dict[str, str]:
    return {"fecha_hora": reading.duda} if reading.duda else {}


def _get_place(oficio: Oficio, direccion_id: int) -> Direccion:
    found = next((row for row in oficio.direcciones if row.id == direccion_id), None)
    if found is None:
        raise NotFound("Dirección no encontrada")
    return found


def _find_place(direccion_id: int) -> Direccion:
    """A place of an oficio that the asker may see."""
    direccion = db.session.get(Direccion, direccion_id)
    if direccion is None:
        raise NotFound("Dirección no encontrada")
    oficio_to_see(direccion.oficio_id)
    return direccion


def _get_seen(oficio: Oficio, avistamiento_id: int) -> Avistamiento:
    row = find_sighting(oficio.id, avistamiento_id)
    if row is None:
        raise NotFound("Avistamiento no encontrado")
    return row


def _with_region(values: dict[str, Any]) -> dict[str, Any]:
    """The region follows from the comuna."""
    if "comuna" not in values:
        return values
    comuna = parse_comuna(values["comuna"]) if values["comuna"] else None
    return {
        **values,
        "comuna": comuna.nombre if comuna else None,
        "region": comuna.region_corta if comuna else None,
    }


def _place(direccion: Direccion) -> DireccionShown:
    return DireccionShown.model_validate(direccion)


def _seen(row: Avistamiento) -> AvistamientoShown:
    return AvistamientoShown.model_validate(row)
