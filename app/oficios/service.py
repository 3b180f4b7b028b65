"""What happens to an oficio: it is opened, moved, assigned, edited; the bitácora tells all."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from app.core.errors import Refused, Stale
from app.core.fechas import format_relativa
from app.core.texto import fold
from app.db import db
from app.direcciones.models import Direccion
from app.direcciones.rules import TipoDireccion
from app.oficios.models import Investigacion, Oficio, Propietario
from app.oficios.rules import Actividad, Estado, Prioridad, TipoPropietario, can_move, refusal
from app.usuarios.models import Usuario
from app.vehiculos.models import Vehiculo

#: Distance between the ranks of neighbours; a drop in between writes one row.
RANK_GAP = 1_000_000


class NumeroTaken(Refused):
    """The buffet already sent an oficio with this number."""

    def __init__(self) -> None:
        super().__init__("Ya existe un oficio con este número")


class MoveRefused(Refused):
    """The flow has no path between the two states."""


class StaleOficio(Stale):
    """Somebody changed the oficio since the actor saw it."""

    def __init__(self, oficio: Oficio, now: datetime) -> None:
        who = oficio.modificado_por.nombre if oficio.modificado_por else "el sistema"
        when = format_relativa(oficio.updated_at, now)
        super().__init__(
            f"No se pudo guardar: {who} lo cambió {when} y ahora está en "
            f"«{oficio.estado.label}». Se muestra el estado actual."
        )
        self.oficio_id = oficio.id


@dataclass(frozen=True)
class VehiculoData:
    """The vehicle as the paper names it. ``patente`` is normalised, ``patente_dv`` as written."""

    patente: str
    patente_dv: str | None = None
    marca: str | None = None
    modelo: str | None = None
    anio: int | None = None
    color: str | None = None
    vin: str | None = None


@dataclass(frozen=True)
class PropietarioData:
    """A person of the case."""

    tipo: TipoPropietario = TipoPropietario.PRINCIPAL
    nombre: str | None = None
    rut: str | None = None
    email: str | None = None
    telefono: str | None = None
    notas: str | None = None


@dataclass(frozen=True)
class DireccionData:
    """A place of the case."""

    direccion: str
    comuna: str | None = None
    region: str | None = None
    tipo: TipoDireccion = TipoDireccion.DOMICILIO
    notas: str | None = None


@dataclass(frozen=True)
class OficioData:
    """What the paper says of an oficio itself."""

    numero_oficio: str
    rol: str | None = None
    tribunal: str | None = None
    caratulado: str | None = None
    fecha_ingreso: date | None = None
    fecha_limite: date | None = None
    prioridad: Prioridad = Prioridad.MEDIA
    notas_generales: str | None = None
    fuerza_publica: bool = False
    descerrajamiento: bool = False
    advertencias_ingreso: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Move:
    """A drop: the state it goes to, the version that was seen, and the card above it there."""

    estado: Estado
    version: int
    #: None puts it on top of the column; ``KEEP`` leaves the rank to the service (at the top).
    despues_de: int | None = None


def record(
    oficio: Oficio,
    tipo: Actividad,
    descripcion: str,
    *,
    actor: Usuario | None,
    now: datetime,
    ocurrido_at: datetime | None = None,
    detalle: dict[str, Any] | None = None,
    is_real: bool = True,
) -> Investigacion:
    """Write an entry in the bitácora, in the transaction of what it tells.

    ``is_real=False`` is for automatic checks that found nothing: they do not make a case look
    attended to.
    """
    entry = Investigacion(
        oficio_id=oficio.id,
        tipo=tipo,
        descripcion=descripcion,
        detalle=detalle or {},
        usuario_id=actor.id if actor else None,
        ocurrido_at=ocurrido_at or now,
        created_at=now,
    )
    db.session.add(entry)
    if is_real and oficio.ultima_actividad_at < now:
        oficio.ultima_actividad_at = now
    db.session.flush()
    return entry


def create_oficio(
    data: OficioData,
    vehiculo: VehiculoData,
    *,
    buffet_id: int,
    propietario: PropietarioData | None = None,
    direccion: DireccionData | None = None,
    actor: Usuario,
    now: datetime,
) -> Oficio:
    """Open a case with its vehicle and, when the paper names them, its person and address.

    Raises:
        NumeroTaken: this buffet already sent that number.
    """
    taken = sa.select(Oficio.id).where(
        Oficio.buffet_id == buffet_id, Oficio.numero_oficio == data.numero_oficio
    )
    if db.session.scalar(taken) is not None:
        raise NumeroTaken
    oficio = Oficio(
        buffet_id=buffet_id,
        creado_por_id=actor.id,
        modificado_por_id=actor.id,
        posicion=_rank_on_top(Estado.PENDIENTE),
        estado_desde=now,
        ultima_actividad_at=now,
        created_at=now,
        updated_at=now,
        **vars(data),
    )
    db.session.add(oficio)
    db.session.flush()
    db.session.add(Vehiculo(oficio_id=oficio.id, **vars(vehiculo)))
    if propietario is not None:
        db.session.add(Propietario(oficio_id=oficio.id, created_at=now, **vars(propietario)))
    if direccion is not None:
        db.session.add(Direccion(oficio_id=oficio.id, created_at=now, **vars(direccion)))
    db.session.flush()
    refresh_search(oficio)
    record(oficio, Actividad.SISTEMA, "Oficio ingresado", actor=actor, now=now)
    return oficio


def update_oficio(
    oficio: Oficio, data: OficioData, version: int, *, actor: Usuario, now: datetime
) -> None:
    """Change what the paper says of the oficio, and tell in the bitácora what changed.

    Raises:
        StaleOficio: somebody changed it since the actor saw it.
        NumeroTaken: another oficio of the buffet has the new number.
    """
    _check_version(oficio, version, now)
    if data.numero_oficio != oficio.numero_oficio:
        taken = sa.select(Oficio.id).where(
            Oficio.buffet_id == oficio.buffet_id, Oficio.numero_oficio == data.numero_oficio
        )
        if db.session.scalar(taken) is not None:
            raise NumeroTaken
    changed = [name for name, value in vars(data).items() if getattr(oficio, name) != value]
    if not changed:
        return
    before = {name: _plain(getattr(oficio, name)) for name in changed}
    for name in changed:
        setattr(oficio, name, getattr(data, name))
    touch(oficio, actor=actor, now=now)
    refresh_search(oficio)
    record(
        oficio,
        Actividad.SISTEMA,
        "Datos del oficio modificados",
        actor=actor,
        now=now,
        detalle={
            "antes": before,
            "despues": {name: _plain(getattr(data, name)) for name in changed},
        },
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
    oficio.investigador_id = investigador.id if investigador else None
    touch(oficio, actor=actor, now=now)
    text = f"Asignado a {investigador.nombre}" if investigador else "Queda sin asignar"
    record(oficio, Actividad.SISTEMA, text, actor=actor, now=now)


def move_oficio(oficio: Oficio, move: Move, *, actor: Usuario, now: datetime) -> None:
    """Move a card and write it in the bitácora.

    A drop on the card's own column only changes its rank.

    Raises:
        StaleOficio: somebody changed it since the actor saw it.
        MoveRefused: the flow has no path between the two states.
    """
    _check_version(oficio, move.version, now)
    if move.estado is not oficio.estado:
        if not can_move(oficio.estado, move.estado, actor.rol):
            raise MoveRefused(refusal(oficio.estado, move.estado, actor.rol))
        origin = oficio.estado
        oficio.estado = move.estado
        oficio.estado_desde = now
        verb = "Se reabre en" if origin.is_final else "Pasa a"
        record(
            oficio,
            Actividad.CAMBIO_ESTADO,
            f"{verb} {move.estado.label}",
            actor=actor,
            now=now,
            detalle={"de": origin.value, "a": move.estado.value},
        )
    oficio.posicion = _rank_below(oficio, move.despues_de)
    touch(oficio, actor=actor, now=now)


def touch(oficio: Oficio, *, actor: Usuario | None, now: datetime) -> None:
    """Mark that a person changed the oficio, so that stale copies of it are noticed."""
    oficio.version += 1
    oficio.updated_at = now
    oficio.modificado_por_id = actor.id if actor else None
    db.session.flush()


def refresh_search(oficio: Oficio) -> None:
    """Rebuild the folded text that the search looks into."""
    db.session.refresh(oficio, ["vehiculo", "propietarios"])
    parts: list[str | None] = [
        oficio.numero_oficio,
        oficio.rol,
        oficio.caratulado,
        oficio.vehiculo.patente,
        oficio.vehiculo.vin,
    ]
    for persona in oficio.propietarios:
        parts += [persona.nombre, persona.rut, (persona.rut or "").replace("-", "")]
    oficio.busqueda = fold(" ".join(part for part in parts if part))
    db.session.flush()


def _check_version(oficio: Oficio, version: int, now: datetime) -> None:
    if version != oficio.version:
        raise StaleOficio(oficio, now)


def _rank_on_top(estado: Estado) -> int:
    lowest = db.session.scalar(
        sa.select(sa.func.min(Oficio.posicion)).where(Oficio.estado == estado)
    )
    return (lowest or 0) - RANK_GAP


def _rank_below(oficio: Oficio, above_id: int | None) -> int:
    """A rank right below another card of the column, spreading the column when no gap is left."""
    above = db.session.get(Oficio, above_id) if above_id else None
    if above is None or above.estado is not oficio.estado or above.id == oficio.id:
        return _rank_on_top(oficio.estado)
    next_rank = _next_rank(oficio, above)
    if next_rank is None:
        return above.posicion + RANK_GAP
    if next_rank - above.posicion < 2:
        _spread(oficio.estado)
        next_rank = _next_rank(oficio, above) or above.posicion + 2 * RANK_GAP
    return (above.posicion + next_rank) // 2


def _next_rank(oficio: Oficio, above: Oficio) -> int | None:
    below = (
        sa.select(Oficio.posicion)
        .where(
            Oficio.estado == oficio.estado,
            Oficio.id != oficio.id,
            sa.or_(
                Oficio.posicion > above.posicion,
                sa.and_(Oficio.posicion == above.posicion, Oficio.id > above.id),
            ),
        )
        .order_by(Oficio.posicion, Oficio.id)
        .limit(1)
    )
    return db.session.scalar(below)


def _spread(estado: Estado) -> None:
    """Give a column fresh gaps, in its order. Ranks are not versions: nobody's drop goes stale."""
    ids = db.session.scalars(
        sa.select(Oficio.id).where(Oficio.estado == estado).order_by(Oficio.posicion, Oficio.id)
    )
    rows = [{"id": pk, "posicion": index * RANK_GAP} for index, pk in enumerate(ids)]
    if rows:
        db.session.execute(sa.update(Oficio), rows)
    db.session.expire_all()


def _plain(value: Any) -> Any:
    """A value as JSON can keep it."""
    if isinstance(value, date):
        return value.isoformat()
    return getattr(value, "value", value)
