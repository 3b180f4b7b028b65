"""What a source can know: its reach, what follows for habits, and what is said of silence."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from app.avistamientos.models import Listado
from app.avistamientos.rules import EstadoListado
from app.avistamientos.rules.crossings import Crossing
from app.consultas.outside import make_provider
from app.consultas.queries.fuentes import read_fuentes
from app.consultas.rules.alcance import (
    BOOSTR,
    DECLARED,
    DEMO,
    GENERICO,
    SETTINGS,
    Cobertura,
    describe_reach,
)
from app.consultas.rules.vouched_spans import Tramo
from app.core.clock import local_today, start_of_day
from app.db import db, transaction
from app.oficios.models import Oficio
from app.oficios.rules import Estado
from app.patrones.rules import Paso, analyse
from app.patrones.rules.coverage import known_until, stretches, whole_days
from app.patrones.rules.silence import what_was_not_seen, who_was_asked
from config import PROVIDERS
from tests.avistamientos.rows import an_answer, store
from tests.factories import make_oficio
from tests.patrones.weeks import at, crossing, habit, noise

NOW = datetime(2026, 11, 28, 15, 0, tzinfo=UTC)
DAY = timedelta(days=1)
AGES = (0, 7, 11, 14, 18, 25, 30)
VEHICLES = 200


# ------------------------------------------------------------------ what is declared


def test_every_provider_declares_its_reach(app):
    for name in PROVIDERS:
        provider = make_provider(replace(app.extensions["rastro_config"], porticos_provider=name))
        assert provider.alcance is DECLARED[name]


def test_the_public_source_tells_from_day_11_to_day_30_and_only_without_a_tag():
    assert (BOOSTR.desde_dia, BOOSTR.hasta_dia) == (11, 30)
    assert BOOSTR.cobertura is Cobertura.SIN_TAG
    assert BOOSTR.lossless_days == 19
    assert describe_reach(BOOSTR) == "solo pasadas sin un TAG válido, desde el día 11 hasta el 30"
    assert describe_reach(DEMO) == "todas las pasadas, desde el mismo día hasta el 42"


def test_each_source_but_the_demonstration_can_be_corrected():
    fields = ("desde_dia", "hasta_dia", "cobertura", "cada_dias", "precio", "presupuesto")
    assert [setting.clave for setting in SETTINGS] == [
        f"fuente_{name}.{field}" for name in ("generico", "boostr") for field in fields
    ]


@pytest.mark.parametrize(
    ("cada", "hasta", "pause"), [(7, 30, 7), (25, 30, 19), (25, 0, 25), (7, 11, 1), (1, 30, 1)]
)
def test_a_case_is_asked_for_again_before_the_source_forgets(cada, hasta, pause):
    assert replace(BOOSTR, cada_dias=cada, hasta_dia=hasta).pause_days == pause


# ------------------------------------------------------------------ until when is known


def look(alcance, days_ago: int, **told) -> Tramo | None:
    return alcance.read_tramo(NOW - days_ago * DAY, **told)


def a_list(first: date, last: date) -> Tramo:
    return Tramo("listado:1", start_of_day(first), start_of_day(last), vias=frozenset({"AC"}))


@pytest.mark.parametrize(
    ("tramos", "known"),
    [
        ([], None),
        ([look(BOOSTR, 0)], NOW - 11 * DAY),
        ([look(BOOSTR, 18)], NOW - 29 * DAY),
        ([look(BOOSTR, 18), look(BOOSTR, 0)], NOW - 11 * DAY),
        ([look(DEMO, 0)], NOW),
        ([look(DEMO, 20), look(BOOSTR, 0)], NOW - 11 * DAY),
        ([look(DEMO, 5), look(BOOSTR, 0)], NOW - 5 * DAY),
        ([a_list(date(2026, 11, 2), date(2026, 11, 19))], start_of_day(date(2026, 11, 19))),
        (
            [a_list(date(2026, 11, 2), date(2026, 11, 19)), look(BOOSTR, 0)],
            start_of_day(date(2026, 11, 19)),
        ),
        (
            [a_list(date(2026, 10, 1), date(2026, 10, 31)), look(BOOSTR, 0)],
            NOW - 11 * DAY,
        ),
        # It did better than it declares.
        ([look(BOOSTR, 0, oldest=NOW - 60 * DAY, newest=NOW - 3 * DAY)], NOW - 3 * DAY),
        # An answer of which a part could not be read vouches for what it told.
        (
            [look(BOOSTR, 0, oldest=NOW - 20 * DAY, newest=NOW - 14 * DAY, is_whole=False)],
            NOW - 14 * DAY,
        ),
    ],
)
def test_known_until_is_the_best_of_all_sources(tramos, known):
    assert known_until(tramos) == known


def test_an_unreadable_answer_that_told_nothing_vouches_for_nothing():
    assert look(BOOSTR, 0, is_whole=False) is None
    told = look(BOOSTR, 0, oldest=NOW - 20 * DAY, newest=NOW - 14 * DAY, is_whole=False)
    assert told is not None


def test_a_source_that_forgets_before_it_tells_vouches_for_nothing():
    assert replace(BOOSTR, desde_dia=40).read_tramo(NOW) is None
    assert BOOSTR.read_tramo(NOW) is not None


def test_weeks_between_two_look_ups_that_none_covers_are_unknown():
    tramos = [look(BOOSTR, 60), look(BOOSTR, 0)]

    days = whole_days(tramos, local_today(NOW - 90 * DAY), local_today(NOW))

    assert stretches(days) == [
        (date(2026, 8, 31), date(2026, 9, 17)),
        (date(2026, 10, 30), date(2026, 11, 16)),
    ]


# ------------------------------------------------------------------ habits


def vehicle(rng: random.Random, now: datetime, age: int) -> tuple[list[Paso], Tramo]:
    """A commuter among other trips, of whom nothing is told that is younger than ``age`` days.

    The second is what the look-ups up to then would have told.
    """
    end = now - age * DAY
    monday = local_today(end) - timedelta(days=local_today(end).weekday())
    weeks = rng.choice((6, 8, 10))
    first = monday - timedelta(weeks=weeks - 1)
    days = rng.choice((range(5), range(7), (1, 2, 3)))
    start = (rng.randrange(6, 20), rng.choice((0, 30)))
    pasos = habit(rng, first, weeks, days, start, kept=rng.choice((0.8, 0.9, 1.0)), fuente="boostr")
    pasos += [replace(paso, fuente="boostr") for paso in noise(rng, first, weeks, 6)]
    pasos = [paso for paso in pasos if paso.momento and paso.momento <= end]
    newest = max(paso.momento for paso in pasos if paso.momento)
    return pasos, Tramo("boostr", at(first, 0), newest)


def any_moment(number: int, rng: random.Random) -> datetime:
    """Every weekday in turn, at any hour of the day."""
    return at(date(2026, 11, 23) + timedelta(days=number % 7), rng.randrange(7, 23))


@pytest.mark.no_cover
@pytest.mark.parametrize("looked_up", [True, False], ids=["asked today", "not asked"])
@pytest.mark.parametrize("age", AGES)
def test_a_live_habit_is_suggested_and_not_called_dead(age, looked_up):
    suggested = dead = 0
    for number in range(VEHICLES):
        rng = random.Random(1000 * number + age)
        now = any_moment(number, rng)
        pasos, tramo = vehicle(rng, now, age)
        tramos = [tramo, BOOSTR.read_tramo(now)] if looked_up else [tramo]
        patron = analyse(pasos, now=now, tramos=tramos)
        suggested += bool(patron.franjas)
        dead += bool(patron.pasadas)

    assert suggested >= 196
    assert dead <= 0.02 * VEHICLES


@pytest.mark.no_cover
@pytest.mark.parametrize("every", [7, None], ids=["asked weekly", "asked today alone"])
def test_who_stopped_five_weeks_ago_is_told_so(every):
    told = 0
    for number in range(VEHICLES):
        rng = random.Random(number)
        now = any_moment(number, rng)
        pasos, tramo = vehicle(rng, now, 35)
        asked = range(0, 35, every) if every else [0]
        looks = [BOOSTR.read_tramo(now - days * DAY) for days in asked]
        patron = analyse(pasos, now=now, tramos=[tramo, *looks])
        told += bool(patron.pasadas) and not patron.franjas

    assert told >= 0.98 * VEHICLES


@pytest.mark.no_cover
@pytest.mark.parametrize("gap", [False, True], ids=["all weeks known", "a month unknown"])
def test_what_is_not_known_makes_no_false_habits(gap):
    """Trips of chance in weeks of which some are unknown: one in twenty at most gets a window."""
    alarms = 0
    for number in range(VEHICLES):
        rng = random.Random(number)
        now = any_moment(number, rng)
        first = local_today(now) - timedelta(weeks=12)
        pasos = [replace(paso, fuente="boostr") for paso in noise(rng, first, 12, 14)]
        tramos = [
            BOOSTR.read_tramo(now - days * DAY) for days in ((0, 47) if gap else range(0, 84, 7))
        ]
        told = [
            paso
            for paso in pasos
            if paso.momento and any(t.desde <= paso.momento <= t.hasta for t in tramos)
        ]
        alarms += bool(analyse(told, now=now, tramos=tramos).franjas)

    assert alarms <= 0.05 * VEHICLES


def test_a_habit_on_both_sides_of_unknown_weeks_is_one():
    rng = random.Random(3)
    first = local_today(NOW) - timedelta(weeks=12)
    tramos = [look(BOOSTR, 0), look(BOOSTR, 47)]
    pasos = [
        paso
        for paso in habit(rng, first - timedelta(days=first.weekday()), 12, range(5))
        if any(tramo.desde <= paso.momento <= tramo.hasta for tramo in tramos)
    ]

    patron = analyse([replace(paso, fuente="boostr") for paso in pasos], now=NOW, tramos=tramos)

    assert len(patron.franjas) == 1
    assert patron.franjas[0].semanas == patron.franjas[0].semanas_conocidas


def test_the_silence_of_a_source_that_never_told_of_a_vehicle_says_nothing():
    """It has a TAG: a list told of it, the public source never can."""
    pasos = habit(random.Random(4), date(2026, 9, 7), 6, range(5), via="AC", fuente="listado:1")
    listado = a_list(date(2026, 9, 7), date(2026, 10, 17))
    asked = [look(BOOSTR, days) for days in range(0, 42, 7)]

    patron = analyse(pasos, now=NOW, tramos=[listado, *asked])

    assert len(patron.franjas) == 1
    assert patron.pasadas == ()


def test_a_list_of_another_road_does_not_end_a_habit_and_one_of_its_road_does():
    pasos = habit(random.Random(4), date(2026, 9, 7), 6, range(5), via="AC", fuente="boostr")
    told = Tramo("boostr", at(date(2026, 9, 7), 0), at(date(2026, 10, 17), 0))
    later = (start_of_day(date(2026, 10, 1)), start_of_day(date(2026, 11, 25)))
    other = Tramo("listado:1", *later, vias=frozenset({"Costanera Norte"}))
    same = Tramo("listado:2", *later, vias=frozenset({"AC"}))

    assert analyse(pasos, now=NOW, tramos=[told, other]).pasadas == ()
    assert len(analyse(pasos, now=NOW, tramos=[told, same]).pasadas) == 1


# ------------------------------------------------------------------ what is said


def say(pasos, tramos, now=NOW) -> list[str]:
    return what_was_not_seen(pasos, tramos, now=now, reach_of=lambda name: DECLARED[name])


def test_what_was_not_seen_is_said_with_what_the_source_cannot_see():
    seen = crossing(at(date(2026, 10, 29), 8), fuente="boostr")

    assert say([seen], [look(BOOSTR, 7), look(BOOSTR, 0)]) == [
        "Sin pasadas sin TAG entre el 30-10-2026 y el 16-11-2026; con TAG esta fuente no ve.",
        "Desde el 17-11-2026 todavía no se sabe: la fuente cuenta una pasada desde el día 11.",
    ]


def test_a_source_that_sees_all_says_so_without_the_limit():
    seen = crossing(at(date(2026, 11, 20), 8), fuente="demo")

    assert say([seen], [look(DEMO, 0)]) == ["Sin pasadas entre el 21-11-2026 y el 27-11-2026."]


def test_unknown_weeks_are_called_unknown():
    assert say([], [look(BOOSTR, 60), look(BOOSTR, 0)]) == [
        "Sin pasadas sin TAG entre el 05-09-2026 y el 17-09-2026, y entre el 30-10-2026 y el "
        "16-11-2026; con TAG esta fuente no ve.",
        "Desde el 17-11-2026 todavía no se sabe: la fuente cuenta una pasada desde el día 11.",
        "De lo que pasó entre el 19-09-2026 y el 28-10-2026 no dice nada ninguna fuente: no se "
        "sabe.",
    ]


def test_a_list_speaks_of_its_roads_alone():
    seen = crossing(at(date(2026, 11, 5), 8), via="AC", fuente="listado:1")

    assert say([seen], [a_list(date(2026, 11, 2), date(2026, 11, 20))]) == [
        "Según el listado de AC, sin pasadas entre el 06-11-2026 y el 19-11-2026; de otras vías "
        "no dice nada."
    ]


def test_who_was_asked_is_named_with_what_it_tells_of():
    tramos = [look(BOOSTR, 7), look(BOOSTR, 0), a_list(date(2026, 11, 2), date(2026, 11, 20))]

    assert who_was_asked(tramos, reach_of=lambda name: DECLARED[name]) == [
        "«boostr» (solo pasadas sin un TAG válido)",
        "listado de AC",
    ]


def test_nobody_asked_so_nothing_is_said():
    seen = crossing(at(date(2026, 11, 5), 8))

    assert say([seen], []) == []
    assert len(say([seen], [look(BOOSTR, 0)])) > 0


def test_the_plain_protocol_is_taken_for_the_public_source_until_the_office_knows_better():
    assert replace(GENERICO, fuente="boostr") == BOOSTR


def test_a_look_up_that_a_clock_ahead_stamped_vouches_for_what_it_told_alone(
    app, buffet, usuario_investigador
):
    """Nobody knows when it was made: its silence says nothing, least of days to come."""
    oficio = make_oficio(app, buffet, usuario_investigador, estado=Estado.INVESTIGACION)
    told = Crossing(fecha=local_today(NOW - 30 * DAY), fecha_hora=NOW - 30 * DAY)
    store(app, oficio, an_answer([told]), now=NOW + 40 * DAY)
    with app.app_context():
        row = db.session.get_one(Oficio, oficio.id)
        assert row.ultima_consulta_at > NOW
        tramos = read_fuentes(row, now=NOW).tramos
        # Once that day has come it is a look-up like any other.
        later = read_fuentes(row, now=NOW + 41 * DAY).tramos

    assert known_until(tramos) == NOW - 30 * DAY
    assert known_until(later) == NOW + 29 * DAY  # eleven days before it was asked


def test_a_list_that_ends_in_days_to_come_is_known_until_now(app, buffet, usuario_investigador):
    oficio = make_oficio(app, buffet, usuario_investigador, estado=Estado.INVESTIGACION)
    with app.app_context(), transaction():
        db.session.add(
            Listado(
                oficio_id=oficio.id,
                usuario_id=usuario_investigador.id,
                nombre_archivo="pasos.csv",
                sha256="0" * 64,
                contenido=b"",
                estado=EstadoListado.IMPORTADO,
                cubre_desde=NOW - 20 * DAY,
                cubre_hasta=NOW + 20 * DAY,
                created_at=NOW,
            )
        )
    with app.app_context():
        (tramo,) = read_fuentes(db.session.get_one(Oficio, oficio.id), now=NOW).tramos

    assert (tramo.desde, tramo.hasta) == (NOW - 20 * DAY, NOW)
