"""Of which days and cases a report tells."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from app.core.dates import MESES
from app.indicadores.rules import Agrupacion, Rango

#: The longest period: what a typo in the year asks for would draw thousands of weeks.
MAX_DAYS = 3660
TURNED = "«Hasta» no puede ser anterior a «Desde»."
TOO_LONG = f"Elija a lo más {MAX_DAYS // 365} años: revise el año de las fechas."


@dataclass(frozen=True)
class Seleccion:
    """What is asked for: from one day to another, both included, and whose cases."""

    desde: date
    hasta: date
    buffet_id: int | None = None
    investigador_id: int | None = None
    por: Agrupacion = Agrupacion.BUFFET

    @property
    def days(self) -> int:
        """How many days it has."""
        return (self.hasta - self.desde).days + 1

    @property
    def before(self) -> tuple[date, date]:
        """The period of the same length right before it."""
        return self.desde - timedelta(days=self.days), self.desde - timedelta(days=1)

    def weeks(self) -> list[date]:
        """The Mondays of the weeks that it touches."""
        first = monday(self.desde)
        return [
            first + timedelta(weeks=number)
            for number in range((monday(self.hasta) - first).days // 7 + 1)
        ]

    def marks(self, amount: int = 60) -> list[date]:
        """Days spread over it for a curve, the first and the last among them."""
        step = max(1, -(-(self.days - 1) // amount))
        days = [self.desde + timedelta(days=number) for number in range(0, self.days, step)]
        return days if days[-1] == self.hasta else [*days, self.hasta]


def monday(day: date) -> date:
    """The Monday of the week of a day."""
    return day - timedelta(days=day.weekday())


def span(rango: Rango, today: date) -> tuple[date, date]:
    """The days of a period that ends today; of ``FECHAS``, which names none, twelve weeks."""
    if rango is Rango.DIAS:
        return today - timedelta(days=29), today
    if rango is Rango.ANIO:
        return today.replace(month=1, day=1), today
    return monday(today) - timedelta(weeks=11), today


def choose_days(
    rango: Rango, desde: date | None, hasta: date | None, today: date
) -> tuple[date, date]:
    """The days that are asked for; one that is given alone is completed by the period.

    They may be the wrong way round, or too many.
    """
    first, last = span(rango, today)
    if hasta:
        last = hasta
        first = min(first, last)
    return desde or first, last


def month_span(month: date) -> tuple[date, date]:
    """The first and the last day of the month that begins that day."""
    following = date(month.year + month.month // 12, month.month % 12 + 1, 1)
    return month, following - timedelta(days=1)


def previous_month(today: date) -> date:
    """The first day of the last month that is over."""
    return (today.replace(day=1) - timedelta(days=1)).replace(day=1)


def name_month(month: date) -> str:
    """The month in words: «octubre de 2026»."""
    return f"{MESES[month.month - 1]} de {month.year}"
