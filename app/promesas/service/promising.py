"""What the office promises a buffet from a day on, and the work that follows from a change."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from app.auditoria.service import Actor, audit
from app.buffets.models import Buffet
from app.core.clock import local_today
from app.core.errors import Refused
from app.core.plazos import add_business_days
from app.db import db
from app.jobs.queue import enqueue
from app.oficios.rules import Prioridad
from app.promesas.models import Promesa
from app.promesas.rules import CALENDAR_SETTINGS, RECOMPUTE_JOB, Lapso, TipoPromesa

#: How far ahead a change may be announced, in business days: beyond it is a typing mistake.
_AHEAD = 250


@dataclass(frozen=True)
class PromesaData:
    """What is promised of the cases that come in from a day on; what is absent is not promised."""

    desde: date
    plazos: Mapping[tuple[TipoPromesa, Prioridad], Lapso]

    @property
    def stored(self) -> dict[str, dict[str, str]]:
        """The terms as the row keeps them."""
        return {
            tipo.value: {
                prioridad.value: self.plazos[tipo, prioridad].text
                for prioridad in Prioridad
                if (tipo, prioridad) in self.plazos
            }
            for tipo in TipoPromesa
            if any((tipo, prioridad) in self.plazos for prioridad in Prioridad)
        }


def promise(buffet: Buffet, data: PromesaData, *, actor: Actor, now: datetime) -> Promesa:
    """Promise a buffet something of the cases that come in from a day on.

    What was promised from the same day on is replaced; what was from an earlier one goes on holding
    for the cases of its time. The cases that it concerns are worked out by a job.

    Raises:
        Refused: the day lies absurdly far ahead.
    """
    if data.desde > add_business_days(local_today(now), _AHEAD):
        raise Refused("Esa fecha está a más de un año. Revise desde cuándo rige la promesa.")
    row = db.session.scalar(
        sa.select(Promesa).where(Promesa.buffet_id == buffet.id, Promesa.desde == data.desde)
    )
    before: dict[str, Any] | None = row.plazos if row else None
    if row is not None and before == data.stored:
        return row
    if row is None:
        row = Promesa(buffet_id=buffet.id, desde=data.desde)
        db.session.add(row)
    row.plazos = data.stored
    row.creado_por_id = actor.id
    row.created_at = now
    db.session.flush()
    audit(
        "promesa.guardada",
        actor=actor,
        now=now,
        entidad="buffet",
        entidad_id=buffet.id,
        desde=data.desde.isoformat(),
        antes=before,
        despues=row.plazos,
    )
    order_recompute(buffet_id=buffet.id, actor=actor, now=now)
    return row


def order_recompute(*, buffet_id: int | None, actor: Actor | None, now: datetime) -> None:
    """Have the promises of a buffet's cases worked out anew, or of all cases whose clock runs."""
    enqueue(
        RECOMPUTE_JOB,
        key=f"{RECOMPUTE_JOB}:{buffet_id or 'todos'}:{now.isoformat()}",
        now=now,
        args={"buffet_id": buffet_id} if buffet_id is not None else {},
        usuario_id=actor.id if actor else None,
    )


def follow_calendar(claves: list[str], *, actor: Actor, now: datetime) -> None:
    """Work out anew what runs when the office's hours, closed days or share of risk change."""
    if {setting.clave for setting in CALENDAR_SETTINGS} & set(claves):
        order_recompute(buffet_id=None, actor=actor, now=now)
