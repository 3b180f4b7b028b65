"""The consumer process: it lives, dies and stops without anybody waiting for its jobs."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
import threading
import time
from collections.abc import Iterator

import pytest

from app.core.clock import utcnow
from app.db import transaction
from app.feature import Feature
from app.jobs import consumer as consumers
from app.jobs.alarm import Alarm
from app.jobs.consumer import _Consumer, run_consumer
from app.jobs.models import Consumidor, Trabajo
from app.jobs.presence import new_consumer_id, present, release_dead
from app.jobs.queue import enqueue, set_bell
from app.jobs.registry import job
from app.jobs.rules import EstadoTrabajo
from app.jobs.runner import JobRun, claim
from app.jobs.service import beat
from config import ROOT
from tests.plugins.served import wait_until_it_listens

began = threading.Event()
may_end = threading.Event()


@job("prueba.morir", "Morir", max_attempts=1)
def die(run: JobRun) -> None:
    raise SystemExit


@job("prueba.vivir", "Vivir")
def live(run: JobRun) -> None:
    """Nothing to do but to be done."""


@job("prueba.demorar", "Demorar")
def linger(run: JobRun) -> None:
    began.set()
    may_end.wait(20)
    with run.finish("a tiempo"):
        pass


FEATURE = Feature(
    name="pruebas",
    jobs=(
        die,
        live,
        linger,
    ),
)


@pytest.fixture
def alarm(app, tmp_path) -> Iterator[Alarm]:
    """The application's alarm, on an empty queue of the test's own."""
    usual = app.extensions["alarm"]
    alarm = Alarm(app, f"sqlite:///{tmp_path / 'huey.sqlite3'}", threads=2)
    app.extensions["alarm"] = alarm
    set_bell(app, alarm.ring)
    began.clear()
    may_end.clear()
    yield alarm
    app.extensions["alarm"] = usual
    set_bell(app, usual.ring)
    alarm.huey.storage.close()


def put(app, name: str, key: str = "k") -> None:
    with app.app_context(), transaction():
        enqueue(name, key=key, now=utcnow())


def wait_for(condition) -> None:
    deadline = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_a_thread_that_a_job_ends_is_replaced_and_the_others_work_on(app, alarm, rows):
    consumer = _Consumer(alarm.tick, alarm.huey, workers=1, initial_delay=0.05, max_delay=0.05)
    put(app, "prueba.morir")
    (_worker, first) = consumer.worker_threads[0]
    first.start()
    first.join(10)
    assert not first.is_alive()

    put(app, "prueba.vivir", "k2")
    consumer.check_worker_health()
    try:
        wait_for(lambda: rows(Trabajo, clave="k2")[0].estado is EstadoTrabajo.HECHO)
    finally:
        consumer.stop(graceful=True)
    assert rows(Trabajo, clave="k")[0].estado is EstadoTrabajo.EJECUTANDO


@pytest.fixture
def own_signals() -> Iterator[None]:
    """Give the test process its signal handlers back."""
    numbers = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
    handlers = {number: signal.getsignal(number) for number in numbers}
    yield
    for number, handler in handlers.items():
        signal.signal(number, handler)


def run_until(app, condition) -> None:
    """Run the consumer in this thread, and send SIGTERM once something is so, or never was."""
    missed: list[BaseException] = []

    def watch() -> None:
        try:
            wait_for(condition)
        except BaseException as error:
            missed.append(error)
        os.kill(os.getpid(), signal.SIGTERM)

    watcher = threading.Thread(target=watch)
    watcher.start()
    run_consumer(app)
    watcher.join()
    if missed:
        raise missed[0]


def test_sigterm_lets_a_running_job_finish_and_begins_no_other(app, alarm, own_signals, rows):
    put(app, "prueba.demorar")
    put(app, "prueba.demorar", "k2")
    alarm.threads = 1
    threading.Timer(1.5, may_end.set).start()

    run_until(app, began.is_set)

    states = {row.clave: row.estado for row in rows(Trabajo, tipo="prueba.demorar")}
    assert states == {"k": EstadoTrabajo.HECHO, "k2": EstadoTrabajo.PENDIENTE}
    assert rows(Consumidor) == []


def test_a_stop_while_it_starts_ends_it_in_order(tmp_path):
    env = {"PATH": os.environ["PATH"], "ENVIRONMENT": "test", "INSTANCE_DIR": str(tmp_path)}
    process = subprocess.Popen(
        [sys.executable, "huey_consumer.py"], cwd=ROOT, env=env, stderr=subprocess.PIPE, text=True
    )
    wait_until_it_listens(process)

    process.send_signal(signal.SIGTERM)

    _out, told = process.communicate(timeout=30)
    assert process.returncode == 0, told
    assert told == ""


def test_a_job_that_does_not_finish_in_time_is_free_for_who_comes_next(
    app, alarm, own_signals, rows, monkeypatch
):
    monkeypatch.setattr(consumers, "GRACE", 0.3)
    before = set(threading.enumerate())
    put(app, "prueba.demorar")

    run_until(app, began.is_set)

    (row,) = rows(Trabajo, tipo="prueba.demorar")
    assert row.estado is EstadoTrabajo.EJECUTANDO
    with app.app_context():
        again = claim("who comes next", now=utcnow())
        assert again is not None
        assert again.attempt == 2
    may_end.set()
    for thread in set(threading.enumerate()) - before:
        thread.join(10)  # it writes once more, and nobody may empty the tables meanwhile


def test_the_sweep_at_the_start_finds_what_nobody_rang_for(app, alarm, own_signals, rows):
    set_bell(app, None)
    put(app, "prueba.vivir")
    set_bell(app, alarm.ring)

    run_until(app, lambda: rows(Trabajo, clave="k")[0].estado is EstadoTrabajo.HECHO)


def test_a_sweep_that_fails_is_written_down_and_does_not_end_the_thread(alarm, caplog):
    def broken() -> None:
        raise OSError("the disk is full")

    consumer = _Consumer(broken, alarm.huey, workers=1)
    consumer.scheduler.start()
    try:
        wait_for(lambda: "the sweep failed" in caplog.text)
        assert consumer.scheduler.is_alive()
    finally:
        consumer.stop(graceful=False)
        consumer.scheduler.join()


HOLDER = textwrap.dedent("""
    import sys, time
    from pathlib import Path
    from app.jobs.presence import present
    with present(Path(sys.argv[1]), sys.argv[2]):
        print("present", flush=True)
        time.sleep(60)
""")


def test_a_killed_consumer_is_known_to_be_dead_and_a_living_one_to_live(app, tmp_path, rows):
    name = "host:7-ab"
    with app.app_context():
        with transaction():
            enqueue("prueba.vivir", key="k", now=utcnow())
            beat(name, hilos=1, version="1", started=utcnow(), now=utcnow())
        assert claim(f"{name}:Worker-1", now=utcnow()) is not None
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(tmp_path), name],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert holder.stdout is not None
    assert holder.stdout.readline() == "present\n"

    with app.app_context(), present(tmp_path, new_consumer_id()):
        assert release_dead(tmp_path, "another") == 0
        assert len(rows(Consumidor)) == 1

        holder.kill()
        holder.wait()
        holder.stdout.close()
        assert release_dead(tmp_path, "another") == 1
        assert rows(Consumidor) == []
        assert claim("host:8-cd:Worker-1", now=utcnow()) is not None
        assert len(list(tmp_path.iterdir())) == 1, "only who lives has a file"
