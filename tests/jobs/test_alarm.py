"""Huey rings the bell; the ledger says what is to be done."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest

from app.core.clock import utcnow
from app.db import transaction
from app.feature import Feature
from app.jobs.alarm import Alarm, make_storage
from app.jobs.consumer import _pulse
from app.jobs.models import Consumidor, Trabajo
from app.jobs.queue import enqueue, set_bell
from app.jobs.registry import job, list_periodic
from app.jobs.rules import EstadoTrabajo
from app.jobs.runner import JobRun


@job("prueba.campana", "Campana")
def rung(run: JobRun) -> None:
    """Nothing to do but to be done."""


FEATURE = Feature(name="pruebas", jobs=(rung,))


@pytest.fixture
def alarm(app, tmp_path):
    alarm = Alarm(app, f"sqlite:///{tmp_path / 'huey.sqlite3'}", threads=2)
    set_bell(app, alarm.ring)
    yield alarm
    set_bell(app, app.extensions["alarm"].ring)
    alarm.huey.storage.close()


def run_next(alarm: Alarm) -> bool:
    """What a worker thread does with the next message."""
    task = alarm.huey.dequeue()
    if task is None:
        return False
    alarm.huey.execute(task)
    return True


def test_a_commit_rings_and_the_worker_finds_the_job_in_the_ledger(app, alarm, rows):
    with app.app_context(), transaction():
        enqueue("prueba.campana", key="k", now=utcnow())
    assert alarm.huey.pending_count() == 1

    assert run_next(alarm)
    assert [row.estado for row in rows(Trabajo)] == [EstadoTrabajo.HECHO]


def test_a_message_that_was_lost_is_made_up_for_by_the_next_tick(app, alarm, rows):
    set_bell(app, None)
    with app.app_context(), transaction():
        enqueue("prueba.campana", key="k", now=utcnow())
    set_bell(app, alarm.ring)
    assert alarm.huey.pending_count() == 0

    alarm.tick()
    while run_next(alarm):
        pass

    assert rows(Trabajo, tipo="prueba.campana")[0].estado is EstadoTrabajo.HECHO


def test_a_job_for_later_is_rung_for_later(app, alarm, rows):
    later = utcnow() + timedelta(minutes=1)
    with app.app_context(), transaction():
        enqueue("prueba.campana", key="k", now=utcnow(), ejecutar_desde=later)

    run_next(alarm)

    assert alarm.huey.pending_count() == 0
    (message,) = alarm.huey.scheduled()
    assert message.eta == later.replace(tzinfo=None)
    assert rows(Trabajo)[0].estado is EstadoTrabajo.PROGRAMADO


def test_a_tick_enqueues_what_repeats_once(app, alarm, rows):
    with app.app_context():
        names = {item.name for item in list_periodic()}
    alarm.tick()
    alarm.tick()

    assert names
    assert sorted(row.tipo for row in rows(Trabajo)) == sorted(names)


@pytest.mark.parametrize("url", ["mysql://x", "huey.db"])
def test_a_storage_that_does_not_exist_is_refused(url):
    with pytest.raises(ValueError, match="HUEY_URL"):
        make_storage(url, "secret")


def test_a_consumer_writes_down_that_it_lives(app, rows, tmp_path):
    stop = threading.Event()
    stop.set()

    alarm = app.extensions["alarm"]
    _pulse(alarm, tmp_path, stop)

    (row,) = rows(Consumidor)
    assert row.hilos == alarm.threads
    assert utcnow() - row.ultimo_latido_at < timedelta(seconds=30)
