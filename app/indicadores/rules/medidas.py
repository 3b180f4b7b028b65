"""Measures of a sample: what half of it stays below, and how sure a share is."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

#: Of the normal distribution, for an interval that holds the true value 9 of 10 times.
_Z = 1.6448536269514722


@dataclass(frozen=True)
class Reparto:
    """Durations of a sample: how many, and below what half and 85 of 100 of them stay.

    Nearest rank: a figure is always the duration of one of the cases, so that whoever looks it up
    finds it.
    """

    n: int
    mediana: int | None
    p85: int | None


def spread(amounts: Mapping[int, int]) -> Reparto:
    """The spread of durations, given how many cases have each."""
    total = sum(amounts.values())
    return Reparto(total, _rank(amounts, total, 50), _rank(amounts, total, 85))


def _rank(amounts: Mapping[int, int], total: int, percent: int) -> int | None:
    """The smallest duration that at least ``percent`` of 100 do not exceed."""
    if not total:
        return None
    needed, seen = math.ceil(total * percent / 100), 0
    for duration in sorted(amounts):
        seen += amounts[duration]
        if seen >= needed:
            return duration
    raise AssertionError("a rank lies within its sample")


@dataclass(frozen=True)
class Proporcion:
    """A share of a sample, with the interval that holds the true one 9 of 10 times (Wilson)."""

    si: int
    n: int

    @property
    def valor(self) -> float | None:
        """From 0 to 1; None of no case."""
        return self.si / self.n if self.n else None

    @property
    def porcentaje(self) -> int | None:
        """In whole percent, a half upwards."""
        return None if not self.n else math.floor(100 * self.si / self.n + 0.5)

    @property
    def margen(self) -> tuple[float, float] | None:
        """The ends of the interval, from 0 to 1."""
        if not self.n:
            return None
        share, n = self.si / self.n, self.n
        centre = share + _Z**2 / (2 * n)
        half = _Z * math.sqrt(share * (1 - share) / n + _Z**2 / (4 * n * n))
        scale = 1 + _Z**2 / n
        return max(0.0, (centre - half) / scale), min(1.0, (centre + half) / scale)
