"""What a provider knows of a vehicle fills what a case does not know, and is written down."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import TYPE_CHECKING

from app.ajustes.queries import is_demo
from app.avistamientos.service.sightings import lock_oficio
from app.consultas.queries import VEHICLE_DATA, find_open_check
from app.consultas.service.checks import SimulatedRefused
from app.core.errors import Refused
from app.db import db
from app.jobs.models import Trabajo
from app.jobs.queue import enqueue
from app.oficios.models import Oficio
from app.oficios.rules import Actividad, Parte
from app.oficios.rules.campos import CAMPOS
from app.oficios.service import record
from app.oficios.service.data import RawAnswer
from app.oficios.service.vehiculo import complete_vehiculo, empty_fields
from app.usuarios.models import Usuario

if TYPE_CHECKING:
    from app.consultas.outside.vehicle_data import VehicleAnswer


def refusal_to_complete(oficio: Oficio, *, configured: bool) -> str | None:
    """Why nobody is asked what vehicle this is, and what to do; None when somebody may be."""
    if not configured:
        return (
            "No hay un proveedor de datos de vehículos configurado, así que no hay a quién "
            "consultar. Quien administra el servidor lo define con VEHICLE_DATA_URL y "
            "VEHICLE_DATA_KEY."
        )
    if oficio.buffet and oficio.buffet.is_sample:
        return "Es un caso de ejemplo: por él no se consulta nada."
    if oficio.estado.is_final:
        return "El caso está cerrado: para consultar, un administrador debe reabrirlo."
    if not empty_fields(oficio):
        return "Del vehículo ya está todo lleno: no falta ningún dato que consultar."
    return None


def request_vehicle_data(
    oficio: Oficio, *, configured: bool, actor: Usuario, now: datetime
) -> Trabajo:
    """Have the data of the vehicle asked for; while that is open, asking again is the same.

    Raises:
        Refused: there is nobody to ask, nothing to ask for, or the case is closed.
    """
    locked = lock_oficio(oficio.id)
    if refusal := refusal_to_complete(locked, configured=configured):
        raise Refused(refusal)
    waiting = find_open_check(locked.id, VEHICLE_DATA)
    return waiting or enqueue(
        VEHICLE_DATA,
        key=f"{VEHICLE_DATA}:{locked.id}:{uuid.uuid4()}",
        now=now,
        oficio_id=locked.id,
        usuario_id=actor.id,
    )


def store_vehicle_data(
    oficio_id: int, patente: str, answer: VehicleAnswer, *, actor: Usuario | None, now: datetime
) -> str:
    """Fill what is empty, and keep the answer as evidence in the bitácora; returns its sentence.

    What was told of a plate that was corrected meanwhile fills nothing.

    Raises:
        SimulatedRefused: the demonstration answered outside of a demonstration.
    """
    if answer.raw.is_demo and not is_demo():
        raise SimulatedRefused
    oficio = lock_oficio(oficio_id)
    is_same = oficio.vehiculo.patente == patente
    filled = complete_vehiculo(
        oficio, answer.datos if is_same else {}, fuente=answer.fuente, actor=actor, now=now
    )
    names = ", ".join(f"{CAMPOS[name].label} ({value})" for name, value in filled.items())
    if filled:
        text = f"Datos del vehículo que faltaban, según {answer.fuente}: {names}."
    elif not is_same:
        text = "La patente se corrigió mientras se consultaba: no se llenó nada. Consulte otra vez."
    elif answer.datos:
        text = f"{answer.fuente} no dice nada del vehículo que falte en el caso."
    else:
        text = f"{answer.fuente} no tiene datos de esta patente."
    text = " ".join([text, *(f"{said.rstrip('.')}." for said in _doubts(answer))])
    record(
        oficio,
        Actividad.SISTEMA,
        text,
        actor=actor,
        now=now,
        detalle={
            "proveedor": answer.fuente,
            "patente": patente,
            "llenados": {name: str(value) for name, value in filled.items()},
            "simulado": answer.raw.is_demo,
        },
        parte=Parte.VEHICULO,
        is_real=bool(filled),
        respuesta=RawAnswer(answer.raw.raw_body, answer.raw.status, answer.raw.sha256),
    )
    return text


def record_no_vehicle(trabajo: Trabajo, cause: str, now: datetime) -> None:
    """Say in the bitácora that nobody told what vehicle it is, and why."""
    if trabajo.oficio_id is None:
        return
    record(
        db.session.get_one(Oficio, trabajo.oficio_id),
        Actividad.SISTEMA,
        f"No se pudieron consultar los datos del vehículo. {cause}",
        actor=db.session.get(Usuario, trabajo.usuario_id) if trabajo.usuario_id else None,
        now=now,
        detalle={"trabajo_id": trabajo.id},
        parte=Parte.VEHICULO,
        is_real=False,
    )


def _doubts(answer: VehicleAnswer) -> tuple[str, ...]:
    return (*answer.raw.advertencias, *answer.raw.omitted)
