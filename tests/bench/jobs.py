"""``make bench``: what the ledger costs, beside plain Huey, in one run. Read the ratios.

Start: a job is committed while the consumer is idle; how long until it runs. Throughput: many
trivial jobs wait, then the consumer starts. Checks: real checks of a provider that takes half a
second. Memory: the consumer's, over the throughput run.
"""

from __future__ import annotations

import argparse
import importlib
import os
import random
import sqlite3
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from app.consultas.queries import CHECK
from app.core.clock import utcnow
from app.db import transaction
from app.feature import KEY, Features
from app.features import FEATURES
from app.jobs.models import Ejecucion, Trabajo
from app.jobs.queue import enqueue, set_bell
from app.jobs.rules import EstadoTrabajo
from tests.bench import kinds
from tests.bench.kinds import MARK, TRIVIAL
from tests.drills.servers import Servers, servers
from tests.drills.stage import Consumer, Stage

THREADS = 4
CHECK_THREADS = 8
PROVIDER_SECONDS = 0.5
SETTLE_SECONDS = 2.0


@dataclass
class Line:
    """One row of the table: a figure and what it is to reach."""

    what: str
    value: str
    target: str = ""
    reached: bool | None = None

    def __str__(self) -> str:
        verdict = {None: "", True: "reached", False: "MISSED"}[self.reached]
        return f"{self.what:<46} {self.value:>24}   {self.target:<18} {verdict}"


@contextmanager
def staged(running: Servers, database: str, queue: str, **values: str) -> Iterator[Stage]:
    """An installation whose jobs do nothing else."""
    with tempfile.TemporaryDirectory(prefix="rastro-bench-") as folder:
        url = running.database(database)
        marks = str(Path(folder) / "marks")
        stage = Stage(Path(folder), url, running.queue(queue, url), BENCH_MARKS=marks, **values)
        stage.app.extensions[KEY] = Features((*FEATURES, kinds.FEATURE))
        try:
            yield stage
        finally:
            stage.close()


# ---------------------------------------------------------------- enqueue to start


def measure_start(stage: Stage, samples: int) -> list[float]:
    """Milliseconds from before the transaction to the first line of the job."""
    consumer = stage.start_consumer("tests.bench.consumer", WORKER_THREADS=str(THREADS))
    time.sleep(SETTLE_SECONDS)
    began = []
    for number in range(samples):
        time.sleep(random.uniform(0.1, 0.3))
        began.append(time.time())
        with stage.app.app_context(), transaction():
            enqueue(MARK, key=f"m{number}", now=utcnow(), args={"numero": number})
    stage.wait_done(30)
    consumer.stop()
    return _read_marks(Path(stage.env["BENCH_MARKS"]), began)


def measure_plain_start(url: str, samples: int) -> list[float]:
    """The same with plain Huey."""
    with _plain(url) as (plain, marks, start):
        consumer = start()
        time.sleep(SETTLE_SECONDS)
        began = []
        for number in range(samples):
            time.sleep(random.uniform(0.1, 0.3))
            began.append(time.time())
            plain.mark(number)
        _wait(lambda: plain.huey.pending_count() == 0)
        time.sleep(0.5)
        consumer.stop()
        return _read_marks(marks, began)


def _read_marks(path: Path, began: list[float]) -> list[float]:
    times = dict(line.split() for line in path.read_text().splitlines())
    return [(float(times[str(number)]) - start) * 1000 for number, start in enumerate(began)]


# ---------------------------------------------------------------- jobs per second


