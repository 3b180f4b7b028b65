"""No transaction of the application keeps SQLite's write lock for long: others wait for it.

Every transaction of the run is measured from the lock to the commit or rollback. A test fails in
which one held it for more than half a second, and the run fails if the 99th percentile is more than
100 ms. What counts is the time in which the thread worked or waited by its own doing (a statement,
the disk, a socket, a pause). Left out is the time in which it was ready and the processor did
something else, which says how busy the machine is, and that of Python's garbage collection, which
grows with what thousands of tests left in one process (1.5 s were seen). Transactions that the
tests themselves open are not judged: they make in one what people make in many.
"""

from __future__ import annotations

import gc
import math
import os
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from app.db import watch_transactions
from tests.plugins.databases import SQLITE

#: Seconds.
MOST = 0.5
P99 = 0.1
#: Below this many transactions a percentile says nothing.
ENOUGH = 200
#: Not judged: the import of a list is one transaction of as many rows as the list has.
EXEMPT = {"app.planillas.pages.importaciones.import_"}
#: Nanoseconds that this thread ran, and that it waited for a processor (Linux).
_SCHEDULE = "/proc/thread-self/schedstat"

Held = tuple[str, float]
HELD = pytest.StashKey[list[Held]]()


def waited_for_processor() -> float:
    """Seconds that this thread was ready and did not run; 0 where nobody counts them.

    Asked twice of each transaction: without Python's files it takes a tenth of the time.
    """
    try:
        file = os.open(_SCHEDULE, os.O_RDONLY)
    except OSError:
        return 0.0
    try:
        return int(os.read(file, 100).split()[1]) / 1e9
    except IndexError:
        return 0.0
    finally:
        os.close(file)


class Collecting:
    """Adds up the seconds of garbage collection, in which all threads of the process stand."""

    seconds = 0.0
    _began = 0.0

    def __call__(self, phase: str, _info: dict[str, int]) -> None:
        if phase == "start":
            self._began = time.monotonic()
        else:
            self.seconds += time.monotonic() - self._began


def percentile_99(seconds: list[float]) -> float:
    ordered = sorted(seconds)
    return ordered[math.ceil(len(ordered) * 0.99) - 1]


def find_fault(held: list[Held]) -> str | None:
    """Why the run fails, or None."""
    if len(held) < ENOUGH:
        return None
    p99 = percentile_99([seconds for _, seconds in held])
    if p99 <= P99:
        return None
    slowest = sorted(held, key=lambda one: -one[1])[:10]
    lines = "\n".join(f"  {seconds * 1000:6.0f} ms  {where}" for where, seconds in slowest)
    return f"1 % of the transactions held the write lock for more than {p99:.3f} s:\n{lines}"


def pytest_configure(config: pytest.Config) -> None:
    config.stash[HELD] = []


@pytest.fixture(scope="session", autouse=True)
def _watched(pytestconfig: pytest.Config) -> Iterator[None]:
    if pytestconfig.getoption("--database") != SQLITE:
        yield
        return
    held = pytestconfig.stash[HELD]
    collecting = Collecting()

    def watch() -> Callable[[str], None]:
        began, waited, collected = time.monotonic(), waited_for_processor(), collecting.seconds

        def tell(where: str) -> None:
            if where.startswith("app.") and where not in EXEMPT:
                busy = time.monotonic() - began - (waited_for_processor() - waited)
                held.append((where, max(0.0, busy - (collecting.seconds - collected))))

        return tell

    gc.callbacks.append(collecting)
    with watch_transactions(watch):
        yield
    gc.callbacks.remove(collecting)


@pytest.fixture(autouse=True)
def _no_long_holder(pytestconfig: pytest.Config) -> Iterator[None]:
    """Fail the test in which a transaction held the lock too long."""
    held = pytestconfig.stash[HELD]
    before = len(held)
    yield
    for where, seconds in held[before:]:
        assert seconds <= MOST, f"{where} held the write lock for {seconds:.2f} s"


def pytest_sessionfinish(session: pytest.Session) -> None:
    """A worker hands its figures over; the process that was started by hand judges them."""
    config = session.config
    if hasattr(config, "workeroutput"):
        config.workeroutput["held"] = config.stash[HELD]
    elif find_fault(config.stash[HELD]) and session.exitstatus == pytest.ExitCode.OK:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any, error: object) -> None:
    del error
    output = getattr(node, "workeroutput", None) or {}
    node.config.stash[HELD] += [tuple(one) for one in output.get("held", [])]


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    held = config.stash[HELD]
    if not held:
        return
    seconds = [one[1] for one in held]
    where, longest = max(held, key=lambda one: one[1])
    terminalreporter.write_line(
        f"write lock: {len(held)} transactions, p99 {percentile_99(seconds) * 1000:.0f} ms, "
        f"longest {longest * 1000:.0f} ms in {where}"
    )
    if fault := find_fault(held):
        terminalreporter.write_line(fault, red=True)
