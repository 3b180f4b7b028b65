"""A year of cases that are closed: when each came in, was found and was closed, all invented."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

#: How many cases were closed in the year before the demonstration begins.
CLOSED_CASES = 160
_YEAR = timedelta(days=365)
#: The office grows: more are closed now than a year ago.
_GROWTH = 0.8
#: The share of vehicles that are found, for each of the buffets.
_FOUND = (0.8, 0.72, 0.62)
#: Days from entry to the end: half of all take this or less, as a whole curve with a long end.
_MEDIAN, _SPREAD = 17.0, 0.48
_SHORTEST, _LONGEST = 3.0, 80.0


@dataclass(frozen=True)
class VidaCerrada:
    """One closed case: of which buffet it is, and its days."""

    buffet: int
    llega: datetime
    #: When the search began.
    empieza: datetime
    #: When somebody stood beside the vehicle; None: it was not found.
    ubicado: datetime | None
    cierra: datetime


def closed_lives(random: Random, now: datetime) -> list[VidaCerrada]:
    """The lives of the year, in the order in which the cases came in."""
    lives = (_life(random, (n + random.random()) / CLOSED_CASES, now) for n in range(CLOSED_CASES))
    return sorted(lives, key=lambda life: life.llega)


def _life(random: Random, share: float, now: datetime) -> VidaCerrada:
    """One that ended after a share of the year, so that cases are closed until yesterday."""
    closed = now - timedelta(days=1) - _YEAR * (1 - share**_GROWTH)
    days = min(_LONGEST, max(_SHORTEST, _MEDIAN * random.lognormvariate(0, _SPREAD)))
    length = timedelta(days=days)
    arrived = closed - length
    buffet = random.choices(range(len(_FOUND)), (5, 4, 3))[0]
    is_found = random.random() < _FOUND[buffet]
    return VidaCerrada(
        buffet,
        arrived,
        arrived + length * random.uniform(0.04, 0.15),
        arrived + length * random.uniform(0.55, 0.85) if is_found else None,
        closed,
    )
