"""How often the gantries are asked by themselves: when there can be news, within a month's budget.

Of a source that tells after days, asking daily brings little and costs as much. When the budget is
short the cases are asked less often, all alike: those that nobody asked for yet come first, then
those that waited longest.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

import sqlalchemy as sa

from app.consultas.models import Consulta
from app.consultas.queries import CHECK, count_in_force
from app.consultas.queries.fuentes import alcance_of_provider
from app.consultas.rules.alcance import FuenteAlcance, next_month, start_of_month
from app.core.clock import local_today, start_of_day
from app.core.dates import MESES, format_fecha
from app.core.money import format_pesos
from app.db import db
from app.jobs.models import Trabajo
from app.jobs.rules import OPEN_STATES


@dataclass(frozen=True)
class Gasto:
    """What the look-ups of a month took of a source's budget, and what is left for the cases."""

    alcance: FuenteAlcance
    hoy: date
    #: Answered look-ups of this month, of people as well, and those that wait or run.
    usadas: int
    en_curso: int
    #: Cases whose order allows look-ups now.
    casos: int

    @property
    def quedan(self) -> int:
        """Look-ups that the automatic check may still order this month."""
        return max(0, self.alcance.presupuesto - self.usadas - self.en_curso)

    @property
    def is_spent(self) -> bool:
        """Whether another look-up would exceed the budget."""
        return self.quedan == 0

    @property
    def interval(self) -> timedelta:
        """After how long a case is asked for again, so that the budget lasts for all of them."""
        days = self.alcance.pause_days
        left = (next_month(self.hoy) - self.hoy).days
        if self.casos * left > self.quedan * days and self.quedan:
            return timedelta(days=max(days, -(-self.casos * left // self.quedan)))
        return timedelta(days=days)

    @property
    def loses(self) -> bool:
        """Whether the source forgets crossings between two look-ups of a case."""
        limit = self.alcance.lossless_days
        return (
            limit is not None and self.casos > 0 and (self.is_spent or self.interval.days > limit)
        )

    @property
    def costo(self) -> int:
        """Whole pesos of this month's answered look-ups; 0 when nobody knows the price."""
        return self.usadas * self.alcance.precio


def read_gasto(proveedor: str, now: datetime) -> Gasto:
    """What was spent this month (in Santiago) of the configured provider's budget.

    A look-up without an answer costs nothing here; one that two people asked for is one.
    """
    today = local_today(now)
    used = sa.select(sa.func.count(sa.distinct(Consulta.investigacion_id))).where(
        Consulta.respondida_at >= start_of_day(start_of_month(today)),
        Consulta.respondida_at < start_of_day(next_month(today)),
        Consulta.proveedor == proveedor,
        Consulta.sha256.is_not(None),
    )
    waiting = sa.select(sa.func.count(Trabajo.id)).where(
        Trabajo.tipo == CHECK, Trabajo.estado.in_(OPEN_STATES)
    )
    return Gasto(
        alcance=alcance_of_provider(proveedor),
        hoy=today,
        usadas=db.session.scalar(used) or 0,
        en_curso=db.session.scalar(waiting) or 0,
        casos=count_in_force(now),
    )


def describe_budget(gasto: Gasto) -> str:
    """«12 de 1.000 consultas de noviembre»."""
    of_month = f"{_count(gasto.alcance.presupuesto)} consultas de {MESES[gasto.hoy.month - 1]}"
    return f"{_count(gasto.usadas)} de {of_month}"


def describe_pace(gasto: Gasto) -> str:
    """How often each case is asked for by itself, in which order, and what that loses."""
    if gasto.is_spent:
        text = (
            "El presupuesto del mes se usó completo: la consulta automática se detuvo hasta el "
            f"{format_fecha(next_month(gasto.hoy))}. A mano se puede seguir."
        )
    else:
        days = gasto.interval.days
        each = "cada día" if days == 1 else f"cada {days} días"
        text = f"Cada caso en Investigación se consulta solo {each}."
    text += " Primero los que nunca se consultaron, después los que llevan más tiempo."
    if gasto.loses:
        text += (
            f" Así se pierden pasadas: la fuente las olvida a los {gasto.alcance.hasta_dia} días. "
            "Suba el presupuesto en Ajustes."
        )
    return text


def warning_to_ask(gasto: Gasto) -> str | None:
    """What a person should know before one more look-up: that it costs, or exceeds the budget."""
    parts = []
    if gasto.is_spent:
        parts.append(
            f"El presupuesto del mes ya se usó ({describe_budget(gasto)}): esta consulta lo excede."
        )
    if gasto.alcance.precio:
        parts.append(f"Cada consulta cuesta {format_pesos(gasto.alcance.precio)}.")
    return " ".join(parts) or None


def _count(number: int) -> str:
    return f"{number:,}".replace(",", ".")
