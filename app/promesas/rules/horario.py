"""The hours in which an office is open, and how business time passes in them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache

from app.core.clock import local_today, read_local, start_of_day
from app.core.errors import InvalidValue
from app.core.plazos import is_business_day
from app.promesas.rules import Lapso, UnidadLapso

_ONE_DAY = timedelta(days=1)
_SECOND = timedelta(seconds=1)
#: Days that a term is followed through at most; beyond them the calendar itself is wrong.
_MOST_DAYS = 5000


@dataclass(frozen=True)
class Horario:
    """When an office is open, on Santiago's clock: each business day from one hour to another.

    Of a day on which the clock moves, an office that is open around the change has an hour more
    or less.
    """

    desde: int = 9
    hasta: int = 18
    sabados: bool = False
    #: Days on which it is closed although they are hábiles.
    cierres: frozenset[date] = frozenset()

    def seconds_of(self, lapso: Lapso) -> int:
        """How long a term is; a day is as long as the office is open on an ordinary one."""
        hours = lapso.cantidad
        if lapso.unidad is UnidadLapso.DIAS:
            hours *= self.hasta - self.desde
        return hours * 3600

    def window(self, day: date) -> tuple[datetime, datetime] | None:
        """From when until when the office is open on a day; None when it is closed."""
        return _window(self, day)

    def worked(self, start: datetime, end: datetime) -> int:
        """Business seconds between two moments; 0 when the end is not later."""
        total = timedelta()
        day, last = local_today(start), local_today(end)
        while day <= last and start < end:
            if found := self.window(day):
                total += max(timedelta(), min(end, found[1]) - max(start, found[0]))
            day += _ONE_DAY
        return total // _SECOND

    def after(self, start: datetime, seconds: int) -> datetime:
        """The first moment at which so much business time has passed since ``start``.

        A term that fills a day ends when the office closes, not when it opens again.

        Raises:
            InvalidValue: no calendar of some years has so much.
        """
        if seconds <= 0:
            return start
        left = timedelta(seconds=seconds)
        day = local_today(start)
        for _ in range(_MOST_DAYS):
            if found := self.window(day):
                begins = max(start, found[0])
                if begins + left <= found[1]:
                    return begins + left
                left -= max(timedelta(), found[1] - begins)
            day += _ONE_DAY
        raise InvalidValue("El plazo es demasiado largo para el horario de la oficina.")

    def end_of(self, day: date) -> datetime:
        """The end of a day by its date alone, of which nobody knows the hour."""
        return start_of_day(day + _ONE_DAY)


@lru_cache(maxsize=8192)
def _window(horario: Horario, day: date) -> tuple[datetime, datetime] | None:
    if day in horario.cierres or not is_business_day(day, sabados=horario.sabados):
        return None
    return _at(day, horario.desde), _at(day, horario.hasta)


def _at(day: date, hour: int) -> datetime:
    if hour in {0, 24}:
        return start_of_day(day + (_ONE_DAY if hour else timedelta()))
    return read_local(datetime.combine(day, time(hour))).moment
