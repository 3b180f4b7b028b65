"""How much of the provider's quota is used, now and today."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from app.consultas.queries import CHECK
from app.core.clock import local_today, start_of_day
from app.db import db, prepared
from app.jobs.models import Cuota, Ejecucion, Trabajo
from app.oficios.models import Investigacion
from app.oficios.rules import Actividad


@dataclass(frozen=True)
class ProviderUsage:
    """What was asked of the provider."""

    limit: int
    seconds: int
    #: Calls that began in the last ``seconds``, and turns that are booked for later.
    in_window: int
    booked: int
    #: The provider asked for silence until then.
    blocked_until: datetime | None
    #: Calls of today (in Santiago) that were answered, and that were not.
    answered_today: int
    failed_today: int

    @property
    def today(self) -> int:
        """All calls of today."""
        return self.answered_today + self.failed_today


def read_usage(provider: str, *, limit: int, seconds: int, now: datetime) -> ProviderUsage:
    """Count what was asked of a provider; answers are counted in the bitácoras, which keep them.

    A check that never reached the provider (a closed case, nobody configured) is no call.
    """
    cuota = db.session.get(Cuota, provider)
    moments = cuota.momentos if cuota else []
    blocked = cuota.bloqueada_hasta if cuota else None
    midnight = start_of_day(local_today(now))
    answered, failed = _asked_today.rows(midnight=midnight).one()
    stamp = now.timestamp()
    return ProviderUsage(
        limit=limit,
        seconds=seconds,
        in_window=sum(1 for moment in moments if stamp - seconds < moment <= stamp),
        booked=sum(1 for moment in moments if moment > stamp),
        blocked_until=blocked if blocked and blocked > now else None,
        answered_today=answered,
        failed_today=failed,
    )


@prepared
def _asked_today(midnight: Any) -> sa.Select:
    """How many were answered since a midnight, and how many failed."""
    answered = sa.select(sa.func.count()).where(
        Investigacion.tipo == Actividad.CONSULTA_API,
        Investigacion.ocurrido_at >= midnight,
        Investigacion.respuesta_sha256.is_not(None),
    )
    failed = (
        sa.select(sa.func.count())
        .select_from(Ejecucion)
        .join(Trabajo, Trabajo.id == Ejecucion.trabajo_id)
        .where(
            # In this way SQLite begins with the few of today, and not with all of this kind.
            Trabajo.tipo.concat("") == CHECK,
            Ejecucion.iniciado_at >= midnight,
            Ejecucion.error.is_not(None),
        )
    )
    return sa.select(answered.scalar_subquery(), failed.scalar_subquery())
