"""What a buffet may know: steps, deadlines and milestones. Never raw sightings or notes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa

from app.db import db
from app.notificaciones.models import Notificacion
from app.notificaciones.rules import EstadoNotificacion, TipoNotificacion
from app.oficios.models import Investigacion, Oficio
from app.oficios.rules import Actividad, Estado
from app.vehiculos.models import Vehiculo

#: What happens next, in words for a law firm.
NEXT_STEP = {
    Estado.PENDIENTE: "Asignar a un investigador",
    Estado.INVESTIGACION: "Ubicar el vehículo",
    Estado.NOTIFICACION: "Diligencia del receptor judicial",
    Estado.ENCONTRADO: "Caso cerrado: vehículo encontrado",
    Estado.NO_ENCONTRADO: "Caso cerrado sin encontrar el vehículo",
}

#: The move into a state, as a milestone.
_MILESTONES = {
    Estado.INVESTIGACION: "Comienza la búsqueda",
    Estado.NOTIFICACION: "Vehículo ubicado",
    Estado.ENCONTRADO: "Vehículo encontrado, caso cerrado",
    Estado.NO_ENCONTRADO: "Caso cerrado sin encontrar el vehículo",
}


@dataclass(frozen=True)
class Hito:
    """A milestone that the client is told of."""

    cuando: datetime
    texto: str


@dataclass(frozen=True)
class Resumen:
    """What a law firm wants to know in ten seconds."""

    abiertos: int
    ubicados: int
    encontrados: int
    no_encontrados: int


def summarize(buffet_id: int) -> Resumen:
    """How many oficios of a buffet stand where."""
    rows = db.session.execute(
        sa.select(Oficio.estado, sa.func.count())
        .where(Oficio.buffet_id == buffet_id)
        .group_by(Oficio.estado)
    )
    counts = {estado: int(amount) for estado, amount in rows}
    return Resumen(
        abiertos=counts.get(Estado.PENDIENTE, 0) + counts.get(Estado.INVESTIGACION, 0),
        ubicados=counts.get(Estado.NOTIFICACION, 0),
        encontrados=counts.get(Estado.ENCONTRADO, 0),
        no_encontrados=counts.get(Estado.NO_ENCONTRADO, 0),
    )


def oficios_statement(buffet_id: int, *, abiertos: bool | None = None) -> sa.Select:
    """The oficios of a buffet as columns: open ones first, the nearest deadline first."""
    closed = Oficio.estado.in_([Estado.ENCONTRADO, Estado.NO_ENCONTRADO])
    statement = (
        sa.select(
            Oficio.id,
            Oficio.numero_oficio,
            Oficio.rol,
            Oficio.caratulado,
            Oficio.estado,
            Oficio.estado_desde,
            Oficio.fecha_limite,
            Oficio.ultima_actividad_at,
            Vehiculo.patente,
            Vehiculo.marca,
            Vehiculo.modelo,
        )
        .join(Vehiculo, Vehiculo.oficio_id == Oficio.id)
        .where(Oficio.buffet_id == buffet_id)
        .order_by(
            sa.case((closed, 1), else_=0),
            sa.func.coalesce(Oficio.fecha_limite, date.max),
            Oficio.id,
        )
    )
    if abiertos is None:
        return statement
    return statement.where(~closed if abiertos else closed)


def list_hitos(oficio_ids: list[int]) -> dict[int, list[Hito]]:
    """The milestones of several oficios, newest first, in three queries."""
    hitos: dict[int, list[Hito]] = {pk: [] for pk in oficio_ids}
    received = sa.select(Oficio.id, Oficio.created_at).where(Oficio.id.in_(oficio_ids))
    for pk, moment in db.session.execute(received):
        hitos[pk].append(Hito(moment, "Oficio recibido"))
    moves = sa.select(
        Investigacion.oficio_id, Investigacion.ocurrido_at, Investigacion.detalle
    ).where(Investigacion.oficio_id.in_(oficio_ids), Investigacion.tipo == Actividad.CAMBIO_ESTADO)
    for pk, moment, detalle in db.session.execute(moves):
        text = _milestone(detalle)
        if text:
            hitos[pk].append(Hito(moment, text))
    notices = sa.select(Notificacion.oficio_id, Notificacion.enviada_at).where(
        Notificacion.oficio_id.in_(oficio_ids),
        Notificacion.tipo == TipoNotificacion.RECEPTOR_JUDICIAL,
        Notificacion.estado == EstadoNotificacion.ENVIADA,
    )
    for pk, sent in db.session.execute(notices):
        if sent is not None:
            hitos[pk].append(Hito(sent, "Receptor judicial notificado"))
    for entries in hitos.values():
        entries.sort(key=lambda hito: hito.cuando, reverse=True)
    return hitos


def _milestone(detalle: dict[str, str]) -> str | None:
    origin, target = Estado(detalle["de"]), Estado(detalle["a"])
    if origin.is_final:
        return "El caso se reabre"
    order = list(Estado)
    if order.index(target) < order.index(origin):
        return None  # a correction of the office, not news
    return _MILESTONES.get(target)
