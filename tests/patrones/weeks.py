"""Made-up weeks of a vehicle, with habits and without, on a Santiago clock."""

from __future__ import annotations

import random
from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta

from app.consultas.rules.vouched_spans import Tramo
from app.core.clock import SANTIAGO
from app.patrones.rules import Paso

#: A Monday; the clock moves on the Sunday that ends this week (2026-09-06).
AUGUST = date(2026, 8, 31)


def at(day: date, hour: int, minute: int = 0) -> datetime:
    """The moment at which a Santiago clock shows that."""
    return datetime.combine(day, time(hour, minute), tzinfo=SANTIAGO).astimezone(UTC)


def crossing(moment: datetime, lugar: str = "Costanera Norte P5", **values: object) -> Paso:
    """One crossing."""
    day = moment.astimezone(SANTIAGO).date()
    given = {"lugar": lugar, "via": "Costanera Norte", **values}
    return Paso(day, moment, **given)  # type: ignore[arg-type] # a test names its fields


def noise(
    rng: random.Random, monday: date, weeks: int, most: int, hours: tuple[int, int] = (6, 23)
) -> list[Paso]:
    """Up to ``most`` crossings a week, spread evenly over the hours of the seven days."""
    found = []
    for week in range(weeks):
        for _ in range(rng.randint(0, most)):
            day = monday + timedelta(weeks=week, days=rng.randrange(7))
            minute = rng.randrange(60 * hours[0], 60 * hours[1])
            found.append(_on_the_clock(day, minute, f"Pórtico {rng.randrange(40)}"))
    return found


def habit(
    rng: random.Random,
    monday: date,
    weeks: int,
    days: Iterable[int],
    start: tuple[int, int] = (7, 30),
    *,
    kept: float = 1.0,
    lugar: str = "Costanera Norte P5",
    **values: object,
) -> list[Paso]:
    """A crossing within the hour after ``start`` on these weekdays, ``kept`` that often."""
    first = 60 * start[0] + start[1]
    return [
        _on_the_clock(
            monday + timedelta(weeks=week, days=day), first + rng.randrange(60), lugar, **values
        )
        for week in range(weeks)
        for day in days
        if rng.random() < kept
    ]


def told(until: datetime, since: date = date(2026, 1, 1)) -> tuple[Tramo, ...]:
    """A source that would have told of every crossing up to a moment."""
    return (Tramo("", at(since, 0), until),)


def end_of(monday: date, weeks: int) -> datetime:
    """Sunday, shortly before midnight, when that many weeks are over."""
    return at(monday + timedelta(weeks=weeks, days=-1), 23, 59)


def _on_the_clock(day: date, minute: int, lugar: str, **values: object) -> Paso:
    return crossing(at(day, minute // 60, minute % 60), lugar, **values)