def measure_throughput(stage: Stage, jobs: int) -> tuple[float, float, list[float]]:
    """Jobs per second from the first start to the last end; what one costs the consumer's
    processor (ms); and the consumer's memory as it went (MiB).
    """
    alarm = stage.app.extensions["alarm"]
    set_bell(stage.app, None)
    for start in range(0, jobs, 500):
        with stage.app.app_context(), transaction():
            for number in range(start, min(start + 500, jobs)):
                enqueue(TRIVIAL, key=f"t{number}", now=utcnow())
    set_bell(stage.app, alarm.ring)
    consumer = stage.start_consumer("tests.bench.consumer", WORKER_THREADS=str(THREADS))
    memory: list[float] = []

    def is_done() -> bool:
        memory.append(_resident(consumer))
        return stage.count_open() == 0

    while stage.count_states()[EstadoTrabajo.HECHO] == 0:
        time.sleep(0.02)
    busy = _busy(consumer)
    while not is_done():
        time.sleep(0.5)
    busy = _busy(consumer) - busy
    consumer.stop()
    first, last = stage.ask(
        sa.select(sa.func.min(Ejecucion.iniciado_at), sa.func.max(Ejecucion.terminado_at))
        .join(Trabajo, Trabajo.id == Ejecucion.trabajo_id)
        .where(Trabajo.tipo == TRIVIAL)
    )[0]
    return jobs / (last - first).total_seconds(), busy / jobs * 1000, memory


def measure_plain_throughput(url: str, jobs: int) -> float:
    """The same with plain Huey's no-op."""
    with _plain(url) as (plain, marks, start):
        plain.mark(0)
        for _ in range(jobs):
            plain.nothing()
        plain.mark(1)
        consumer = start()
        _wait(lambda: marks.exists() and len(marks.read_text().splitlines()) == 2)
        consumer.stop()
        first, last = (float(line.split()[1]) for line in marks.read_text().splitlines())
        return jobs / (last - first)


@contextmanager
def _plain(url: str) -> Iterator[tuple[Any, Path, Callable[[], Consumer]]]:
    with tempfile.TemporaryDirectory(prefix="rastro-bench-") as folder:
        marks = Path(folder) / "marks"
        values = {
            "BENCH_HUEY": url or str(Path(folder) / "plain.sqlite3"),
            "BENCH_MARKS": str(marks),
            "WORKER_THREADS": str(THREADS),
        }
        os.environ.update(values)
        plain = importlib.reload(importlib.import_module("tests.bench.plain"))
        env = {"PATH": os.environ["PATH"], "HOME": folder, **values}
        yield plain, marks, lambda: Consumer(env, Path(folder) / "log", "tests.bench.consumer")
        plain.huey.storage.flush_all()
        plain.huey.storage.close()


def measure_raw_commits(amount: int = 2000) -> float:
    """Commits per second of one row each, as durable as the ledger's: what the disk allows."""
    with tempfile.TemporaryDirectory(prefix="rastro-bench-") as folder:
        connection = sqlite3.connect(Path(folder) / "raw.sqlite3", isolation_level=None)
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=FULL")
        connection.execute("CREATE TABLE filas (texto)")
        began = time.perf_counter()
        for _ in range(amount):
            connection.execute("INSERT INTO filas VALUES (?)", ("x" * 200,))
        seconds = time.perf_counter() - began
        connection.close()
    return amount / seconds


# ---------------------------------------------------------------- checks of a slow provider


