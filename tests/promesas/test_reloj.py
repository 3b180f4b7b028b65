"""The clock of a promise against cases that were worked out by hand on a calendar."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.clock import SANTIAGO
from app.core.errors import InvalidValue
from app.oficios.rules import Prioridad
from app.promesas.rules import CLOSURES, Lapso, SituacionPromesa
from app.promesas.rules.horario import Horario
from app.promesas.rules.reloj import Marcha, Vida, begins_at, run_clock

HOUR = 3600
OFFICE = Horario(9, 18)
MEDIA, URGENTE, BAJA = Prioridad.MEDIA, Prioridad.URGENTE, Prioridad.BAJA


def at(text: str) -> datetime:
    """A moment as Santiago's clock shows it."""
    return datetime.strptime(text, "%Y-%m-%d %H:%M").replace(tzinfo=SANTIAGO)


def life(begins: str, *, pauses=(), priorities=(), **values: str) -> Vida:
    moments = {f"{name}_at": at(text) for name, text in values.items()}
    return Vida(
        at(begins),
        ((at(begins), MEDIA), *((at(when), one) for when, one in priorities)),
        tuple((at(since), at(until) if until else None) for since, until in pauses),
        **moments,
    )


def run(vida: Vida, hours: float, *, horario: Horario = OFFICE, **others: float) -> Marcha | None:
    terms = {MEDIA: int(hours * HOUR)}
    terms |= {Prioridad(name): int(each * HOUR) for name, each in others.items()}
    return run_clock(vida, terms, horario, 75)


#: (name, life, hours of MEDIA, hours of URGENTE, at risk from, due)
WORKED_OUT = [
    # Two hours of Friday, two of Monday.
    ("weekend", life("2026-11-27 16:00"), 4, 1, "2026-11-30 10:00", "2026-11-30 11:00"),
    # Friday 18 and Saturday 19 are holidays: three hours of Thursday, five of Monday.
    ("Fiestas Patrias", life("2026-09-17 15:00"), 8, 1, "2026-09-21 12:00", "2026-09-21 14:00"),
    # Two hours of New Year's Eve; 1 January is a Friday.
    ("year end", life("2026-12-31 16:00"), 4, 1, "2027-01-04 10:00", "2027-01-04 11:00"),
    # Christmas is a Friday: one hour of Thursday, nine of Monday, one of Tuesday.
    ("Christmas", life("2026-12-24 17:00"), 11, 1, "2026-12-28 16:15", "2026-12-29 10:00"),
    # 18 September 2027 is a Saturday, and Friday 17 is a holiday by law 20.983.
    ("a long weekend", life("2027-09-16 17:00"), 2, 1, "2027-09-20 09:30", "2027-09-20 10:00"),
    # Three hours before the pause, six after it; the holidays lie within it.
    (
        "paused over the holidays",
        life("2026-09-17 09:00", pauses=[("2026-09-17 12:00", "2026-09-21 12:00")]),
        9,
        1,
        "2026-09-21 15:45",
        "2026-09-21 18:00",
    ),
    # It ends on a Saturday: the clock goes on when the office opens, over the change to UTC-3.
    (
        "paused until a closed day",
        life("2026-09-04 15:00", pauses=[("2026-09-04 16:00", "2026-09-05 11:00")]),
        4,
        1,
        "2026-09-07 11:00",
        "2026-09-07 12:00",
    ),
    # Good Friday, and the night in which the clock goes back: UTC-3 before, UTC-4 after.
    ("April", life("2026-04-02 17:00"), 2, 1, "2026-04-06 09:30", "2026-04-06 10:00"),
    # The night in which it goes ahead: UTC-4 before, UTC-3 after.
    ("September", life("2026-09-04 17:00"), 2, 1, "2026-09-07 09:30", "2026-09-07 10:00"),
    (
        "begins on a Saturday",
        life("2026-11-28 12:00"),
        4,
        1,
        "2026-11-30 12:00",
        "2026-11-30 13:00",
    ),
    ("begins before dawn", life("2026-11-30 03:00"), 4, 1, "2026-11-30 12:00", "2026-11-30 13:00"),
    ("fills the day", life("2026-11-30 09:00"), 9, 1, "2026-11-30 15:45", "2026-11-30 18:00"),
    # 2 h and 1 h before and between the pauses, 6 h after them.
    (
        "paused twice",
        life(
            "2026-11-02 09:00",
            pauses=[
                ("2026-11-02 11:00", "2026-11-02 15:00"),
                ("2026-11-02 16:00", "2026-11-03 10:00"),
            ],
        ),
        9,
        1,
        "2026-11-03 13:45",
        "2026-11-03 16:00",
    ),
    # Three of four hours are used when it stops, on the day on which it would have been due.
    (
        "paused over the end",
        life("2026-11-02 09:00", pauses=[("2026-11-02 12:00", "2026-11-04 12:00")]),
        4,
        1,
        "2026-11-02 12:00",
        "2026-11-04 13:00",
    ),
    # Late on Monday at 13:00: what comes later does not undo it.
    (
        "paused when it was late",
        life("2026-11-02 09:00", pauses=[("2026-11-02 14:00", "2026-11-04 12:00")]),
        4,
        1,
        "2026-11-02 12:00",
        "2026-11-02 13:00",
    ),
    # Half of 36 h is used in two days; half of 8 h is left.
    (
        "made urgent",
        life("2026-11-02 09:00", priorities=[("2026-11-04 09:00", URGENTE)]),
        36,
        8,
        "2026-11-04 11:00",
        "2026-11-04 13:00",
    ),
    # Half of 8 h is used by 13:00; half of 36 h is left (5, 9, 4 h), half of it to the risk.
    (
        "made less urgent",
        Vida(
            at("2026-11-02 09:00"),
            ((at("2026-11-02 09:00"), URGENTE), (at("2026-11-02 13:00"), MEDIA)),
        ),
        36,
        8,
        "2026-11-03 13:00",
        "2026-11-04 13:00",
    ),
    # Nothing is promised of BAJA: its two days use nothing up.
    (
        "without a promise for two days",
        life(
            "2026-11-02 09:00",
            priorities=[("2026-11-02 13:00", BAJA), ("2026-11-04 13:00", MEDIA)],
        ),
        8,
        1,
        "2026-11-04 15:00",
        "2026-11-04 17:00",
    ),
]


