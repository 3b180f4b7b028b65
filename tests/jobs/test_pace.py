"""How many things a transaction of a long job does."""

from __future__ import annotations

from app.jobs.pace import HELD, Pace


def test_a_part_takes_about_the_time_that_others_may_wait():
    """Each thing takes 1 ms, and beginning and committing 20 ms: 180 fit into 200 ms."""
    pace = Pace(100, least=10)
    for _ in range(20):
        pace.note(pace.size, 0.02 + pace.size * 0.001)

    assert 0.9 * HELD <= 0.02 + pace.size * 0.001 <= HELD


def test_a_busy_machine_gets_smaller_parts_and_an_idle_one_larger_ones_within_bounds():
    pace = Pace(100, least=40, most=300)

    pace.note(100, 2.0)
    assert pace.size == 50, "half at most"
    pace.note(50, 2.0)
    assert pace.size == 40
    for size in (80, 160, 300, 300):
        pace.note(pace.size, 0.001)
        assert pace.size == size


def test_the_few_that_are_left_tell_nothing():
    pace = Pace(100, least=10)

    pace.note(3, 0.15)

    assert pace.size == 100
