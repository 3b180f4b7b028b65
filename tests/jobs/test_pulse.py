"""Whether jobs get done, as an admin is told on every page."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import OperationalError

from app.core.clock import utcnow
from app.db import db, transaction
from app.jobs.pulse import take_pulse
from app.jobs.rules import EstadoTrabajo
from app.jobs.service import beat, note_sweep
from app.trabajos import pages as views
from tests.factories import make_trabajo

DEAD = "el proceso que los ejecuta no responde"
STALE = "Hace más de 3 minutos que nadie revisa"
GROWING = "La cola crece"


def alive(app, *, started: timedelta = timedelta(), heard: timedelta = timedelta()) -> None:
    now = utcnow()
    with app.app_context(), transaction():
        beat("host:1", hilos=4, version="1", started=now - started, now=now - heard)


def sweep(app, ago: timedelta) -> None:
    with app.app_context(), transaction():
        note_sweep("host:1", now=utcnow() - ago)


def test_while_all_is_well_nothing_is_said(app, admin):
    alive(app)

    text = admin.get("/tablero").text

    assert DEAD not in text
    assert STALE not in text
    assert GROWING not in text

    alive(app, started=timedelta(hours=1), heard=timedelta(minutes=12))
    assert DEAD in admin.get("/tablero").text


def test_every_page_of_an_admin_tells_that_nobody_works(app, admin):
    for path in ("/tablero", "/admin/usuarios", "/admin/trabajos", "/oficios/nuevo"):
        assert admin.get(path).text.count(DEAD) == 1, path

    alive(app, started=timedelta(hours=1), heard=timedelta(minutes=12, seconds=5))
    assert f"{DEAD} desde hace 12 min. Reinicie Rastro" in admin.get("/tablero").text


def test_nobody_else_is_told(app, admin, investigador, cliente):
    assert DEAD in admin.get("/tablero").text
    assert DEAD not in investigador.get("/tablero").text
    assert DEAD not in cliente.get("/portal", follow_redirects=True).text


def test_a_consumer_that_beats_and_does_not_sweep_is_told(app, admin):
    alive(app, started=timedelta(minutes=2))
    assert STALE not in admin.get("/tablero").text, "it swept when it started"

    alive(app, started=timedelta(minutes=20))
    assert STALE in admin.get("/tablero").text

    sweep(app, timedelta(minutes=4))
    assert STALE in admin.get("/tablero").text
    sweep(app, timedelta(seconds=30))
    assert STALE not in admin.get("/tablero").text


def test_a_queue_that_does_not_move_is_told(app, admin):
    alive(app)
    now = utcnow()
    make_trabajo(app, estado=EstadoTrabajo.PROGRAMADO, ejecutar_desde=now + timedelta(hours=1))
    make_trabajo(app, estado=EstadoTrabajo.HECHO, ejecutar_desde=now - timedelta(hours=1))
    make_trabajo(app, estado=EstadoTrabajo.PENDIENTE, ejecutar_desde=now - timedelta(minutes=4))
    assert GROWING not in admin.get("/tablero").text

    make_trabajo(app, estado=EstadoTrabajo.PENDIENTE, ejecutar_desde=now - timedelta(minutes=30))
    text = admin.get("/tablero").text
    assert "2 trabajos esperan su turno, el primero desde hace 30 min" in text


def test_one_job_is_one_job(app):
    alive(app)
    since = utcnow() - timedelta(minutes=6)
    make_trabajo(app, estado=EstadoTrabajo.PENDIENTE, ejecutar_desde=since)

    with app.app_context():
        (problem,) = take_pulse(utcnow()).problems()

    assert "1 trabajo espera su turno" in problem


def test_a_second_consumer_keeps_the_work_going(app):
    alive(app, heard=timedelta(hours=1))
    now = utcnow()
    with app.app_context(), transaction():
        beat("host:2", hilos=3, version="1", started=now, now=now)

    with app.app_context():
        pulse = take_pulse(utcnow())

    assert (pulse.consumers, pulse.threads) == (1, 3)
    assert pulse.problems() == []


@pytest.mark.parametrize("path", ["/tablero", "/admin/usuarios"])
def test_a_page_stands_when_nobody_can_say(path, app, admin, monkeypatch):
    def away(now):
        raise OperationalError("SELECT 1", {}, OSError("disk full"))

    monkeypatch.setattr(views, "take_pulse", away)

    response = admin.get(path)

    assert response.status_code == 200
    assert DEAD not in response.text
    with app.app_context():
        assert db.session.scalar(sa.select(1)) == 1
