"""A case that is made of papers: they become its files and the evidence of where it came from."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from app.bandeja.models import Ingreso
from app.bandeja.rules import EstadoIngreso
from app.bandeja.service.deciding import note_made
from app.core.errors import Refused
from app.db import db
from app.jobs.queue import enqueue
from app.oficios.models import Oficio
from app.oficios.service import (
    DireccionData,
    OficioData,
    PropietarioData,
    VehiculoData,
    create_oficio,
)
from app.papeles.queries import list_made
from app.usuarios.models import Usuario

ATTACH_JOB = "papeles.adjuntar"


def create_from_papers(
    papeles: Sequence[Ingreso],
    data: OficioData,
    vehiculo: VehiculoData,
    *,
    propietario: PropietarioData | None,
    direccion: DireccionData | None,
    otras_personas: Sequence[PropietarioData] = (),
    otras_direcciones: Sequence[DireccionData] = (),
    actor: Usuario,
    now: datetime,
) -> Oficio:
    """Open the case that somebody confirmed beside its papers; a job adds them to its files.

    Raises:
        Refused: nobody said whose they are, they were decided on, or that vehicle has its case.
        NumeroTaken: the buffet already sent that number.
    """
    first = papeles[0]
    for ingreso in papeles:
        db.session.refresh(ingreso, with_for_update=True)
        _refuse_closed(ingreso)
    if first.buffet_id is None:
        raise Refused("Diga primero de qué buffet es.")
    made = list_made(first.id)
    if any(row.patente == vehiculo.patente for row in made):
        raise Refused(f"De este papel ya se creó un caso con la patente {vehiculo.patente}.")
    oficio = create_oficio(
        data,
        vehiculo,
        buffet_id=first.buffet_id,
        propietario=propietario,
        direccion=direccion,
        otras_personas=otras_personas,
        otras_direcciones=otras_direcciones,
        # Another vehicle of the same order bears its number.
        enlazado=any(row.numero_oficio == data.numero_oficio for row in made),
        actor=actor,
        now=now,
    )
    for ingreso in papeles:
        add_to_case(ingreso, oficio, actor=actor, now=now)
    return oficio


def add_to_case(ingreso: Ingreso, oficio: Oficio, *, actor: Usuario, now: datetime) -> None:
    """Make a paper evidence of a case; a job adds it to the files.

    Raises:
        Refused: it was decided on, or it is of another buffet.
    """
    _refuse_closed(ingreso)
    if ingreso.buffet_id != oficio.buffet_id:
        raise Refused("Ese caso es de otro buffet.")
    note_made(ingreso, [oficio.id], actor=actor, now=now)
    enqueue(
        ATTACH_JOB,
        key=f"{ATTACH_JOB}:{oficio.id}:{ingreso.id}",
        now=now,
        args={"ingreso": ingreso.id},
        oficio_id=oficio.id,
        usuario_id=actor.id,
    )


def _refuse_closed(ingreso: Ingreso) -> None:
    if ingreso.estado is EstadoIngreso.LEYENDO:
        raise Refused("Todavía se está leyendo. Espere a que termine.")
    if ingreso.estado not in {EstadoIngreso.POR_REVISAR, EstadoIngreso.CREADO}:
        raise Refused(
            f"Ya se decidió sobre este papel: {ingreso.estado.label.lower()}. "
            "Si fue un error, vuelva a abrirlo en la bandeja."
        )
