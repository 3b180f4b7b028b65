"""How much got done and how long it took, the same on both databases."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from app.core.clock import utcnow
from app.core.dates import format_duracion
from app.jobs.rules import EstadoTrabajo, percentile, waited
from app.jobs.stats import SAMPLE, Spread, day_edges, hour_edges, list_stretches
from tests.factories import make_trabajo
from tests.jobs.history import make_ended

NOW = datetime(2026, 11, 24, 15, 20, tzinfo=UTC)


@pytest.mark.parametrize(
    ("values", "p50", "p95"),
    [
        ([3.0], 3.0, 3.0),
        ([2.0, 1.0], 1.0, 2.0),
        ([float(n) for n in range(1, 101)], 50.0, 95.0),
        ([float(n) for n in range(1, 21)], 10.0, 19.0),
    ],
)
def test_a_percentile_is_a_value_that_occurred(values, p50, p95):
    assert (percentile(values, 0.5), percentile(values, 0.95)) == (p50, p95)


def test_without_values_there_is_no_percentile():
    with pytest.raises(ValueError, match="no values"):
        percentile([], 0.5)
    assert Spread.of([]) is None


def seconds(value: float) -> datetime:
    return NOW + timedelta(seconds=value)


@pytest.mark.parametrize(
    ("due", "taken", "attempt", "expected"),
    [
        (seconds(0), seconds(3), None, 3),
        # Asked for at a later moment: it waits from that moment.
        (seconds(60), seconds(61), seconds(61), 1),
        # A retry moved the moment behind the start.
        (seconds(500), seconds(3), None, 3),
        # Taken, sent back to wait for the provider, and taken again.
        (seconds(39), seconds(1), seconds(40), 40),
    ],
)
def test_a_wait_ends_with_the_first_attempt(due, taken, attempt, expected):
    assert waited(seconds(0), due, taken, attempt) == expected


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (-1, "0,00 s"),
        (0.034, "0,03 s"),
        (4.25, "4,2 s"),
        (9.96, "10 s"),
        (59.4, "59 s"),
        (59.6, "1 min"),
        (200, "3 min 20 s"),
        (725, "12 min"),
        (5 * 3600 + 1, "5 h"),
        (3 * 86400, "3 días"),
    ],
)
def test_a_duration_is_as_exact_as_it_matters(value, text):
    assert format_duracion(value) == text


def test_hours_are_whole_and_days_are_those_of_santiago():
    hours = hour_edges(NOW)
    assert len(hours) == 25
    assert hours[-2:] == [NOW.replace(minute=0), NOW.replace(hour=16, minute=0)]

    days = day_edges(NOW)
    assert len(days) == 31
    assert days[-1] == datetime(2026, 11, 25, 3, tzinfo=UTC)


def test_the_day_without_a_midnight_begins_at_one():
    after_the_change = datetime(2026, 9, 7, 12, tzinfo=UTC)

    *_, before, change, _today, _end = day_edges(after_the_change)

    assert before == datetime(2026, 9, 5, 4, tzinfo=UTC)
    assert change == datetime(2026, 9, 6, 4, tzinfo=UTC)


def test_each_stretch_counts_what_ended_in_it(app):
    edges = hour_edges(NOW, 3)
    for wait, run in ((1, 10), (2, 20), (3, 30)):
        make_ended(app, NOW, wait=wait, run=run)
    make_ended(app, edges[1], estado=EstadoTrabajo.FALLIDO, run=0.25)  # the first of its hour
    make_ended(app, edges[0] - timedelta(seconds=1))
    make_ended(app, NOW, estado=EstadoTrabajo.CANCELADO)
    make_trabajo(app, estado=EstadoTrabajo.FALLIDO, terminado_at=NOW)  # nobody worked at it

    with app.app_context():
        first, second, third = list_stretches(edges)

    assert (first.total, first.wait, first.run) == (0, None, None)
    assert second.counts == {
        EstadoTrabajo.HECHO: 0,
        EstadoTrabajo.FALLIDO: 1,
        EstadoTrabajo.INCIERTA: 0,
    }
    assert second.run == Spread(0.25, 0.25)
    assert third.counts[EstadoTrabajo.HECHO] == 3
    assert third.counts[EstadoTrabajo.FALLIDO] == 1
    assert (third.wait, third.run) == (Spread(2, 3), Spread(20, 30))


def test_medians_are_of_the_newest_and_counts_of_all(app, monkeypatch):
    monkeypatch.setattr("app.jobs.stats.SAMPLE", 2)
    assert SAMPLE >= 100
    now = utcnow()
    edges = [now - timedelta(hours=1), now + timedelta(seconds=1)]
    for ago, run in ((30, 100), (20, 1), (10, 2)):
        make_ended(app, now - timedelta(minutes=ago), run=run)

    with app.app_context():
        (stretch,) = list_stretches(edges)

    assert stretch.total == 3
    assert stretch.run == Spread(1, 2)
