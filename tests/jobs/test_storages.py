"""The queue behaves the same on each storage that ``HUEY_URL`` may name.

PostgreSQL is tried in the run that has one (``--database postgresql``).
"""

from __future__ import annotations

import subprocess
import sys
import time
from datetime import timedelta

import pytest
from huey.api import Task

from app.core.clock import utcnow
from app.db import transaction
from app.feature import Feature
from app.jobs.alarm import Alarm
from app.jobs.consumer import _Consumer
from app.jobs.models import Trabajo
from app.jobs.queue import enqueue, set_bell
from app.jobs.registry import job
from app.jobs.rules import EstadoTrabajo
from app.jobs.runner import JobRun
from config import ROOT, load_config


@job("prueba.almacen", "Almacén")
def stored(run: JobRun) -> None:
    """Nothing to do but to be done."""


FEATURE = Feature(name="pruebas", jobs=(stored,))


def pytest_generate_tests(metafunc):
    """SQLite and Redis in every run, PostgreSQL in the run that has one."""
    if "queue_url" in metafunc.fixturenames:
        kinds = ["sqlite", "redis"]
        if metafunc.config.getoption("--database") == "postgresql":
            kinds.append("postgresql")
        metafunc.parametrize("queue_url", kinds, indirect=True)


@pytest.fixture
def queue_url(request, tmp_path):
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'huey.sqlite3'}"
    if request.param == "redis":
        return request.getfixturevalue("redis_server").url
    return load_config({"HUEY_URL": request.getfixturevalue("fresh_database_url")}).huey_url


@pytest.fixture
def alarm(app, queue_url):
    alarm = Alarm(app, queue_url, threads=2)
    alarm.huey.storage.flush_all()
    set_bell(app, alarm.ring)
    yield alarm
    set_bell(app, app.extensions["alarm"].ring)
    alarm.huey.storage.flush_all()
    close(alarm)


def close(alarm: Alarm) -> None:
    alarm.huey.storage.close()
    pool = getattr(alarm.huey.storage, "pool", None)
    if pool is not None:
        pool.disconnect()


def put(app, key: str = "k", **values) -> None:
    with app.app_context(), transaction():
        enqueue("prueba.almacen", key=key, now=utcnow(), **values)


def run_next(alarm: Alarm) -> bool:
    """What a worker thread does with the next message."""
    task = alarm.huey.dequeue()
    if task is None:
        return False
    alarm.huey.execute(task)
    return True


def test_a_commit_leaves_a_message_that_makes_a_worker_look(app, alarm, rows):
    put(app)
    assert alarm.huey.pending_count() == 1

    assert run_next(alarm)
    assert [row.estado for row in rows(Trabajo)] == [EstadoTrabajo.HECHO]
    assert not run_next(alarm)


def test_a_message_for_later_waits_until_then(app, alarm):
    later = utcnow() + timedelta(minutes=1)
    put(app, ejecutar_desde=later)

    run_next(alarm)  # what has a moment is put aside by who takes it

    assert alarm.huey.pending_count() == 0
    assert alarm.huey.storage.schedule_size() == 1
    assert alarm.huey.read_schedule(utcnow().replace(tzinfo=None)) == []
    (due,) = alarm.huey.read_schedule((later + timedelta(seconds=1)).replace(tzinfo=None))
    assert isinstance(due, Task)
    assert alarm.huey.storage.schedule_size() == 0


def test_nothing_is_kept_of_what_was_done(app, alarm):
    for number in range(5):
        put(app, str(number))
    assert alarm.huey.storage.queue_size() > 0
    while run_next(alarm):
        pass

    assert alarm.huey.storage.result_store_size() == 0
    assert alarm.huey.storage.queue_size() == 0


def test_a_message_that_somebody_else_signed_is_thrown_away(app, alarm, queue_url, rows, caplog):
    stranger = Alarm(app, queue_url, threads=1)
    stranger.huey.serializer.secret = b"another secret"
    stranger.huey.serializer._key = b"another key of the same kind"
    stranger.ring()
    close(stranger)

    with pytest.raises(ValueError, match="Signature"):
        alarm.huey.dequeue()

    assert alarm.huey.pending_count() == 0
    put(app)
    assert run_next(alarm)
    assert rows(Trabajo)[0].estado is EstadoTrabajo.HECHO


def test_many_jobs_of_one_change_leave_few_messages(app, alarm, rows):
    with app.app_context(), transaction():
        for number in range(40):
            enqueue("prueba.almacen", key=str(number), now=utcnow())
    assert alarm.huey.pending_count() <= 8

    assert run_next(alarm)
    assert {row.estado for row in rows(Trabajo)} == {EstadoTrabajo.HECHO}


# Huey leaves a thread's listening connection to PostgreSQL to the garbage collector.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_a_consumers_threads_do_what_is_rung_for(app, alarm, rows):
    consumer = _Consumer(alarm.tick, alarm.huey, workers=2, initial_delay=0.05, max_delay=0.05)
    threads = [consumer.scheduler, *(thread for _worker, thread in consumer.worker_threads)]
    for thread in threads:
        thread.start()
    try:
        put(app)
        deadline = time.monotonic() + 10
        while rows(Trabajo, clave="k")[0].estado is not EstadoTrabajo.HECHO:
            assert time.monotonic() < deadline
            time.sleep(0.05)
    finally:
        consumer.stop(graceful=True)
    assert not any(thread.is_alive() for thread in threads)


def test_a_queue_that_is_away_delays_nobody_for_long_and_loses_no_job(app, rows):
    set_bell(app, Alarm(app, "redis://127.0.0.1:9/0", threads=1).ring)
    try:
        began = time.monotonic()
        put(app)
        assert time.monotonic() - began < 5
    finally:
        set_bell(app, app.extensions["alarm"].ring)
    assert rows(Trabajo)[0].estado is EstadoTrabajo.PENDIENTE


def test_an_installation_imports_no_driver_of_a_storage_that_it_does_not_use():
    # A tenth of the start, and memory in every process.
    code = "import sys, app.features, app.jobs.consumer, huey.storage; print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )

    assert not {"redis", "psycopg"} & set(done.stdout.split())
