"""When and where to go: weeks with habits, with noise, with none, across both changes of clock."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime, timedelta

import pytest

from app.patrones import rules as patrones
from app.patrones.rules import Paso, Patron, Sugerencia, analyse, what_ended, why_not
from app.patrones.rules.findings_text import CORRIDOR, SEEN, when
from app.patrones.rules.trips import group_trips
from app.patrones.rules.weekly_windows import (
    FALSE_ALARMS,
    MIN_TRIPS,
    MIN_WEEKS,
    binomial_tail,
)
from tests.patrones.weeks import AUGUST, at, crossing, end_of, habit, noise, told

# Other tests reach the same lines, and measuring doubles what these take.
pytestmark = pytest.mark.no_cover

TUESDAY_TO_THURSDAY = (1, 2, 3)


def suggest(patron: Patron) -> list[Sugerencia]:
    """The suggestions on a day without holidays ahead."""
    return patrones.suggest(patron, today=date(2026, 11, 2))


def windows(pasos: list[Paso], weeks: int, monday: date = AUGUST) -> list[str]:
    """The windows suggested when the weeks are over and the gantries were just asked."""
    now = end_of(monday, weeks)
    return [when(franja) for franja in analyse(pasos, now=now, tramos=told(now)).franjas]


# ------------------------------------------------------------------ habits


def test_a_habit_is_found_with_its_days_hours_place_evidence_and_limit():
    rng = random.Random(1)
    pasos = habit(
        rng, AUGUST, 6, TUESDAY_TO_THURSDAY, lugar="salida Vespucio Norte", sentido="al norte"
    )
    pasos = [paso for paso in pasos if paso.fecha.isocalendar().week != 38]  # a week of holidays
    now = end_of(AUGUST, 6)

    patron = analyse(pasos, now=now, tramos=told(now))

    (sugerencia,) = suggest(patron)
    assert sugerencia.cuando == "martes a jueves, 7:30 a 8:30"
    assert sugerencia.donde == "salida Vespucio Norte, al norte"
    assert sugerencia.evidencia.startswith("En 5 de las últimas 6 semanas (15 de 18 días).")
    assert sugerencia.limite == CORRIDOR
    assert why_not(patron) is None


@pytest.mark.parametrize(
    ("days", "words"),
    [
        ((0, 1, 2, 3, 4), "lunes a viernes"),
        ((0, 2, 4), "lunes, miércoles y viernes"),
        ((5, 6), "sábado y domingo"),
        ((6,), "domingo"),
        (range(7), "todos los días"),
    ],
)
def test_days_are_named_as_people_name_them(days, words):
    pasos = habit(random.Random(2), AUGUST, 8, days, (18, 0))

    assert windows(pasos, 8) == [f"{words}, 18:00 a 19:00"]


def test_most_habits_are_found_among_as_much_noise_and_few_windows_beside_them_are():
    found = beside = 0
    for seed in range(40):
        rng = random.Random(seed)
        pasos = habit(rng, AUGUST, 8, TUESDAY_TO_THURSDAY, kept=0.8)
        got = windows([*pasos, *noise(rng, AUGUST, 8, 12)], 8)
        found += any(text.endswith(", 7:30 a 8:30") for text in got)
        beside += len(got) > 1

    assert found >= 36  # 90 %
    assert beside <= 2


def test_two_habits_are_two_windows_and_never_more_than_three():
    rng = random.Random(3)
    mornings = habit(rng, AUGUST, 8, range(5))
    evenings = habit(rng, AUGUST, 8, range(5), (18, 30), lugar="Vespucio Sur P2")
    nights = habit(rng, AUGUST, 8, (4, 5), (23, 0))
    sundays = habit(rng, AUGUST, 8, (6,), (12, 0))

    assert set(windows([*mornings, *evenings], 8)) == {
        "lunes a viernes, 7:30 a 8:30",
        "lunes a viernes, 18:30 a 19:30",
    }
    assert len(windows([*mornings, *evenings, *nights, *sundays], 8)) == 3


def test_a_place_is_named_only_when_most_trips_go_by_it():
    rng = random.Random(4)
    pasos = habit(rng, AUGUST, 8, TUESDAY_TO_THURSDAY)
    spread = [crossing(paso.momento, f"P{number}") for number, paso in enumerate(pasos)]
    nowhere = [Paso(paso.fecha, paso.momento) for paso in pasos]
    now = end_of(AUGUST, 8)

    def where(some: list[Paso]) -> str:
        return suggest(analyse(some, now=now, tramos=told(now)))[0].donde

    assert where(pasos) == "Costanera Norte P5"
    assert where(spread) == "por distintos puntos de Costanera Norte"
    assert where(nowhere) == "por lugares distintos o no informados"


def test_what_people_saw_is_not_called_a_corridor():
    pasos = habit(random.Random(5), AUGUST, 8, (5,), lugar="Pasaje Uno 12", es_corredor=False)
    now = end_of(AUGUST, 8)

    assert suggest(analyse(pasos, now=now, tramos=told(now)))[0].limite == SEEN


# ------------------------------------------------------------------ none


@pytest.mark.parametrize(
    ("weeks", "most", "hours"),
    [(6, 6, (6, 23)), (12, 20, (6, 23)), (12, 60, (8, 20)), (8, 14, (0, 24)), (12, 10, (9, 19))],
)
def test_a_vehicle_without_habits_gets_a_suggestion_in_one_case_of_twenty_at_most(
    weeks, most, hours
):
    tries = 120

    alarms = sum(
        bool(windows(noise(random.Random(seed), AUGUST, weeks, most, hours), weeks))
        for seed in range(tries)
    )

    assert alarms <= FALSE_ALARMS * tries


def test_a_vehicle_that_is_met_at_any_hour_has_no_window():
    """Its trips are regular, which chance is not, but no hour is better than another."""
    pasos = [
        crossing(at(AUGUST + timedelta(days=day), hour, (7 * day) % 60))
        for day in range(56)
        for hour in range(6, 23)
    ]

    assert windows(pasos, 8) == []
    assert len(windows(habit(random.Random(1), AUGUST, 8, (1, 2, 3)), 8)) == 1


def test_the_tail_of_a_coin():
    assert binomial_tail(6, 6, 0.25) == pytest.approx(0.25**6)
    assert binomial_tail(3, 4, 0.1) == pytest.approx(4 * 0.001 * 0.9 + 0.0001)
    assert binomial_tail(1, 4, 0.5) == 1.0  # no more than to be expected


# ------------------------------------------------------------------ one trip is one


def test_the_gantries_of_a_trip_and_what_is_told_twice_count_once():
    start = at(AUGUST, 7, 30)
    trip = [crossing(start + timedelta(minutes=step), f"P{step}") for step in (0, 4, 9, 9, 31)]
    back = [crossing(at(AUGUST, 18, 0))]

    trips = group_trips([*back, *trip])

    assert [(trip.minuto, len(trip.pasos)) for trip in trips] == [(450, 5), (1080, 1)]


def test_a_day_of_deliveries_is_more_than_one_trip():
    pasos = [crossing(at(AUGUST, 8) + timedelta(minutes=20 * step)) for step in range(12)]

    assert [trip.minuto for trip in group_trips(pasos)] == [480, 580, 680]


def test_one_long_trip_of_many_gantries_is_no_evidence_of_weeks():
    pasos = [crossing(at(AUGUST, 7, 30) + timedelta(minutes=3 * step)) for step in range(25)]
    now = end_of(AUGUST, 6)

    patron = analyse(pasos, now=now, tramos=told(now))

    assert (patron.con_hora, patron.viajes, patron.semanas) == (25, 1, 1)
    assert patron.franjas == ()


# ------------------------------------------------------------------ what is not known


def test_too_few_trips_are_said_with_what_is_missing():
    rng = random.Random(6)
    now = end_of(AUGUST, 3)
    pasos = habit(rng, AUGUST, 3, range(5))
    patron = analyse(pasos, now=now, tramos=told(now))

    assert patron.franjas == ()
    assert not patron.has_enough
    text = why_not(patron)
    assert f"al menos {MIN_TRIPS} viajes con hora, en {MIN_WEEKS} semanas distintas" in text
    assert "Hay 15 viajes en 3 semanas" in text


def test_enough_trips_without_a_habit_are_said_to_have_none():
    now = end_of(AUGUST, 6)
    patron = analyse(noise(random.Random(7), AUGUST, 6, 8), now=now, tramos=told(now))

    assert patron.has_enough
    assert "ninguna franja se repite más de lo que daría un reparto al azar" in why_not(patron)


def test_days_without_an_hour_are_counted_and_tell_where_but_not_when():
    days = [AUGUST + timedelta(days=7 * week + 2) for week in range(6)]
    pasos = [Paso(day, None, None, "Autopista Central") for day in days for _ in range(2)]
    now = end_of(AUGUST, 6)

    patron = analyse(pasos, now=now, tramos=told(now))

    assert (patron.con_hora, patron.sin_hora, patron.viajes) == (0, 12, 0)
    assert patron.calor == ()
    assert patron.franjas == ()
    (road,) = patron.lugares
    assert (road.nombre, road.dias, road.semanas) == ("Autopista Central", 6, 6)
    assert "Hay 0 viajes en 0 semanas" in why_not(patron)


def test_nothing_at_all_is_nothing():
    patron = analyse([], now=end_of(AUGUST, 6))

    assert (patron.total, patron.ultimo, patron.hace_dias, patron.calor) == (0, None, None, ())
    assert why_not(patron) is not None


def test_weeks_in_which_nobody_asked_do_not_count_against_a_habit():
    pasos = habit(random.Random(8), AUGUST, 6, (1,))
    asked = end_of(AUGUST, 6)
    now = asked + timedelta(days=20)

    patron = analyse(pasos, now=now, tramos=told(asked))

    (sugerencia,) = suggest(patron)
    assert sugerencia.evidencia.startswith("En 6 de 6 semanas, hasta el 11-10-2026")
    assert patron.is_old


def test_what_is_known_only_long_ago_is_not_suggested_any_more():
    pasos = habit(random.Random(8), AUGUST, 6, (1,))
    patron = analyse(pasos, now=end_of(AUGUST, 6) + timedelta(days=70))

    assert patron.is_too_old
    assert patron.franjas == ()
    assert "Consulte los pórticos" in why_not(patron)


def test_a_habit_that_ended_is_told_but_not_suggested():
    pasos = habit(random.Random(9), AUGUST, 7, TUESDAY_TO_THURSDAY)
    now = end_of(AUGUST, 11)

    patron = analyse(pasos, now=now, tramos=told(now))

    assert patron.franjas == ()
    (past,) = patron.pasadas
    assert what_ended(past).startswith("Hasta el 15-10-2026 pasaba martes a jueves, 7:30 a 8:30")
    assert "no se repitió en las últimas semanas" in why_not(patron)


def test_a_day_that_is_not_over_does_not_count_against_a_habit():
    pasos = habit(random.Random(10), AUGUST, 6, (0,), (18, 0))
    monday = AUGUST + timedelta(weeks=6)

    def evidence(now: datetime) -> str:
        return suggest(analyse(pasos, now=now, tramos=told(now)))[0].evidencia

    assert evidence(at(monday, 12)).startswith("En 6 de las últimas 6 semanas")
    assert evidence(at(monday, 19)).startswith("En 6 de las últimas 7 semanas")


def test_older_sightings_are_counted_but_people_change_jobs():
    old = habit(random.Random(11), AUGUST, 6, (1,))
    new = [crossing(at(AUGUST + timedelta(weeks=30), 10))]
    patron = analyse([*old, *new], now=end_of(AUGUST, 31))

    assert (patron.total, patron.antiguos, patron.viajes) == (7, 6, 1)


# ------------------------------------------------------------------ the clock


@pytest.mark.parametrize(
    ("monday", "change"), [(AUGUST, date(2026, 9, 6)), (date(2026, 3, 16), date(2026, 4, 4))]
)
def test_a_habit_keeps_its_hour_when_chile_moves_the_clock(monday, change):
    pasos = habit(random.Random(12), monday, 6, TUESDAY_TO_THURSDAY)
    offsets = {paso.momento.astimezone(UTC).hour for paso in pasos}
    assert min(paso.fecha for paso in pasos) < change < max(paso.fecha for paso in pasos)
    assert len(offsets) >= 3  # in UTC the habit is spread over two hours and more

    assert windows(pasos, 6, monday) == ["martes a jueves, 7:30 a 8:30"]


def test_the_hour_that_happens_twice_is_one_cell_and_two_trips():
    first = datetime(2026, 4, 5, 2, 30, tzinfo=UTC)  # Saturday 23:30, still in summer time
    pasos = [crossing(first), crossing(first + timedelta(hours=1))]

    patron = analyse(pasos, now=first + timedelta(hours=2))

    row = patron.calor[-1]
    assert (row.desde, row.celdas[5].viajes, row.celdas[5].semanas) == (23, 2, 1)


def test_the_night_that_lacks_an_hour_does_not_disturb():
    before = datetime(2026, 9, 6, 3, 59, tzinfo=UTC)  # Saturday 23:59; a minute later it is 1:00
    patron = analyse(
        [crossing(before), crossing(before + timedelta(minutes=31))],
        now=before + timedelta(hours=1),
    )

    assert patron.viajes == 2
    assert patron.calor[0].is_empty is True or patron.calor[0].desde == 0
    assert {
        (row.desde, day)
        for row in patron.calor
        for day, cell in enumerate(row.celdas)
        if cell.viajes
    } == {(23, 5), (1, 6)}


# ------------------------------------------------------------------ the heat table


def test_the_heat_table_counts_trips_and_weeks_and_folds_empty_hours():
    pasos = habit(random.Random(13), AUGUST, 4, (1,), (8, 0))
    pasos.append(crossing(at(AUGUST + timedelta(days=1), 12, 5)))
    now = end_of(AUGUST, 4)

    rows = analyse(pasos, now=now, tramos=told(now)).calor

    assert [(row.desde, row.hasta, row.is_empty) for row in rows] == [
        (0, 8, True),
        (8, 9, False),
        (9, 12, True),
        (12, 13, False),
        (13, 24, True),
    ]
    tuesday = rows[1].celdas[1]
    assert (tuesday.viajes, tuesday.semanas, tuesday.nivel) == (4, 4, 4)
    assert rows[3].celdas[1].nivel == 1
    assert rows[1].celdas[0].nivel == 0


def test_gantries_and_directions_are_ranked_by_days_not_by_crossings():
    days = [at(AUGUST + timedelta(days=day), 9) for day in range(3)]
    often = [crossing(moment, "P1", sentido="al sur") for moment in days]
    much = [crossing(days[0] + timedelta(minutes=2 * step), "P2") for step in range(9)]

    patron = analyse([*much, *often], now=end_of(AUGUST, 1))

    assert [(place.nombre, place.dias) for place in patron.lugares] == [("P1", 3), ("P2", 1)]
    assert [(way.nombre, way.dias) for way in patron.sentidos] == [("al sur", 3)]
    assert patron.lugares[0].sentido == "al sur"


def test_the_last_sighting_is_the_one_with_an_hour_of_the_last_day():
    day = AUGUST + timedelta(days=3)
    seen = crossing(at(day, 9))

    patron = analyse([Paso(day), seen, Paso(AUGUST)], now=at(day + timedelta(days=2), 12))

    assert patron.ultimo == seen
    assert patron.hace_dias == 2
