"""The reports by their names, and the five figures above them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

import sqlalchemy as sa

from app.db import db
from app.indicadores.models import Corte
from app.indicadores.queries.duration_reports import read_ages, read_closing_time, read_stages
from app.indicadores.queries.flow_reports import (
    count_closed,
    count_received,
    read_flow,
    read_pace,
)
from app.indicadores.queries.group_reports import (
    read_intake,
    read_locating_time,
    read_promises,
    read_success,
)
from app.indicadores.queries.outside_reports import read_receptores, read_sources
from app.indicadores.queries.promise_reports import read_promise_weeks
from app.indicadores.rules import Informe
from app.indicadores.rules.cuadro import Cuadro
from app.indicadores.rules.medidas import Proporcion
from app.indicadores.rules.periodo import Seleccion
from app.oficios.rules import Estado

_READERS: dict[Informe, Callable[[Seleccion], Cuadro]] = {
    Informe.FLUJO: read_flow,
    Informe.RITMO: read_pace,
    Informe.CIERRE: read_closing_time,
    Informe.ETAPAS: read_stages,
    Informe.EXITO: read_success,
    Informe.UBICAR: read_locating_time,
    Informe.RECEPTORES: read_receptores,
    Informe.CONSULTAS: read_sources,
    Informe.INGRESO: read_intake,
}


def read_report(informe: Informe, seleccion: Seleccion, *, now: datetime) -> Cuadro:
    """One report over a selection."""
    if informe is Informe.ANTIGUEDAD:
        return read_ages(seleccion, now=now)
    if informe is Informe.PROMESAS:
        return read_promises(seleccion, now=now)
    if informe is Informe.PROMESAS_SEMANA:
        return read_promise_weeks(seleccion, now=now)
    return _READERS[informe](seleccion)


def read_cut() -> datetime | None:
    """Until when the figures have been read; None: never yet."""
    return db.session.scalar(sa.select(Corte.leido_at))


@dataclass(frozen=True)
class ResumenPeriodo:
    """The figures above the reports."""

    recibidos: int
    recibidos_antes: int
    cerrados: int
    semanas: float
    abiertos: int
    #: Of the open ones: older than ``OLD_DAYS``.
    viejos: int
    exito: Proporcion
    #: Of the look-ups of the period, as far as their price is known.
    costo: int | None
    consultas: int

    @property
    def por_semana(self) -> float:
        """How many were closed in a week."""
        return self.cerrados / self.semanas

    @property
    def costo_por_encontrado(self) -> int | None:
        """Whole pesos; None where no price is known or nothing was found."""
        if self.costo is None or not self.exito.si:
            return None
        return round(self.costo / self.exito.si)


def summarize_period(seleccion: Seleccion, *, ages: Cuadro, sources: Cuadro) -> ResumenPeriodo:
    """The figures above the reports, from two of these and two counts."""
    before = replace(seleccion, desde=seleccion.before[0], hasta=seleccion.before[1])
    closed = count_closed(seleccion)
    found = sum(n for (_, estado), n in closed.items() if estado is Estado.ENCONTRADO)
    costs = [row["costo"] for row in sources.filas if row["costo"] is not None]
    return ResumenPeriodo(
        recibidos=sum(count_received(seleccion).values()),
        recibidos_antes=sum(count_received(before).values()),
        cerrados=sum(closed.values()),
        semanas=seleccion.days / 7,
        abiertos=ages.n,
        viejos=int(ages.dibujo.get("viejos", 0)),
        exito=Proporcion(found, sum(closed.values())),
        costo=sum(costs) if costs else None,
        consultas=sources.n,
    )
