"""Deadlines in días hábiles.

Two ways of counting live side by side in Chile. Before the administration (law 19.880, art. 25)
Saturdays, Sundays and holidays do not count; in a civil trial (Código de Procedimiento Civil,
arts. 59 and 66) Saturdays do. The first is the default here, as the firms count; ``sabados=True``
gives the second.

Holidays are those of the whole country. The regional ones (7 June in Arica y Parinacota, 20 August
in Chillán and Chillán Viejo) are left out: a deadline must not depend on where the car is found.
"""

from datetime import date, timedelta
from functools import cache

import holidays

from app.core.errors import InvalidValue

_SATURDAY, _SUNDAY = 5, 6
_ONE_DAY = timedelta(days=1)
#: Some 27 years of days: more is a slip of the keyboard and would count for a long time.
_MAX_DAYS = 10_000


@cache
def _holidays_of(year: int) -> frozenset[date]:
    return frozenset(holidays.country_holidays("CL", years=year))


def is_holiday(day: date) -> bool:
    """Tell whether the whole country rests by law that day (Sundays are not holidays by that)."""
    return day in _holidays_of(day.year)


def is_business_day(day: date, *, sabados: bool = False) -> bool:
    """Tell whether the day is hábil; ``sabados`` counts Saturdays, as civil courts do."""
    weekday = day.weekday()
    if weekday == _SUNDAY or (weekday == _SATURDAY and not sabados):
        return False
    return not is_holiday(day)


def business_days_between(start: date, end: date, *, sabados: bool = False) -> int:
    """Count the días hábiles after ``start`` up to and including ``end``.

    The day of the start does not count, as in every legal term. Negative when ``end`` lies before
    ``start``: the días hábiles by which it is late.

    Raises:
        InvalidValue: the two days lie more than about 27 years apart.
    """
    if abs((end - start).days) > _MAX_DAYS:
        raise InvalidValue("Las dos fechas están demasiado lejos una de otra. Revise los años.")
    if end < start:
        return -business_days_between(end, start, sabados=sabados)
    days = (start + timedelta(days=n) for n in range(1, (end - start).days + 1))
    return sum(is_business_day(day, sabados=sabados) for day in days)


def business_days_left(limit: date, today: date, *, sabados: bool = False) -> int:
    """Count the días hábiles that remain after today until the limit; negative when it passed.

    0 means that the limit is today, or that only rest days lie between.
    """
    return business_days_between(today, limit, sabados=sabados)


def add_business_days(start: date, days: int, *, sabados: bool = False) -> date:
    """Return the last day of a term of so many días hábiles that begins after ``start``.

    With 0 it is ``start`` itself, hábil or not.

    Raises:
        InvalidValue: a negative or absurd number of days.
    """
    if not 0 <= days <= _MAX_DAYS:
        raise InvalidValue("El plazo debe ser un número de días hábiles entre 0 y 10.000.")
    day = start
    while days > 0:
        day += _ONE_DAY
        if is_business_day(day, sabados=sabados):
            days -= 1
    return day
