"""How much got done, how long it waited and how long it ran: the same numbers on both databases.

Counts are exact. Medians are computed in Python over at most ``SAMPLE`` jobs of each stretch of
time, the newest, because no percentile of SQL is the same on SQLite and PostgreSQL.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from app.core.clock import local_today, start_of_day
from app.db import db
from app.jobs.models import Ejecucion, Trabajo
from app.jobs.rules import ENDED_STATES, EstadoTrabajo, percentile, waited

SAMPLE = 500


@dataclass(frozen=True)
class Spread:
    """Half took no longer than the first, 95 of 100 no longer than the second (seconds)."""

    p50: float
    p95: float

    @classmethod
    def of(cls, values: Sequence[float]) -> Spread | None:
        """The spread of some durations, None of none."""
        return cls(percentile(values, 0.5), percentile(values, 0.95)) if values else None


@dataclass(frozen=True)
class Stretch:
    """What ended between two moments."""

    start: datetime
    counts: dict[EstadoTrabajo, int]
    wait: Spread | None
    run: Spread | None

    @property
    def total(self) -> int:
        """How many jobs ended."""
        return sum(self.counts.values())


def hour_edges(now: datetime, count: int = 24) -> list[datetime]:
    """The beginnings of the last hours, this one included, and the end of this one."""
    this_hour = now.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
    return [this_hour + timedelta(hours=step) for step in range(1 - count, 2)]


def day_edges(now: datetime, count: int = 30) -> list[datetime]:
    """The beginnings of the last days in Santiago, today included, and the end of today."""
    today = local_today(now)
    return [start_of_day(today + timedelta(days=step)) for step in range(1 - count, 2)]


def list_stretches(edges: Sequence[datetime]) -> list[Stretch]:
    """What ended between each two neighbouring moments, oldest first: two queries."""
    number = sa.case(
        *((Trabajo.terminado_at < edge, index) for index, edge in enumerate(edges[1:]))
    ).label("tramo")
    within = (
        Trabajo.estado.in_(ENDED_STATES),
        Trabajo.terminado_at >= edges[0],
        Trabajo.terminado_at < edges[-1],
    )
    counts: dict[int, dict[EstadoTrabajo, int]] = defaultdict(dict)
    for tramo, estado, amount in db.session.execute(
        sa.select(number, Trabajo.estado, sa.func.count())
        .where(*within)
        .group_by(sa.text("tramo"), Trabajo.estado)
    ):
        counts[tramo][estado] = amount
    waits, runs = _durations(_sample(number, within))
    return [
        Stretch(
            start=start,
            counts={estado: counts[index].get(estado, 0) for estado in ENDED_STATES},
            wait=Spread.of(waits[index]),
            run=Spread.of(runs[index]),
        )
        for index, start in enumerate(edges[:-1])
    ]


def spreads_by_kind(since: datetime) -> dict[str, tuple[Spread | None, Spread | None]]:
    """Wait and run of what ended since then, by kind of job."""
    within = (Trabajo.estado.in_(ENDED_STATES), Trabajo.terminado_at >= since)
    waits, runs = _durations(_sample(Trabajo.tipo.label("tramo"), within))
    return {tipo: (Spread.of(waits[tipo]), Spread.of(runs[tipo])) for tipo in {*waits, *runs}}


def _sample(group: sa.Label[Any], within: Iterable[sa.ColumnElement[bool]]) -> sa.Select[Any]:
    """The newest jobs of each group, with the times of their last attempt."""
    grouped = (
        sa.select(
            group,
            Trabajo.created_at,
            Trabajo.ejecutar_desde,
            Trabajo.iniciado_at,
            Trabajo.terminado_at,
            Trabajo.intentos,
            Ejecucion.iniciado_at.label("intento_desde"),
            Ejecucion.terminado_at.label("intento_hasta"),
        )
        .join(
            Ejecucion,
            sa.and_(Ejecucion.trabajo_id == Trabajo.id, Ejecucion.numero == Trabajo.intentos),
            isouter=True,
        )
        .where(*within)
        .subquery()
    )
    rank = sa.func.row_number().over(
        partition_by=grouped.c.tramo, order_by=grouped.c.terminado_at.desc()
    )
    ranked = sa.select(grouped, rank.label("puesto")).subquery()
    return sa.select(ranked).where(ranked.c.puesto <= SAMPLE)


def _durations(
    statement: sa.Select[Any],
) -> tuple[dict[Any, list[float]], dict[Any, list[float]]]:
    """Seconds of waiting and of running by group."""
    waits: dict[Any, list[float]] = defaultdict(list)
    runs: dict[Any, list[float]] = defaultdict(list)
    for row in db.session.execute(statement):
        if row.iniciado_at:
            first = row.intento_desde if row.intentos == 1 else None
            waits[row.tramo].append(
                waited(row.created_at, row.ejecutar_desde, row.iniciado_at, first)
            )
        if row.intento_hasta:
            runs[row.tramo].append((row.intento_hasta - row.intento_desde).total_seconds())
    return waits, runs
