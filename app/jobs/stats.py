"""How much got done, how long it waited and how long it ran: the same numbers on both databases.

Counts are exact. Medians are computed in Python over at most ``SAMPLE`` jobs of each stretch of
time, the newest, because no percentile of SQL is the same on SQLite and PostgreSQL.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any, NamedTuple

import sqlalchemy as sa

from app.core.clock import local_today, start_of_day
from app.db import Maker, Prepared, UtcDateTime, prepared
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
    ended: dict[int, list[_Ended]] = defaultdict(list)
    for one in _newest(edges, SAMPLE):
        ended[one.tramo].append(one)
    stretches = []
    for index, start in enumerate(edges[:-1]):
        wait, run = _spreads(ended[index])
        amounts = {estado: counts[index].get(estado, 0) for estado in ENDED_STATES}
        stretches.append(Stretch(start=start, counts=amounts, wait=wait, run=run))
    return stretches


def spreads_by_kind(
    since: datetime, now: datetime
) -> dict[str, tuple[Spread | None, Spread | None]]:
    """Wait and run of what ended between two moments, by kind of job."""
    kinds: dict[str, list[_Ended]] = defaultdict(list)
    for one in _newest([since, now], SAMPLE * 10):
        kinds[one.tipo].append(one)
    return {tipo: _spreads(rows) for tipo, rows in kinds.items()}


def _count_ended(edges: Sequence[datetime]) -> dict[int, dict[EstadoTrabajo, int]]:
    """How many ended in each stretch, by state. The index of the moments holds all it reads."""
    moments = {f"edge{number}": edge for number, edge in enumerate(edges)}
    counts: dict[int, dict[EstadoTrabajo, int]] = defaultdict(dict)
    for tramo, estado, amount in _count_in(len(edges) - 1).rows(**moments):
        if estado in ENDED_STATES:
            counts[tramo][estado] = amount
    return counts


@cache
def _count_in(stretches: int) -> Prepared[*tuple[Any, ...]]:
    edges = [sa.bindparam(f"edge{number}", type_=UtcDateTime()) for number in range(stretches + 1)]
    number = sa.case(
        *((Trabajo.terminado_at < edge, index) for index, edge in enumerate(edges[1:]))
    ).label("tramo")
    return prepared(
        lambda: (
            sa.select(number, Trabajo.estado, sa.func.count())
            .where(Trabajo.terminado_at >= edges[0], Trabajo.terminado_at < edges[-1])
            .group_by(sa.text("tramo"), Trabajo.estado)
        )
    )


class _Ended(NamedTuple):
    """A job that ended, in which stretch, and how many seconds its last attempt took."""

    tramo: int
    tipo: str
    is_counted: bool
    wait: float | None
    run: float | None

    @classmethod
    def of(cls, row: sa.Row[Any]) -> _Ended:
        """As its row says."""
        wait = run = None
        if row.iniciado_at:
            first = row.intento_desde if row.intentos == 1 else None
            wait = waited(row.created_at, row.ejecutar_desde, row.iniciado_at, first)
        if row.intento_hasta:
            run = (row.intento_hasta - row.intento_desde).total_seconds()
        return cls(row.tramo, row.tipo, row.estado in ENDED_STATES, wait, run)


_ended = Maker(_Ended.of, most=8192)


def _newest(edges: Sequence[datetime], limit: int) -> list[_Ended]:
    """The newest jobs that ended between each two moments, with the times of their last attempt.

    The state is looked at afterwards: asked for by state, SQLite would read all that is done.
    """
    moments = {f"edge{number}": edge for number, edge in enumerate(edges)}
    rows = _newest_of(len(edges) - 1).rows(**moments, most=limit)
    return [one for one in _ended.of(rows) if one.is_counted]


@cache
def _newest_of(stretches: int) -> Prepared[*tuple[Any, ...]]:
    """One statement for so many stretches: each takes its own few from the index of the moments."""

    def write() -> Any:
        return sa.union_all(*map(_newest_in, range(stretches)))

    return prepared(write)


def _newest_in(tramo: int) -> sa.Select[*tuple[Any, ...]]:
    ended = (
        sa.select(Trabajo)
        .where(
            Trabajo.terminado_at >= sa.bindparam(f"edge{tramo}"),
            Trabajo.terminado_at < sa.bindparam(f"edge{tramo + 1}"),
        )
        .order_by(Trabajo.terminado_at.desc())
        .limit(sa.bindparam("most"))
        .subquery()
    )
    return sa.select(
        sa.literal(tramo).label("tramo"),
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


def _spreads(rows: Sequence[_Ended]) -> tuple[Spread | None, Spread | None]:
    """Of the seconds of waiting, and of those of running."""
    waits = [one.wait for one in rows if one.wait is not None]
    return Spread.of(waits), Spread.of([one.run for one in rows if one.run is not None])