@pytest.mark.parametrize(
    ("vida", "hours", "urgent", "risk", "due"),
    [pytest.param(*row[1:], id=row[0]) for row in WORKED_OUT],
)
def test_a_clock_comes_to_what_a_hand_works_out(vida, hours, urgent, risk, due):
    marcha = run(vida, hours, urgente=urgent)

    assert marcha is not None
    assert (marcha.riesgo_at, marcha.vence_at) == (at(risk), at(due))
    assert marcha.situacion is SituacionPromesa.CORRE
    assert marcha.decide_at == marcha.vence_at


def test_the_change_of_the_clock_is_in_the_moments_themselves():
    april = run(life("2026-04-02 17:00"), 2)
    september = run(life("2026-09-04 17:00"), 2)

    assert april.vence_at == datetime(2026, 4, 6, 14, tzinfo=UTC)
    assert september.vence_at == datetime(2026, 9, 7, 13, tzinfo=UTC)
    # On Saturday 5 April 2025 an office that never closes is open for 25 hours.
    always = Horario(0, 24, sabados=True)
    start, end = always.window(date(2025, 4, 5))
    assert always.worked(start, end) == 25 * HOUR
    assert always.worked(*always.window(date(2026, 9, 5))) == 24 * HOUR


def test_what_becomes_of_a_promise():
    # Promised for Monday at 13:00.
    begins = "2026-11-02 09:00"
    due, late = "2026-11-02 13:00", "2026-11-03 10:00"
    rows = [
        (life(begins, cumplida=due), SituacionPromesa.CUMPLIDA, due),
        (life(begins, cumplida="2026-11-02 08:00"), SituacionPromesa.CUMPLIDA, "2026-11-02 08:00"),
        (life(begins, cumplida=late), SituacionPromesa.INCUMPLIDA, due),
        (life(begins, cerrada="2026-11-02 12:00"), SituacionPromesa.SIN_EFECTO, "2026-11-02 12:00"),
        (life(begins, cerrada=late), SituacionPromesa.INCUMPLIDA, due),
        # Done while the clock stood, long after it would have been due.
        (
            life(begins, pauses=[("2026-11-02 10:00", None)], cumplida=late),
            SituacionPromesa.CUMPLIDA,
            late,
        ),
        # Late, and made a priority of which nothing is promised.
        (life(begins, priorities=[(late, BAJA)]), SituacionPromesa.CORRE, due),
    ]
    for vida, situacion, decided in rows:
        marcha = run(vida, 4)
        assert (marcha.situacion, marcha.decide_at) == (situacion, at(decided)), vida

    stands = run(life(begins, pauses=[("2026-11-02 12:00", None)]), 4)
    assert stands.situacion is SituacionPromesa.DETENIDA
    assert (stands.vence_at, stands.decide_at, stands.resta_s) == (None, None, HOUR)
    assert run(life(begins, priorities=[("2026-11-02 10:00", BAJA)]), 4) is None


