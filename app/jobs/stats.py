"""How much got done, how long it waited and how long it ran: the same numbers on both databases.

Counts are exact. Medians are computed in Python over at most ``SAMPLE`` jobs of each stretch of
time, the newest, because no percentile of SQL is the same on SQLite and PostgreSQL.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import sqlalchemy as sa

from app.core.clock import local_today, start_of_day
from app.db import db
from app.jobs.models import Ejecucion, Trabajo
from app.jobs.rules import ENDED_STATES, EstadoTrabajo, percentile, waited

SAMPLE = 300


@dataclass(frozen=True)
class Spread:
    """Median and 95th percentile of durations, in seconds."""

    p50: float
    p95: float

    @classmethod
    def of(cls, values: Sequence[float]) -> Spread | None:
        """Percentiles of the durations in seconds; None if there are none."""
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
    """What ended between each two neighbouring moments, oldest first."""
    counts = _count_ended(edges)
    stretches = []
    for index, (start, end) in enumerate(pairwise(edges)):
        rows = _newest(start, end, SAMPLE) if counts[index] else []
        waits, runs = _durations(rows)
        stretches.append(
            Stretch(
                start=start,
                counts={estado: counts[index].get(estado, 0) for estado in ENDED_STATES},
                wait=Spread.of(waits),
                run=Spread.of(runs),
            )
        )
    return stretches


def spreads_by_kind(
    since: datetime, now: datetime
) -> dict[str, tuple[Spread | None, Spread | None]]:
    """Wait and run of what ended between two moments, by kind of job."""
    kinds: dict[str, list[Any]] = defaultdict(list)
    for row in _newest(since, now, SAMPLE * 10):
        kinds[row.tipo].append(row)
    spreads = {}
    for tipo, rows in kinds.items():
        waits, runs = _durations(rows)
        spreads[tipo] = (Spread.of(waits), Spread.of(runs))
    return spreads


def _count_ended(edges: Sequence[datetime]) -> dict[int, dict[EstadoTrabajo, int]]:
    """How many ended in each stretch, by state. The index of the moments holds all it reads."""
    number = sa.case(
        *((Trabajo.terminado_at < edge, index) for index, edge in enumerate(edges[1:]))
    ).label("tramo")
    counts: dict[int, dict[EstadoTrabajo, int]] = defaultdict(dict)
    for tramo, estado, amount in db.session.execute(
        sa.select(number, Trabajo.estado, sa.func.count())
        .where(Trabajo.terminado_at >= edges[0], Trabajo.terminado_at < edges[-1])
        .group_by(sa.text("tramo"), Trabajo.estado)
    ):
        if estado in ENDED_STATES:
            counts[tramo][estado] = amount
    return counts


def _newest(start: datetime, end: datetime, limit: int) -> list[sa.Row[Any]]:
    """The newest jobs that ended between two moments, with the times of their last attempt.

    The state is looked at afterwards: asked for by state, SQLite would read all that is done.
    """
    ended = (
        sa.select(Trabajo)
        .where(Trabajo.terminado_at >= start, Trabajo.terminado_at < end)
        .order_by(Trabajo.terminado_at.desc())
        .limit(limit)
        .subquery()
    )
    rows = db.session.execute(
        sa.select(
            ended.c.tipo,
            ended.c.estado,
            ended.c.created_at,
            ended.c.ejecutar_desde,
            ended.c.iniciado_at,
            ended.c.intentos,
            Ejecucion.iniciado_at.label("intento_desde"),
            Ejecucion.terminado_at.label("intento_hasta"),
        ).outerjoin_from(
            ended,
            Ejecucion,
            sa.and_(Ejecucion.trabajo_id == ended.c.id, Ejecucion.numero == ended.c.intentos),
        )
    )
    return [row for row in rows if row.estado in ENDED_STATES]


def _durations(rows: Iterable[sa.Row[Any]]) -> tuple[list[float], list[float]]:
    """Seconds of waiting and of running."""
    waits, runs = [], []
    for row in rows:
        if row.iniciado_at:
            first = row.intento_desde if row.intentos == 1 else None
            waits.append(waited(row.created_at, row.ejecutar_desde, row.iniciado_at, first))
        if row.intento_hasta:
            runs.append((row.intento_hasta - row.intento_desde).total_seconds())
    return waits, runs
