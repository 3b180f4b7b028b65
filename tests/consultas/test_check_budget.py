"""The automatic check asks when there can be news, within the month's budget, and fairly."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from app.ajustes.service import set_setting
from app.consultas.models import Consulta
from app.consultas.queries import CHECK
from app.consultas.queries.check_budget import (
    Gasto,
    describe_budget,
    describe_pace,
    read_gasto,
    warning_to_ask,
)
from app.consultas.rules.alcance import BOOSTR
from app.db import db, transaction
from app.jobs.models import Trabajo
from app.oficios.models import Oficio
from app.oficios.rules import Estado
from tests.avistamientos.rows import an_answer, store
from tests.consultas.sweeping import SWEEP, enqueue_sweep
from tests.factories import make_oficio

NOTHING: dict[str, list[object]] = {"avistamientos": []}


def gasto(casos=10, usadas=0, en_curso=0, hoy=date(2026, 11, 1), **alcance) -> Gasto:
    return Gasto(replace(BOOSTR, **alcance), hoy, usadas, en_curso, casos)


@pytest.fixture
def settings(app):
    def put(**values) -> None:
        with app.app_context(), transaction():
            for name, value in values.items():
                set_setting(f"fuente_generico.{name}", str(value))

    return put


@pytest.fixture
def cases(app, buffet, usuario_investigador):
    """That many cases in investigation, each with its own plate."""

    def make(count: int) -> list[Oficio]:
        return [
            make_oficio(
                app,
                buffet,
                usuario_investigador,
                patente=f"BBCL{number:02}",
                estado=Estado.INVESTIGACION,
            )
            for number in range(10, 10 + count)
        ]

    return make


def sweep(app, clock, run_jobs) -> None:
    enqueue_sweep(app, clock.now)
    run_jobs()


def plates(provider) -> list[str]:
    return [request.path.rpartition("/")[2] for request in provider.requests]


@pytest.mark.parametrize(
    ("values", "days"),
    [
        ({}, 7),
        ({"cada_dias": 1}, 1),
        ({"cada_dias": 60}, 19),  # the source forgets on day 30 what it told on day 11
        # 100 cases in 30 days with 100 look-ups: one each.
        ({"casos": 100, "presupuesto": 100}, 30),
        ({"casos": 100, "presupuesto": 300}, 10),
        ({"casos": 100, "presupuesto": 300, "usadas": 150, "hoy": date(2026, 11, 16)}, 10),
        ({"casos": 100, "presupuesto": 300, "en_curso": 150}, 20),
        ({"casos": 0, "presupuesto": 1}, 7),
    ],
)
def test_a_short_budget_is_spread_over_the_cases_and_the_month(values, days):
    assert gasto(**values).interval == timedelta(days=days)


def test_what_a_short_budget_loses_is_said():
    assert "se pierden pasadas" in describe_pace(gasto(casos=100, presupuesto=100))
    assert "se pierden pasadas" not in describe_pace(gasto())
    assert describe_pace(gasto()).startswith("Cada caso en Investigación se consulta solo cada 7")
    assert "Primero los que nunca se consultaron" in describe_pace(gasto())
    assert "se detuvo hasta el 01-12-2026" in describe_pace(gasto(usadas=1000))


def test_a_person_is_told_of_the_price_and_of_a_spent_budget():
    assert warning_to_ask(gasto()) is None
    assert warning_to_ask(gasto(precio=250)) == "Cada consulta cuesta $250."
    spent = warning_to_ask(gasto(usadas=1000))
    assert "1.000 de 1.000 consultas de noviembre" in spent
    assert "esta consulta lo excede" in spent


def test_only_answered_look_ups_of_this_month_are_counted(app, oficio):
    for moment in (datetime(2026, 10, 31, 12, tzinfo=UTC), datetime(2026, 11, 5, 12, tzinfo=UTC)):
        store(app, oficio, an_answer(body=str(moment)), now=moment)
    with app.app_context():
        november = read_gasto("generico", datetime(2026, 11, 28, 12, tzinfo=UTC))
        other = read_gasto("boostr", datetime(2026, 11, 28, 12, tzinfo=UTC))

    assert (november.usadas, other.usadas) == (1, 0)
    assert describe_budget(november) == "1 de 1.000 consultas de noviembre"


def test_a_case_is_asked_for_weekly_and_not_daily(app, cases, provider, run_jobs, clock):
    provider.answer("/porticos/", body=NOTHING)
    cases(1)
    asked = []
    for day in range(15):
        sweep(app, clock, run_jobs)
        asked.append((day, len(provider.requests)))
        clock.forward(days=1)

    assert [day for day, count in asked if count > (asked[day - 1][1] if day else 0)] == [0, 7, 14]


def test_a_source_that_tells_at_once_may_be_asked_daily(
    app, cases, provider, run_jobs, clock, settings
):
    settings(desde_dia=0, cada_dias=1)
    provider.answer("/porticos/", body=NOTHING)
    cases(1)
    for _ in range(3):
        sweep(app, clock, run_jobs)
        clock.forward(days=1)

    assert len(provider.requests) == 3


def test_a_spent_budget_stops_the_sweep_which_says_so_and_goes_on_next_month(
    app, cases, provider, run_jobs, rows, clock, settings
):
    settings(presupuesto=3)
    provider.answer("/porticos/", body=NOTHING)
    cases(5)
    sweep(app, clock, run_jobs)

    assert plates(provider) == ["BBCL10", "BBCL11", "BBCL12"]
    (told,) = [job.resultado for job in rows(Trabajo, tipo=SWEEP)]
    assert told == (
        "3 casos en cola. 2 casos esperan: se usó el presupuesto del mes (0 de 3 consultas de "
        "noviembre). Hasta el 01-12-2026 se consulta solo a mano."
    )
    clock.forward(hours=1)
    sweep(app, clock, run_jobs)
    assert len(provider.requests) == 3

    clock.now = datetime(2026, 12, 1, 12, 0, tzinfo=UTC)
    sweep(app, clock, run_jobs)

    # Those that nobody asked for yet; three look-ups a month are too few for the others so soon.
    assert plates(provider)[3:] == ["BBCL13", "BBCL14"]


def test_a_short_budget_treats_all_cases_alike(app, cases, provider, run_jobs, clock, settings):
    settings(presupuesto=10)
    provider.answer("/porticos/", body=NOTHING)
    cases(5)
    clock.now = datetime(2026, 11, 1, 12, 0, tzinfo=UTC)
    for _ in range(30):
        sweep(app, clock, run_jobs)
        clock.forward(days=1)

    asked = plates(provider)
    counts = {plate: asked.count(plate) for plate in asked}
    assert len(asked) <= 10
    assert len(counts) == 5
    assert max(counts.values()) - min(counts.values()) <= 1


def test_a_person_may_exceed_the_budget_and_is_warned(
    app, investigador, oficio, provider, run_jobs, rows, settings
):
    settings(presupuesto=0, precio=250)
    provider.answer("/porticos/", body=NOTHING)

    page = investigador.get(f"/oficios/{oficio.id}/avistamientos").text
    assert "esta consulta lo excede. Cada consulta cuesta $250." in page
    assert "El presupuesto de consultas del mes se usó completo" in page
    investigador.post(f"/oficios/{oficio.id}/consultar", data={"motivo": "Dato nuevo"})

    assert len(rows(Trabajo, tipo=CHECK)) == 1
    assert len(rows(Consulta)) == 1


def test_the_budget_is_told_to_the_admin(admin, provider, settings):
    settings(presupuesto=0, precio=250)

    page = " ".join(admin.get("/admin/consultas").text.split())
    state = " ".join(admin.get("/admin/estado").text.split())

    assert "solo pasadas sin un TAG válido, desde el día 11 hasta el 30" in page
    assert "0 de 0 consultas de" in page
    assert "$250 por consulta" in page
    assert "Presupuesto usado" in page
    assert "la consulta automática se detuvo hasta el" in page
    assert "la consulta automática se detuvo hasta el" in state


def test_a_check_of_a_clock_that_ran_ahead_does_not_stop_the_next(
    app, cases, provider, run_jobs, clock
):
    provider.answer("/porticos/", body=NOTHING)
    (case,) = cases(1)
    with app.app_context(), transaction():
        row = db.session.get_one(Oficio, case.id)
        row.ultima_consulta_at = clock.now + timedelta(days=2)
    sweep(app, clock, run_jobs)

    assert len(provider.requests) == 1
