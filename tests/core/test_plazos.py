from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.errors import InvalidValue
from app.core.plazos import (
    add_business_days,
    business_days_between,
    business_days_left,
    is_business_day,
    is_holiday,
)


@pytest.mark.parametrize(
    ("day", "rests", "why"),
    [
        ("2024-09-20", True, "law 20.215: a Friday 20 September between the 19th and the week-end"),
        ("2025-09-20", False, "a Saturday, so no holiday by that law"),
        (
            "2027-09-20",
            False,
            "a Monday after the week-end of the 18th: law 20.215 has no such day",
        ),
        ("2029-09-17", True, "law 20.215: a Monday 17 September before the 18th"),
        ("2027-09-17", True, "law 20.983: a Friday 17 September"),
        ("2023-01-02", True, "law 20.983: a Monday after New Year"),
        ("2026-01-02", False, "a Friday"),
        ("2026-06-21", True, "law 21.357: the winter solstice"),
        ("2027-06-28", True, "law 19.668: Saint Peter and Paul moves from Tuesday to Monday"),
        ("2027-06-29", False, "and no longer rests on its own day"),
        ("2023-10-27", True, "law 20.299: a Tuesday 31 October moves to the Friday before"),
        ("2029-11-02", True, "law 20.299: a Wednesday 31 October moves to the Friday after"),
        ("2026-12-08", True, "Immaculate Conception"),
        ("2026-06-07", False, "only in Arica y Parinacota"),
        ("2026-08-20", False, "only in Chillán and Chillán Viejo"),
    ],
)
def test_holidays_follow_the_laws(day, rests, why):
    assert is_holiday(date.fromisoformat(day)) is rests, why


def test_saturdays_count_only_where_the_court_counts_them():
    saturday = date(2026, 11, 28)

    assert not is_business_day(saturday)
    assert is_business_day(saturday, sabados=True)
    assert not is_business_day(date(2026, 11, 29), sabados=True)


def test_the_first_day_does_not_count_and_the_last_does():
    # From Tuesday 24 November to Wednesday 9 December, with Tuesday the 8th a holiday:
    # 25 26 27 | 30 1 2 3 4 | 7 9.
    assert business_days_between(date(2026, 11, 24), date(2026, 12, 9)) == 10
    # With the Saturdays 28 and 5.
    assert business_days_between(date(2026, 11, 24), date(2026, 12, 9), sabados=True) == 12


def test_a_deadline_that_passed_is_negative_and_today_is_zero():
    today = date(2026, 11, 24)

    assert business_days_left(today, today) == 0
    assert business_days_left(date(2026, 11, 20), today) == -2
    assert business_days_left(date(2026, 11, 25), today) == 1


def test_a_term_skips_the_fiestas_patrias():
    # Wednesday 16 September 2026; 17 counts, 18 holiday, 19 and 20 week-end, 21 counts.
    assert add_business_days(date(2026, 9, 16), 2) == date(2026, 9, 21)


@given(st.dates(date(2020, 1, 1), date(2035, 1, 1)), st.integers(1, 120), st.booleans())
def test_adding_and_counting_agree(start, days, sabados):
    end = add_business_days(start, days, sabados=sabados)

    assert is_business_day(end, sabados=sabados)
    assert business_days_between(start, end, sabados=sabados) == days
    assert business_days_between(end, start, sabados=sabados) == -days


def test_absurd_terms_are_refused():
    with pytest.raises(InvalidValue):
        add_business_days(date(2026, 1, 1), -1)
    with pytest.raises(InvalidValue):
        add_business_days(date(2026, 1, 1), 10**9)
    with pytest.raises(InvalidValue):
        business_days_between(date(1900, 1, 1), date(1900, 1, 1) + timedelta(days=20_000))
