"""An oficio is opened, edited and entrusted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime

import sqlalchemy as sa

from app.avisos.rules import Novedad
from app.avisos.service import tell
from app.buffets.models import Buffet
from app.core.errors import Refused
from app.db import db, seeing_all
from app.direcciones.models import Direccion
from app.eventos.rules import TipoEvento
from app.eventos.service.emitting import emit
from app.oficios.models import Oficio, Propietario
from app.oficios.rules import Actividad, Estado, Parte, Prioridad
from app.oficios.service.bitacora import apply, differences, record
from app.oficios.service.carga import next_oficio_id
from app.oficios.service.case_refusals import NumeroTaken
from app.oficios.service.data import DireccionData, OficioData, PropietarioData, VehiculoData
from app.oficios.service.moves import rank_on_top
from app.oficios.service.search_text import refresh_search, search_text
from app.oficios.service.versions import check_version, touch
from app.usuarios.models import Usuario
from app.vehiculos.models import Vehiculo


def create_oficio(
    data: OficioData,
    vehiculo: VehiculoData,
    *,
    buffet_id: int,
    propietario: PropietarioData | None = None,
    direccion: DireccionData | None = None,
    otras_personas: Sequence[PropietarioData] = (),
    otras_direcciones: Sequence[DireccionData] = (),
    enlazado: bool = False,
    actor: Usuario,
    now: datetime,
) -> Oficio:
    """Open a case with its vehicle and, when the paper names them, its persons and addresses.

    ``enlazado`` lets it be another vehicle of an order that is already here: its case is linked
    with that of the first by their number.

    Raises:
        NumeroTaken: this buffet already sent that number; of ``enlazado``, with that plate.
    """
    vehiculo_n = 1
    if enlazado:
        vehiculo_n = _next_vehicle(buffet_id, data.numero_oficio, vehiculo.patente)
    else:
        _check_number(buffet_id, data.numero_oficio)
    # Stored in one flush: an import makes thousands of these while everybody else waits to write.
    oficio = Oficio(
        id=next_oficio_id(),
        buffet_id=buffet_id,
        creado_por_id=actor.id,
        modificado_por_id=actor.id,
        posicion=rank_on_top(Estado.PENDIENTE),
        estado_desde=now,
        ultima_actividad_at=now,
        created_at=now,
        updated_at=now,
        vehiculo_n=vehiculo_n,
        vehiculo=Vehiculo(**vars(vehiculo)),
        propietarios=[
            Propietario(created_at=now, **vars(persona))
            for persona in (propietario, *otras_personas)
            if persona
        ],
        direcciones=[
            Direccion(created_at=now, **vars(place))
            for place in (direccion, *otras_direcciones)
            if place
        ],
        **vars(data),
    )
    oficio.busqueda = search_text(oficio)
    db.session.add(oficio)
    db.session.flush()
    record(oficio, Actividad.SISTEMA, "Oficio ingresado", actor=actor, now=now)
    emit(TipoEvento.CREADO, oficio_id=oficio.id, buffet_id=buffet_id, now=now)
    return oficio


def update_oficio(
    oficio: Oficio, data: OficioData, version: int, *, actor: Usuario, now: datetime
) -> None:
    """Change what the paper says of the oficio, and tell in the bitácora what changed.

    A changed field takes its old warning with it; ``data.advertencias_ingreso`` brings the new
    ones, and counts only for fields that changed: what was confirmed stays confirmed.

    Raises:
        StaleOficio: somebody changed it since the actor saw it.
        NumeroTaken: another oficio of the buffet has the new number.
    """
    check_version(oficio, version, now)
    if data.numero_oficio != oficio.numero_oficio:
        _check_number(oficio.buffet_id, data.numero_oficio)
        oficio.vehiculo_n = 1
    data = replace(data, advertencias_ingreso=_warnings_after(oficio, data))
    detalle = differences(oficio, data)
    if not detalle:
        return
    apply(oficio, data)
    touch(oficio, actor=actor, now=now)
    refresh_search(oficio)
    record(
        oficio,
        Actividad.SISTEMA,
        "Datos del oficio modificados",
        actor=actor,
        now=now,
        detalle=detalle,
        parte=Parte.OFICIO,
    )


def assign_oficio(
    oficio: Oficio, investigador: Usuario | None, *, actor: Usuario, now: datetime
) -> None:
    """Entrust a case to somebody of the firm, or to nobody.

    Raises:
        Refused: the person is inactive or belongs to a buffet.
    """
    if investigador is not None and not (investigador.activo and investigador.is_staff):
        raise Refused("Solo se asigna a una persona activa de la oficina.")
    if oficio.investigador_id == (investigador.id if investigador else None):
        return
    before = oficio.investigador.nombre if oficio.investigador else None
    after = investigador.nombre if investigador else None
    oficio.investigador_id = investigador.id if investigador else None
    touch(oficio, actor=actor, now=now)
    record(
        oficio,
        Actividad.SISTEMA,
        f"Asignado a {after}" if after else "Queda sin asignar",
        actor=actor,
        now=now,
        detalle={"antes": {"investigador": before}, "despues": {"investigador": after}},
        parte=Parte.ASIGNACION,
    )
    if investigador is not None:
        tell(
            investigador,
            f"Le asignaron el caso {oficio.numero_oficio} ({oficio.vehiculo.patente}).",
            novedad=Novedad.ASIGNADO,
            url=f"/oficios/{oficio.id}",
            accion="Ver el caso",
            # Given back after somebody else had it, it is news again.
            clave=f"asignado:{oficio.id}:{oficio.version}",
            now=now,
            oficio_id=oficio.id,
            actor=actor,
        )


def prioritise_oficio(
    oficio: Oficio, prioridad: Prioridad, *, actor: Usuario, now: datetime
) -> None:
    """Say how soon a case wants attention."""
    if oficio.prioridad is prioridad:
        return
    before = oficio.prioridad
    oficio.prioridad = prioridad
    touch(oficio, actor=actor, now=now)
    record(
        oficio,
        Actividad.SISTEMA,
        f"Prioridad: {prioridad.label}",
        actor=actor,
        now=now,
        detalle={"antes": {"prioridad": before.value}, "despues": {"prioridad": prioridad.value}},
        parte=Parte.OFICIO,
    )


def reschedule_oficio(
    oficio: Oficio, fecha_limite: date | None, *, actor: Usuario, now: datetime
) -> None:
    """Say until when a case runs, or that it has no deadline; nothing else of it changes."""
    names = OficioData.__dataclass_fields__
    data = OficioData(**{name: getattr(oficio, name) for name in names})
    update_oficio(
        oficio, replace(data, fecha_limite=fecha_limite), oficio.version, actor=actor, now=now
    )


def _check_number(buffet_id: int, numero: str) -> None:
    """Refuse a number that the buffet already used; its row is locked so that two cannot both."""
    db.session.execute(
        sa.select(Buffet.id).where(Buffet.id == buffet_id).with_for_update(key_share=True)
    )
    taken = sa.select(Oficio.id).where(
        Oficio.buffet_id == buffet_id, Oficio.numero_oficio == numero
    )
    with seeing_all():  # a case that nobody works with keeps its number
        if db.session.scalar(taken) is not None:
            raise NumeroTaken


def _next_vehicle(buffet_id: int, numero: str, patente: str) -> int:
    """Which vehicle of its order a new one is; the buffet's row is locked as for a new number."""
    db.session.execute(
        sa.select(Buffet.id).where(Buffet.id == buffet_id).with_for_update(key_share=True)
    )
    there = (
        sa.select(Oficio.vehiculo_n, Vehiculo.patente)
        .join(Vehiculo, Vehiculo.oficio_id == Oficio.id)
        .where(Oficio.buffet_id == buffet_id, Oficio.numero_oficio == numero)
    )
    with seeing_all():  # a case that nobody works with keeps its number
        rows = db.session.execute(there).all()
    if any(row.patente == patente for row in rows):
        raise NumeroTaken
    return 1 + max((row.vehiculo_n for row in rows), default=0)


_COMPARED = {"fecha_oficio", "fecha_ingreso", "fecha_limite"}


def _warnings_after(oficio: Oficio, data: OficioData) -> dict[str, str]:
    """The warnings that hold once ``data`` is stored."""
    changed = {name for name, value in vars(data).items() if getattr(oficio, name) != value}
    # The dates are compared with each other.
    if changed & _COMPARED:
        changed |= _COMPARED
    kept = {k: text for k, text in oficio.advertencias_ingreso.items() if k not in changed}
    new = {k: text for k, text in data.advertencias_ingreso.items() if k in changed}
    return kept | new
