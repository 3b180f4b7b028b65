"""What of a buffet's cases the office is looking after: deadlines, silence, receptores."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from app.core.clock import local_today
from app.db import prepared
from app.notificaciones.queries.receptor_answers import answer_hours, list_silent
from app.oficios.models import Oficio
from app.oficios.rules import OPEN_STATES
from app.portal.queries import due_until, last_news, quiet_before
from app.portal.rules import due_day
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
    rows = _watched.rows(
        buffet_id=buffet_id, silent=list(silent), due=due_day(local_today(now)), last=last_news(now)
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


@prepared
def _watched(buffet_id: Any, silent: Any, due: Any, last: Any) -> sa.Select:
    is_due, is_quiet = due_until(due), quiet_before(last)
    return (
        sa.select(
            Oficio.id,
            Vehiculo.patente,
            Oficio.rol,
            Oficio.numero_oficio,
            Oficio.fecha_limite,
            Oficio.ultima_actividad_at,
            sa.case((is_due, 1), else_=0).label("due"),
            sa.case((is_quiet, 1), else_=0).label("quiet"),
            sa.func.count().over().label("total"),
        )
        .join(Vehiculo, Vehiculo.oficio_id == Oficio.id)
        .where(
            Oficio.buffet_id == buffet_id,
            Oficio.estado.in_(OPEN_STATES),
            sa.or_(is_due, is_quiet, Oficio.id.in_(silent)),
        )
        .order_by(
            sa.func.coalesce(Oficio.fecha_limite, date.max),
            Oficio.ultima_actividad_at,
            Oficio.id,
        )
        .limit(SHOWN)
    )
