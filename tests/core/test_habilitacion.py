"""When a receptor needs leave of the court, by table: hours, Sundays, holidays."""

from __future__ import annotations

from datetime import date

import pytest

from app.core.habilitacion import HorasHabiles, why_habilitacion

RULE = (
    "el receptor necesita habilitación del tribunal: son horas hábiles las de 8 a 20 h de días "
    "hábiles (CPC, arts. 59 y 60)."
)
#: Nothing is a holiday in the two weeks that begin here.
PLAIN = date(2026, 11, 2)
LEGAL = HorasHabiles()
WEEKDAYS, SATURDAY, SUNDAY = (0, 1, 2, 3, 4), (5,), (6,)


def why(dias, desde, hasta, today=PLAIN, horas=LEGAL):
    return why_habilitacion(dias, 60 * desde, 60 * hasta, today=today, horas=horas)


@pytest.mark.parametrize(
    ("dias", "desde", "hasta", "when"),
    [
        (WEEKDAYS, 8, 9, None),
        (WEEKDAYS, 19, 20, None),
        (SATURDAY, 12, 13, None),
        (WEEKDAYS, 7.5, 8.5, "Antes de las 8:00 "),
        (WEEKDAYS, 19.5, 20.5, "Después de las 20:00 "),
        (WEEKDAYS, 7, 8, "En todo este horario "),
        (WEEKDAYS, 20, 21, "En todo este horario "),
        (WEEKDAYS, 23, 24, "En todo este horario "),
        (SUNDAY, 12, 13, "En todo este horario "),
        ((5, 6), 12, 13, "Los domingos "),
        ((5, 6), 7.5, 8.5, "Antes de las 8:00 y los domingos "),
        (range(7), 7, 21, "Antes de las 8:00, después de las 20:00 y los domingos "),
    ],
)
def test_hours_and_sundays(dias, desde, hasta, when):
    assert why(dias, desde, hasta) == (when + RULE if when else None)


@pytest.mark.parametrize(
    ("today", "dias", "when"),
    [
        (date(2026, 11, 28), (1,), "El 08-12-2026 (feriado) "),  # Inmaculada Concepción
        (date(2026, 11, 28), (0, 2, 3), None),
        (date(2026, 11, 20), (1,), None),  # too far ahead
        (date(2026, 12, 20), (4,), "El 25-12-2026 (feriado) y el 01-01-2027 (feriado) "),
        (date(2026, 9, 14), WEEKDAYS, "El 18-09-2026 (feriado) "),
        (date(2026, 9, 14), SATURDAY, "El 19-09-2026 (feriado) "),
    ],
)
def test_holidays_of_the_next_two_weeks_are_named(today, dias, when):
    assert why(dias, 9, 10, today) == (when + RULE if when else None)


def test_the_hours_of_the_law_are_the_offices_to_correct():
    assert why(WEEKDAYS, 7, 8, horas=HorasHabiles(6, 22)) is None
    assert "de 6 a 22 h" in why(WEEKDAYS, 22, 23, horas=HorasHabiles(6, 22))
