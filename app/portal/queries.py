"""What a buffet may know of its oficios: steps and deadlines. Never raw sightings or notes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa

from app.buffets.permissions import HEAD_FIELDS, HEAD_VEHICLE_FIELDS
from app.db import db
from app.notificaciones.queries.hitos import list_avances
from app.notificaciones.rules.avance import LOST
from app.oficios.models import Oficio
from app.oficios.rules import Estado
from app.vehiculos.models import Vehiculo


@dataclass(frozen=True)
class PortalSummary:
    """What a law firm wants to know in ten seconds."""

    abiertos: int
    ubicados: int
    encontrados: int
    no_encontrados: int


def summarize(buffet_id: int) -> PortalSummary:
    """How many oficios of a buffet stand where."""
    rows = db.session.execute(
        sa.select(Oficio.estado, sa.func.count())
        .where(Oficio.buffet_id == buffet_id)
        .group_by(Oficio.estado)
    )
    counts = {estado: int(amount) for estado, amount in rows}
    lost = _count_lost(buffet_id)
    return PortalSummary(
        abiertos=counts.get(Estado.PENDIENTE, 0) + counts.get(Estado.INVESTIGACION, 0) + lost,
        ubicados=counts.get(Estado.NOTIFICACION, 0) - lost,
        encontrados=counts.get(Estado.ENCONTRADO, 0),
        no_encontrados=counts.get(Estado.NO_ENCONTRADO, 0),
    )


def _count_lost(buffet_id: int) -> int:
    """How many cases wait for a receptor although their vehicle is not there any more."""
    ids = sa.select(Oficio.id).where(
        Oficio.buffet_id == buffet_id, Oficio.estado == Estado.NOTIFICACION
    )
    avances = list_avances(list(db.session.scalars(ids)))
    return sum(avance.situacion in LOST for avance in avances.values())


def oficios_statement(buffet_id: int, *, abiertos: bool | None = None) -> sa.Select:
    """The oficios of a buffet as columns: open ones first, the nearest deadline first."""
    closed = Oficio.estado.in_([Estado.ENCONTRADO, Estado.NO_ENCONTRADO])
    statement = (
        sa.select(
            Oficio.id,
            *(getattr(Oficio, name) for name in HEAD_FIELDS),
            *(getattr(Vehiculo, name) for name in HEAD_VEHICLE_FIELDS),
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
