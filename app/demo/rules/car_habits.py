"""The habits of one invented car: six weeks of crossings that show where to wait for it, and noise.

Tuesday to Thursday it leaves by Vespucio Norte between 7:35 and 8:10, most evenings it comes back,
and on some weekends it is elsewhere. Some of the texts name no gantry, as those of real sources.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from random import Random
from typing import Any

from app.core.clock import from_local, to_local

_WEEKS = 6
_TUESDAY, _THURSDAY, _SATURDAY = 1, 3, 5
_OUT = ("Vespucio Norte, pórtico P13 (Recoleta – Pedro Fontova)", "Vespucio Norte", 640)
_BACK = ("Av. Américo Vespucio Norte, Pedro Fontova - Guanaco", "Vespucio Norte Express", 320)
_ELSEWHERE = (
    ("COSTANERA NORTE P5", "Costanera Norte", 410),
    ("Salida sin señalizar km 12", "Autopista Central", 280),
)


def routine(now: datetime) -> list[dict[str, Any]]:
    """The crossings up to ``now``, oldest first, as the plain protocol tells them."""
    today = to_local(now).date()
    first = today - timedelta(days=today.weekday() + 7 * _WEEKS)
    days = (first + timedelta(days=number) for number in range((today - first).days + 1))
    found = [crossing for day in days for crossing in _day(day)]
    return [_item(*crossing) for crossing in sorted(found) if crossing[0] <= now]


def _day(day: date) -> Iterator[tuple[datetime, tuple[str, str, int]]]:
    chance = Random(f"rastro rutina {day.isoformat()}")
    weekday = day.weekday()
    if _TUESDAY <= weekday <= _THURSDAY and chance.random() < 0.9:
        yield _moment(day, time(7, 35), chance.randrange(35)), _OUT
    if weekday < _SATURDAY and chance.random() < 0.6:
        yield _moment(day, time(18, 20), chance.randrange(90)), _BACK
    if weekday >= _SATURDAY and chance.random() < 0.4:
        yield (
            _moment(day, time(chance.randrange(11, 20)), chance.randrange(60)),
            chance.choice(_ELSEWHERE),
        )


def _moment(day: date, clock: time, minutes: int) -> datetime:
    return from_local(datetime.combine(day, clock) + timedelta(minutes=minutes))


def _item(moment: datetime, crossing: tuple[str, str, int]) -> dict[str, Any]:
    ubicacion, empresa, monto = crossing
    return {
        "fecha_hora": to_local(moment).isoformat(),
        "ubicacion": ubicacion,
        "empresa": empresa,
        "monto": monto,
    }