def measure_checks(stage: Stage, checks: int) -> tuple[float, float]:
    """Seconds that the checks took, and the seconds that the provider alone would take."""
    stage.provider.answer("/porticos/", body={"avistamientos": []}, delay=PROVIDER_SECONDS)
    alarm = stage.app.extensions["alarm"]
    set_bell(stage.app, None)
    oficios = [stage.put_check() for _ in range(checks)]
    set_bell(stage.app, alarm.ring)
    consumer = stage.start_consumer("tests.bench.consumer", WORKER_THREADS=str(CHECK_THREADS))
    stage.wait_done(checks * PROVIDER_SECONDS)
    consumer.stop()
    stage.judge_checks(oficios)
    states = stage.count_states(CHECK)
    assert states == {EstadoTrabajo.HECHO: checks}, states
    first, last = stage.ask(
        sa.select(sa.func.min(Ejecucion.iniciado_at), sa.func.max(Ejecucion.terminado_at))
        .join(Trabajo, Trabajo.id == Ejecucion.trabajo_id)
        .where(Trabajo.tipo == CHECK)
    )[0]
    rounds = -(-checks // CHECK_THREADS)
    return (last - first).total_seconds(), rounds * PROVIDER_SECONDS


def _resident(consumer: Consumer) -> float:
    """The memory that a process holds, in MiB; 0 once it is gone."""
    try:
        pages = int(Path(f"/proc/{consumer.pid}/statm").read_text().split()[1])
    except OSError:
        return 0.0
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


def _busy(consumer: Consumer) -> float:
    """Seconds of processor time that a process has used."""
    fields = Path(f"/proc/{consumer.pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _wait(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 120
    while not condition():
        assert time.monotonic() < deadline, "it took too long"
        time.sleep(0.05)


# ---------------------------------------------------------------- the table


def run(running: Servers, options: argparse.Namespace) -> Iterator[Line]:
    """Measure one thing after the other, the yardstick beside it."""
    where = options.database
    if "start" in options.only:
        plain = measure_plain_start("", options.samples)
        with staged(running, where, where) as stage:
            ledger = measure_start(stage, options.samples)
        ours, theirs = statistics.median(ledger), statistics.median(plain)
        yield Line("start, plain SqliteHuey: p50 / max", f"{theirs:.0f} / {max(plain):.0f} ms")
        yield Line(
            "start, ledger: p50 / max",
            f"{ours:.0f} / {max(ledger):.0f} ms",
            "p50 <= 60 ms",
            ours <= 60,
        )
        ratio = ours / theirs
        yield Line("start, ledger to plain", f"{ratio:.2f} times", "<= 3 times", ratio <= 3)
    if "throughput" in options.only:
        raw = measure_raw_commits()
        sqlite = measure_plain_throughput("", options.jobs)
        redis = measure_plain_throughput(running.queue("redis"), options.jobs)
        with staged(running, where, where) as stage:
            ledger_rate, cost, memory = measure_throughput(stage, options.jobs)
        yield Line("raw SQLite commits with synchronous=FULL", f"{raw:.0f} commits/s")
        yield Line("no-op, plain SqliteHuey", f"{sqlite:.0f} jobs/s")
        yield Line("no-op, plain RedisHuey", f"{redis:.0f} jobs/s")
        yield Line(
            f"trivial job, ledger on {where}",
            f"{ledger_rate:.0f} jobs/s",
            ">= 300 jobs/s",
            ledger_rate >= 300,
        )
        yield Line("processor time of a trivial job", f"{cost:.2f} ms")
        shares = f"{ledger_rate / sqlite:.2f} / {ledger_rate / redis:.2f} times"
        yield Line("ledger to SqliteHuey / RedisHuey", shares)
        begun = [value for value in memory if value][len(memory) // 5 : -1]
        growth = begun[-1] - begun[0]
        yield Line(
            f"memory over {options.jobs} jobs, after a fifth / end",
            f"{begun[0]:.1f} / {begun[-1]:.1f} MiB",
            "flat (< 2 MiB)",
            growth < 2,
        )
    if "checks" in options.only:
        with staged(running, where, where) as stage:
            took, ideal = measure_checks(stage, options.checks)
        share = ideal / took
        yield Line(
            f"{options.checks} checks of {PROVIDER_SECONDS} s, {CHECK_THREADS} threads",
            f"{took:.1f} s of {ideal:.1f} s",
        )
        yield Line("of the ideal", f"{share:.0%}", ">= 85 %", share >= 0.85)


def main() -> int:
    options = _parse()
    print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.2f} at the start, {options.database}")
    missed = 0
    with servers() as running:
        for line in run(running, options):
            print(line, flush=True)
            missed += line.reached is False
    print(f"load {os.getloadavg()[0]:.2f} at the end (the measurement's own included)")
    return 1 if missed else 0


def _parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.jobs", description=__doc__)
    parser.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument("--samples", type=int, default=60)
    parser.add_argument("--jobs", type=int, default=10_000)
    parser.add_argument("--checks", type=int, default=300)
    what = ("start", "throughput", "checks")
    parser.add_argument("--only", nargs="+", choices=what, default=what)
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