def test_closed_days_and_saturdays_are_the_offices_own():
    closed = Horario(9, 18, cierres=frozenset({date(2026, 11, 30)}))
    saturdays = Horario(9, 18, sabados=True)

    assert run(life("2026-11-27 16:00"), 4, horario=closed).vence_at == at("2026-12-01 11:00")
    assert run(life("2026-11-27 16:00"), 4, horario=saturdays).vence_at == at("2026-11-28 11:00")
    assert CLOSURES.parse("31/12/2026, 24-12-2026 24-12-2026") == "24-12-2026, 31-12-2026"
    with pytest.raises(InvalidValue):
        CLOSURES.parse("31-12-2026, mañana")


def test_a_clock_begins_when_the_case_came_in():
    entered = at("2026-11-27 10:00")

    assert begins_at(entered, None, OFFICE) == entered
    assert begins_at(entered, date(2026, 11, 27), OFFICE) == entered
    assert begins_at(entered, date(2026, 11, 28), OFFICE) == entered
    # Received two days before it was entered: its hour is not known, so from the next day on.
    assert begins_at(entered, date(2026, 11, 25), OFFICE) == at("2026-11-26 00:00")


def test_terms_are_read_as_people_write_them():
    written = {"8": "8 h", "8h": "8 h", " 8 horas hábiles": "8 h", "1 hr": "1 h", "2 d": "2 d"}
    written |= {"2 días hábiles": "2 d", "3 Dias": "3 d", "1 día": "1 d"}
    assert {text: Lapso.parse(text).text for text in written} == written
    assert [Lapso.parse(text).words for text in ("1 h", "1 d", "5 d")] == [
        "1 hora hábil",
        "1 día hábil",
        "5 días hábiles",
    ]
    assert OFFICE.seconds_of(Lapso.parse("2 d")) == 18 * HOUR
    for wrong in ("", "0", "-1 h", "8 semanas", "2001 h", "251 d", "1,5 h", "²"):
        with pytest.raises(InvalidValue):
            Lapso.parse(wrong)


#: Of 2024 to 2027, in whole seconds.
_MOMENTS = st.integers(1_704_067_200, 1_827_600_000).map(
    lambda seconds: datetime.fromtimestamp(seconds, tz=UTC)
)
_HOURS = st.builds(
    Horario, st.integers(0, 12), st.integers(13, 24), st.booleans(), st.just(frozenset())
)


@given(_HOURS, _MOMENTS, st.integers(1, 400 * HOUR))
def test_a_term_ends_when_exactly_so_much_time_was_worked(horario, start, seconds):
    end = horario.after(start, seconds)

    assert horario.worked(start, end) == seconds
    # Not a second earlier.
    assert horario.worked(start, end - timedelta(seconds=1)) == seconds - 1


@given(_HOURS, st.lists(_MOMENTS, min_size=3, max_size=3))
def test_business_time_adds_up(horario, moments):
    first, middle, last = sorted(moments)

    whole = horario.worked(first, last)
    assert whole == horario.worked(first, middle) + horario.worked(middle, last)
    assert horario.worked(last, first) == 0
