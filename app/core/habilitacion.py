"""When a receptor needs leave of the court: outside of legal hours, or on a day that is not hábil.

Código de Procedimiento Civil, art. 59: acts are done on business days, which are those that are
no holidays (Saturdays count), and between eight and twenty hours. Art. 60: for others the court
gives leave (*habilitación*).
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta

from app.core.dates import format_fecha
from app.core.plazos import is_holiday

_SUNDAY = 6
#: Holidays that far ahead are named: further away nobody plans a visit by a habit.
_AHEAD = 14


@dataclass(frozen=True)
class HorasHabiles:
    """The hours of the clock between which a receptor acts without leave."""

    desde: int = 8
    hasta: int = 20

    @property
    def regla(self) -> str:
        """The rule in words, with its source."""
        return (
            f"son horas hábiles las de {self.desde} a {self.hasta} h de días hábiles "
            "(CPC, arts. 59 y 60)"
        )


def why_habilitacion(
    weekdays: Collection[int], start: int, end: int, *, today: date, horas: HorasHabiles
) -> str | None:
    """When in a window of the week a receptor needs leave, in a sentence; None: never.

    In ``weekdays`` Monday is 0; ``start`` and ``end`` are minutes since midnight. Holidays
    of the next two weeks on those days are named.
    """
    opens, closes = 60 * horas.desde, 60 * horas.hasta
    if end <= opens or start >= closes or set(weekdays) == {_SUNDAY}:
        when = ["en todo este horario"]
    else:
        when = [
            text
            for text, applies in (
                (f"antes de las {horas.desde}:00", start < opens),
                (f"después de las {horas.hasta}:00", end > closes),
                ("los domingos", _SUNDAY in weekdays),
            )
            if applies
        ]
        ahead = (today + timedelta(days=number) for number in range(_AHEAD))
        when += [
            f"el {format_fecha(day)} (feriado)"
            for day in ahead
            if day.weekday() in weekdays and day.weekday() != _SUNDAY and is_holiday(day)
        ]
    if not when:
        return None
    text = " y ".join(part for part in (", ".join(when[:-1]), when[-1]) if part)
    return (
        f"{text[0].upper()}{text[1:]} el receptor necesita habilitación del tribunal: "
        f"{horas.regla}."
    )
