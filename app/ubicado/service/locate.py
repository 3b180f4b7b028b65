"""¡Ubicado!: one deed that writes the place down, stops the search and leads to the notice."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass, field
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from app.adjuntos.models import Adjunto
from app.avistamientos.rules import Fuente
from app.avistamientos.service import AvistamientoData, add_sighting
from app.consultas.queries import CHECK
from app.core.clock import local_today
from app.core.errors import InvalidValue, Refused
from app.core.text import fold
from app.db import db
from app.direcciones.models import Direccion
from app.direcciones.rules import TipoDireccion
from app.jobs.models import Trabajo
from app.jobs.rules import WAITING_STATES
from app.jobs.service import cancel_job
from app.oficios.models import Oficio
from app.oficios.rules import Actividad, Estado, Parte
from app.oficios.service import DireccionData, Move, add_direccion, move_oficio, record
from app.ubicado.models import Ubicacion
from app.ubicado.queries import find_current, find_sent
from app.ubicado.rules import MAX_PHOTOS, SinPosicion, TipoLugar, steps_to_notice
from app.ubicado.service.location_refusals import AlreadyLocated, FormReused
from app.usuarios.models import Usuario

_NO_PHOTO = "Falta la foto: tome al menos una del vehículo donde está."
#: What a job that was waiting says of why it was not done.
_STOPPED = "El vehículo fue ubicado: ya no hace falta consultar."


@dataclass(frozen=True)
class UbicacionData:
    """Where a vehicle was found, as a form or a program tells it.

    At an address: ``direccion_id`` of one of the case, or ``lugar`` with the comuna of another
    one, which becomes one of the case. In the street: ``lugar`` says how to find it.
    """

    tipo: TipoLugar
    #: Made with the form, so that one sent twice is one location.
    cliente_id: str
    adjunto_ids: list[int] = field(default_factory=list)
    direccion_id: int | None = None
    lugar: str | None = None
    comuna: str | None = None
    region: str | None = None
    lat: float | None = None
    lon: float | None = None
    #: Metres.
    exactitud_m: float | None = None
    sin_posicion: SinPosicion | None = None
    acceso: str | None = None
    notas: str | None = None


def locate(oficio: Oficio, data: UbicacionData, *, actor: Usuario, now: datetime) -> Ubicacion:
    """Write down that the vehicle was found, and let the case go on to its notice.

    In one transaction: the location with its photos, a sighting, the entry of the bitácora, the
    seals, the steps of the case, and no more checks of the gantries. ``now`` is the server's clock
    and is all that says when. The same form again, also at the same moment, is the same location.

    Raises:
        AlreadyLocated: somebody found it before, and the case stands on that.
        FormReused: the form's id came with another case or person.
        InvalidValue: there is no photo, or the place cannot be told.
        Refused: the case is closed.
    """
    oficio = lock_oficio(oficio.id)
    sent = find_sent(data.cliente_id)
    if sent is not None:
        if (sent.oficio_id, sent.usuario_id) != (oficio.id, actor.id):
            raise FormReused
        return sent
    check_locatable(oficio, now)
    ubicacion = Ubicacion(
        oficio_id=oficio.id,
        usuario_id=actor.id,
        ubicado_at=now,
        tipo=data.tipo,
        lat=data.lat,
        lon=data.lon,
        exactitud_m=data.exactitud_m if data.lat is not None else None,
        sin_posicion=data.sin_posicion if data.lat is None else None,
        acceso=data.acceso,
        notas=data.notas,
        cliente_id=data.cliente_id,
        adjuntos=_photos(oficio.id, data.adjunto_ids),
    )
    _place(ubicacion, oficio, data, actor=actor, now=now)
    db.session.add(ubicacion)
    try:
        db.session.flush()
    except IntegrityError:  # a concurrent request used the same id for another case
        raise FormReused from None
    record(
        oficio,
        Actividad.TERRENO,
        _told(ubicacion),
        actor=actor,
        now=now,
        detalle={
            "ubicacion_id": ubicacion.id,
            "direccion_id": ubicacion.direccion_id,
            "exactitud_m": ubicacion.exactitud_m,
            "adjuntos": [photo.id for photo in ubicacion.adjuntos],
        },
        parte=Parte.DIRECCION,
    )
    note_seen(oficio, ubicacion, actor=actor, now=now)
    stop_checks(oficio.id, now)
    for estado in steps_to_notice(oficio.estado):
        move_oficio(oficio, Move(estado, oficio.version), actor=actor, now=now)
    return ubicacion


def lock_oficio(oficio_id: int) -> Oficio:
    """The case as nobody else can change it until the commit: of two who find it, one is first.

    The row is locked by its id and read afterwards: what the session knew of it from before would
    be held against what the other one has changed meanwhile, and refused as stale.
    """
    db.session.execute(sa.select(Oficio.id).where(Oficio.id == oficio_id).with_for_update())
    return db.session.get_one(Oficio, oficio_id, populate_existing=True)


def check_locatable(oficio: Oficio, now: datetime) -> None:
    """Refuse what has been found, or is not looked for.

    A case that somebody moved to ``notificacion`` by hand has no place yet, and may get one.

    Raises:
        AlreadyLocated: with who and when.
        Refused: the case is closed.
    """
    if oficio.estado.is_final:
        raise Refused(
            f"El caso está cerrado ({oficio.estado.label.lower()}): para anotar una ubicación, un "
            "administrador debe reabrirlo."
        )
    if oficio.estado is not Estado.NOTIFICACION:
        return
    current = find_current(oficio.id)
    if current is not None and not current.is_gone:
        raise AlreadyLocated(current.ubicacion, now)


def note_seen(oficio: Oficio, ubicacion: Ubicacion, *, actor: Usuario, now: datetime) -> None:
    """The vehicle was seen there at this moment, which is a sighting like any other."""
    row = add_sighting(
        oficio,
        AvistamientoData(
            fuente=Fuente.TERRENO,
            fecha=local_today(now, ubicacion.zona),
            fecha_hora=now,
            ubicacion=ubicacion.completa[:200],
        ),
        actor=actor,
        now=now,
    )
    row.lat, row.lon = ubicacion.lat, ubicacion.lon
    db.session.flush()


def stop_checks(oficio_id: int, now: datetime) -> None:
    """Take the checks of the gantries that wait out of the queue; one that runs looks by itself."""
    waiting = sa.select(Trabajo).where(
        Trabajo.tipo == CHECK, Trabajo.oficio_id == oficio_id, Trabajo.estado.in_(WAITING_STATES)
    )
    for trabajo in db.session.scalars(waiting).all():
        with contextlib.suppress(Refused):  # a worker leased it concurrently
            cancel_job(trabajo, now=now, cause=_STOPPED)


def _photos(oficio_id: int, ids: list[int]) -> list[Adjunto]:
    """The photos of these ids.

    Raises:
        InvalidValue: there is none, or one is of another case, was deleted, or is no picture.
    """
    wanted = set(ids)
    if not wanted:
        raise InvalidValue(_NO_PHOTO)
    if len(wanted) > MAX_PHOTOS:
        raise InvalidValue(
            f"Elija hasta {MAX_PHOTOS} fotos; las demás se agregan después en el caso."
        )
    statement = sa.select(Adjunto).where(
        Adjunto.id.in_(wanted), Adjunto.oficio_id == oficio_id, Adjunto.eliminado_at.is_(None)
    )
    found = [row for row in db.session.scalars(statement.order_by(Adjunto.id)) if row.is_image]
    if len(found) != len(wanted):
        raise InvalidValue("Una de las fotos ya no está en este caso, o no es una foto. Quítela.")
    return found


def _place(
    ubicacion: Ubicacion,
    oficio: Oficio,
    data: UbicacionData,
    *,
    actor: Usuario,
    now: datetime,
) -> None:
    """Write down which place it is; an address of the case is thereby verified."""
    if data.tipo is TipoLugar.VIA_PUBLICA:
        if not (data.lugar or data.lat is not None):
            raise InvalidValue("Escriba una referencia para encontrarlo: no hay posición.")
        ubicacion.lugar = data.lugar or "ver la posición en el mapa"
        ubicacion.comuna, ubicacion.region = data.comuna, data.region
        return
    direccion = _address(oficio, data, actor=actor, now=now)
    ubicacion.direccion_id = direccion.id
    ubicacion.lugar = direccion.direccion
    ubicacion.comuna, ubicacion.region = direccion.comuna, direccion.region
    if not direccion.verificada:
        direccion.verificada = True
        direccion.verificada_at = now
        direccion.verificada_por_id = actor.id
        if data.lat is not None:
            direccion.lat, direccion.lon = data.lat, data.lon
            direccion.exactitud_m = data.exactitud_m
        direccion.version += 1


def _address(oficio: Oficio, data: UbicacionData, *, actor: Usuario, now: datetime) -> Direccion:
    """The address of the case that was meant, added to it when it is a new one."""
    if data.direccion_id is not None:
        for direccion in oficio.direcciones:
            if direccion.id == data.direccion_id:
                return direccion
        raise InvalidValue("Esa dirección ya no está en este caso. Elija otra de la lista.")
    if not (data.lugar and data.comuna):
        raise InvalidValue("Escriba la calle, el número y la comuna donde está el vehículo.")
    typed = fold(f"{data.lugar}, {data.comuna}")
    for direccion in oficio.direcciones:
        if fold(direccion.completa) == typed:
            return direccion
    new = DireccionData(
        direccion=data.lugar, comuna=data.comuna, region=data.region, tipo=TipoDireccion.OTRO
    )
    return add_direccion(oficio, new, actor=actor, now=now)


def _told(ubicacion: Ubicacion) -> str:
    """The location as the bitácora tells it."""
    count = len(ubicacion.adjuntos)
    position = ubicacion.posicion or (
        ubicacion.sin_posicion.label if ubicacion.sin_posicion else "Sin posición"
    )
    lines = [
        f"¡Ubicado! {ubicacion.completa}",
        f"{position} · {'1 foto' if count == 1 else f'{count} fotos'}",
        f"Acceso: {ubicacion.acceso}" if ubicacion.acceso else None,
        ubicacion.notas,
    ]
    return "\n".join(line for line in lines if line)
