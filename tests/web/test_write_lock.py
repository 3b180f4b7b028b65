"""The guard of the suite itself: a long holder of the write lock is found."""

from __future__ import annotations

from tests.plugins.write_lock import ENOUGH, find_fault, percentile_99, waited_for_processor


def test_the_percentile_is_that_of_the_slowest_hundredth():
    assert percentile_99([0.001] * 99 + [5.0]) == 0.001
    assert percentile_99([0.001] * 98 + [5.0] * 2) == 5.0
    assert percentile_99([2.0]) == 2.0


def test_a_run_with_slow_transactions_fails_and_names_them():
    fast = [("app.quick.view", 0.002)] * (ENOUGH - 20)

    assert find_fault([*fast, *[("app.quick.view", 0.01)] * 20]) is None
    fault = find_fault([*fast, *[("app.slow.view", 0.2)] * 20])
    assert fault is not None
    assert "app.slow.view" in fault
    assert find_fault([("app.slow.view", 0.2)] * 20) is None  # too few to say


def test_waiting_for_a_processor_is_counted_from_some_moment_on():
    before = waited_for_processor()
    sum(range(100_000))
    assert waited_for_processor() >= before >= 0
