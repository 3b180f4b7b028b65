"""Promises week by week beside their goals, counted by hand over the change of the clock."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from app.ajustes.service import set_setting
from app.db import db, transaction
from app.indicadores.queries.overview import read_report
from app.indicadores.rules import Informe
from app.indicadores.rules.periodo import Seleccion
from app.promesas.models import Compromiso
from app.promesas.rules import GOALS, SituacionPromesa, TipoPromesa
from app.usuarios.rules.por_necesidad import ACCESS_MODE, ASSIGNED
from tests.factories import make_oficio

FIRST, REPORT, LOCATED = TipoPromesa
KEPT, MISSED = SituacionPromesa.CUMPLIDA, SituacionPromesa.INCUMPLIDA
RUNS, STANDS, VOID = (
    SituacionPromesa.CORRE,
    SituacionPromesa.DETENIDA,
    SituacionPromesa.SIN_EFECTO,
)
#: Four weeks from Monday to Sunday. On 6 September the clock goes from UTC-4 to UTC-3.
DESDE, HASTA = date(2026, 8, 24), date(2026, 9, 20)
NOW = datetime(2026, 9, 18, 15, 0, tzinfo=UTC)
#: Of each promise: its kind, how it stands, and when it was decided.
PLAN = [
    # The last second of Sunday 30 August and the first of Monday, at UTC-4.
    (FIRST, KEPT, datetime(2026, 8, 31, 3, 59, 59, tzinfo=UTC)),
    (FIRST, MISSED, datetime(2026, 8, 31, 4, 0, tzinfo=UTC)),
    # The same of Sunday 6 and Monday 7 September, at UTC-3.
    (FIRST, MISSED, datetime(2026, 9, 7, 2, 59, 59, tzinfo=UTC)),
    (FIRST, KEPT, datetime(2026, 9, 7, 3, 0, tzinfo=UTC)),
    # Before and after the period; the one that runs is late, and will be.
    (FIRST, KEPT, datetime(2026, 8, 24, 3, 59, 59, tzinfo=UTC)),
    (FIRST, KEPT, datetime(2026, 8, 24, 4, 0, tzinfo=UTC)),
    (REPORT, RUNS, datetime(2026, 9, 17, 14, 0, tzinfo=UTC)),
    (REPORT, RUNS, datetime(2026, 9, 18, 15, 0, 1, tzinfo=UTC)),
    (REPORT, MISSED, datetime(2026, 9, 9, 14, 0, tzinfo=UTC)),
    # What stands, or lost its effect, counts nowhere.
    (LOCATED, STANDS, None),
    (LOCATED, VOID, datetime(2026, 9, 9, 14, 0, tzinfo=UTC)),
    (LOCATED, KEPT, datetime(2026, 9, 9, 14, 0, tzinfo=UTC)),
]


@pytest.fixture
def promised(app, buffet, usuario_admin):
    """A case for each promise of ``PLAN``, by number."""
    cases = [
        make_oficio(app, buffet, usuario_admin, numero_oficio=f"P{number}")
        for number in range(len(PLAN))
    ]
    with app.app_context(), transaction():
        for case, (tipo, situacion, moment) in zip(cases, PLAN, strict=True):
            db.session.add(
                Compromiso(
                    oficio_id=case.id,
                    buffet_id=buffet.id,
                    tipo=tipo,
                    situacion=situacion,
                    empieza_at=datetime(2026, 8, 3, 13, 0, tzinfo=UTC),
                    vence_at=moment,
                    decide_at=moment,
                    plazo_s=3600,
                )
            )
    return cases


def read(**selection):
    return read_report(Informe.PROMESAS_SEMANA, Seleccion(DESDE, HASTA, **selection), now=NOW)


def test_each_promise_counts_in_the_week_of_santiago_in_which_it_was_decided(
    app, promised, otro_buffet
):
    with app.app_context():
        cuadro = read()
        assert [list(row.values()) for row in cuadro.filas] == [
            [date(2026, 8, 24), 2, 2, 100, 0, 0, None, 0, 0, None],
            [date(2026, 8, 31), 0, 2, 0, 0, 0, None, 0, 0, None],
            [date(2026, 9, 7), 1, 1, 100, 0, 1, 0, 1, 1, 100],
            [date(2026, 9, 14), 0, 0, None, 0, 1, 0, 0, 0, None],
        ]
        assert cuadro.n == 8
        assert cuadro.pie == "«Primer informe» lleva 2 semanas bajo la meta"
        assert cuadro.detras is not None
        assert (cuadro.detras.label, cuadro.detras.arguments) == (
            "ver los 2",
            {"tipo": "primer_informe"},
        )
        # As many as the report that compares buffets counts.
        whole = read_report(Informe.PROMESAS, Seleccion(DESDE, HASTA), now=NOW)
        assert whole.n == 8
        assert read(buffet_id=otro_buffet.id).filas == ()


def test_a_period_that_begins_within_a_week_leaves_out_what_came_before(app, promised):
    with app.app_context():
        cuadro = read_report(Informe.PROMESAS_SEMANA, Seleccion(date(2026, 8, 31), HASTA), now=NOW)
        assert cuadro.n == 6
        later = read_report(
            Informe.PROMESAS_SEMANA, Seleccion(date(2026, 9, 8), date(2026, 9, 9)), now=NOW
        )
        assert [list(row.values()) for row in later.filas] == [
            [date(2026, 9, 7), 0, 0, None, 0, 1, 0, 1, 1, 100],
        ]


def test_a_goal_is_a_setting_and_is_compared_without_rounding(app, promised):
    with app.app_context():
        with transaction():
            set_setting(GOALS[REPORT].clave, "1")
        # Half of the first deeds were in time, of a goal of 90; the last week of them was whole.
        assert read().pie == "«Primer informe» lleva 2 semanas bajo la meta"
        with transaction():
            set_setting(GOALS[REPORT].clave, "90")
        marcha = read().dibujo["marchas"][0]
        assert (marcha.total.si, marcha.total.n, marcha.streak, marcha.is_below) == (3, 5, 0, False)


def test_the_foot_leads_to_the_cases_that_it_counts(app, promised, admin, investigador, cliente):
    days = f"desde={DESDE}&hasta={HASTA}"
    listed = admin.get(f"/informes/promesas_semana/casos?{days}&tipo=primera_gestion").text
    assert "Oficios en los que no se cumplió a tiempo «Primera gestión»" in listed
    assert [name for name in (f"P{n}" for n in range(len(PLAN))) if f">{name}</a>" in listed] == [
        "P1",
        "P2",
    ]
    assert "Sin hacer" in listed
    assert admin.get(f"/informes/promesas_semana/casos?{days}&tipo=nada").status_code == 404
    assert admin.get(f"/informes/flujo/casos?{days}").status_code == 404
    assert cliente.get(f"/informes/cierre/casos?{days}").status_code == 404
    with app.app_context(), transaction():
        set_setting(ACCESS_MODE.clave, ASSIGNED)
    hidden = investigador.get(f"/informes/promesas_semana/casos?{days}&tipo=primera_gestion").text
    assert ">P1</a>" not in hidden


def test_the_cases_above_85_of_100_are_those_that_the_foot_counts(history, admin):
    days = "desde=2026-10-05&hasta=2026-11-29"
    page = admin.get(f"/informes?{days}").text
    assert "1 tardó más de 25 días" in page
    assert ">verlo</a>" in page
    listed = admin.get(f"/informes/cierre/casos?{days}").text
    assert "Oficios cerrados en el período que tardaron más de 25 días" in listed
    # A6 took 28 days: from 12 October to 9 November.
    assert ">A6</a>" in listed
    assert ">A10</a>" not in listed
