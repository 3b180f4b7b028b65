"""What of a buffet's cases the office is looking after: deadlines, silence, receptores."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import sqlalchemy as sa

from app.db import db
from app.notificaciones.queries.receptor_answers import answer_hours, list_silent
from app.oficios.models import Oficio
from app.portal.queries import is_due, is_quiet
from app.vehiculos.models import Vehiculo

#: Cases that the first screen names; the counts below lead to all.
SHOWN = 3


@dataclass(frozen=True)
class Vigilado:
    """A case that is looked after, with what makes it so."""

    id: int
    patente: str
    rol: str | None
    numero_oficio: str
    fecha_limite: date | None
    ultima_actividad_at: datetime
    is_due: bool
    is_quiet: bool
    #: Since when its receptor has not answered.
    silencio_desde: datetime | None


def list_watched(buffet_id: int, now: datetime) -> tuple[Sequence[Vigilado], int]:
    """The first of those cases, the nearest deadline first, and how many there are."""
    silent = list_silent(buffet_id, sent_before=now - timedelta(hours=answer_hours()))
    due, quiet = is_due(now), is_quiet(now)
    rows = db.session.execute(
        sa.select(
            Oficio.id,
            Vehiculo.patente,
            Oficio.rol,
            Oficio.numero_oficio,
            Oficio.fecha_limite,
            Oficio.ultima_actividad_at,
            sa.case((due, 1), else_=0).label("due"),
            sa.case((quiet, 1), else_=0).label("quiet"),
            sa.func.count().over().label("total"),
        )
        .join(Vehiculo, Vehiculo.oficio_id == Oficio.id)
        .where(Oficio.buffet_id == buffet_id, sa.or_(due, quiet, Oficio.id.in_(list(silent))))
        .order_by(
            sa.func.coalesce(Oficio.fecha_limite, date.max),
            Oficio.ultima_actividad_at,
            Oficio.id,
        )
        .limit(SHOWN)
    ).all()
    found = [
        Vigilado(
            id=row.id,
            patente=row.patente,
            rol=row.rol,
            numero_oficio=row.numero_oficio,
            fecha_limite=row.fecha_limite,
            ultima_actividad_at=row.ultima_actividad_at,
            is_due=bool(row.due),
            is_quiet=bool(row.quiet),
            silencio_desde=silent.get(row.id),
        )
        for row in rows
    ]
    return found, rows[0].total if rows else 0
