"""How a notice ends, whatever the mail server says and whatever the database does meanwhile."""

from __future__ import annotations

import threading
import time

import pytest
import sqlalchemy as sa

from app.avisos.models import Aviso
from app.custodia.service import verify
from app.db import db, transaction
from app.feature import Feature
from app.jobs import aside
from app.jobs.aside import join_aside
from app.jobs.models import Trabajo
from app.jobs.queue import enqueue
from app.jobs.registry import job
from app.jobs.rules import EstadoTrabajo
from app.jobs.runner import work
from app.notificaciones.jobs import hand_over
from app.notificaciones.models import Notificacion
from app.notificaciones.rules import EstadoNotificacion
from tests.notificaciones.rows import EMAIL, find_notice, make_notice
from tests.notificaciones.test_delivery import entries

COPY = "abogada@estudio.example"


@pytest.fixture
def server(configure, scripted_smtp):
    """Start a server with a script and point the application at it."""

    def start(**answers):
        running = scripted_smtp(**answers)
        configure(smtp_host="127.0.0.1", smtp_port=running.port, smtp_tls=False)
        return running

    yield start
    assert join_aside(20) == 0


@pytest.fixture
def read_only(app):
    """A database that takes no changes while the switch is on."""
    switch = threading.Event()
    with app.app_context():
        engine = db.engine

    def on_checkout(connection, _record, _proxy):
        connection.execute(f"PRAGMA query_only={'ON' if switch.is_set() else 'OFF'}")

    def on_begin(connection):
        if switch.is_set():
            connection.exec_driver_sql("SET TRANSACTION READ ONLY")

    is_sqlite = engine.dialect.name == "sqlite"
    listening = (engine, "checkout", on_checkout) if is_sqlite else (engine, "begin", on_begin)
    sa.event.listen(*listening)
    yield switch
    switch.clear()
    for thread in threading.enumerate():
        assert thread.name != "aside"
    with app.app_context():
        db.session.execute(sa.text("SELECT 1"))
        db.session.remove()
        engine.dispose()
    sa.event.remove(*listening)


@pytest.mark.parametrize(
    ("final", "estado"),
    [
        (b"250 ok\r\n", EstadoNotificacion.ENVIADA),
        (b"251 ok\r\n", EstadoNotificacion.ENVIADA),
        (b"250-ok\r\n250 2.0.0\r\n", EstadoNotificacion.ENVIADA),
        (b"550 no\r\n", EstadoNotificacion.FALLIDA),
        (b"ok\r\n", EstadoNotificacion.INCIERTA),
        (b"354 go\r\n", EstadoNotificacion.INCIERTA),
        ((b"250 o", None), EstadoNotificacion.INCIERTA),
        (None, EstadoNotificacion.INCIERTA),
    ],
)
def test_one_mail_goes_out_and_its_state_is_what_is_known(
    final, estado, app, server, worker, oficio, usuario_investigador
):
    running = server(final=final)
    notice_id = make_notice(app, oficio, usuario_investigador)

    worker()
    for _ in range(4):
        worker(minutes=15)

    assert len(running.bodies) == 1
    assert find_notice(app, notice_id).estado is estado


def test_a_refusal_for_now_is_tried_again_as_before(
    app, server, worker, oficio, usuario_investigador
):
    running = server(final=b"451 later\r\n")
    notice_id = make_notice(app, oficio, usuario_investigador)

    for _ in range(6):
        worker(minutes=15)

    assert len(running.bodies) == 4
    assert find_notice(app, notice_id).estado is EstadoNotificacion.FALLIDA


# ------------------------------------------------------------------ a server that takes its time
@job("pruebas.otra", "Otra cosa")
def other_work(run):
    """Something that has nothing to do with mail."""


FEATURE = Feature(name="pruebas", jobs=(other_work,))


def test_a_slow_answer_keeps_its_lease_and_nobody_else_waiting(
    app, server, worker, oficio, usuario_investigador, monkeypatch, rows
):
    monkeypatch.setattr(hand_over, "WORKER_SECONDS", 0.3)
    monkeypatch.setattr(hand_over, "RENEW_SECONDS", 0.5)
    running = server(final=(3.0, b"250 at last\r\n"))
    notice_id = make_notice(app, oficio, usuario_investigador)
    with app.app_context(), transaction():
        enqueue("pruebas.otra", key="otra", now=worker.clock())

    started = time.monotonic()
    assert worker() == 2

    assert time.monotonic() - started < 2.5
    [mail] = rows(Trabajo, tipo="notificaciones.enviar")
    [other] = rows(Trabajo, tipo="pruebas.otra")
    assert (mail.estado, other.estado) == (EstadoTrabajo.EJECUTANDO, EstadoTrabajo.HECHO)
    assert find_notice(app, notice_id).estado is EstadoNotificacion.ENVIANDO
    time.sleep(1.8)
    [later] = rows(Trabajo, tipo="notificaciones.enviar")
    assert later.arriendo_hasta > mail.arriendo_hasta
    assert worker() == 0
    assert join_aside(10) == 0
    assert len(running.bodies) == 1
    assert find_notice(app, notice_id).estado is EstadoNotificacion.ENVIADA
    assert rows(Trabajo, tipo="notificaciones.enviar")[0].estado is EstadoTrabajo.HECHO


def test_many_mails_without_an_answer_do_not_hand_over_more(
    app, server, worker, oficio, usuario_investigador, monkeypatch
):
    monkeypatch.setattr(hand_over, "WORKER_SECONDS", 0.2)
    monkeypatch.setattr(hand_over, "MOST_WAITING", 1)
    running = server(final=(2.0, b"250 at last\r\n"))
    first, second = (make_notice(app, oficio, usuario_investigador) for _ in range(2))

    worker()

    assert len(running.bodies) == 1
    assert find_notice(app, second).estado is EstadoNotificacion.PENDIENTE
    assert join_aside(10) == 0
    worker(minutes=2)
    assert join_aside(10) == 0
    assert [find_notice(app, one).estado for one in (first, second)] == [
        EstadoNotificacion.ENVIADA,
        EstadoNotificacion.ENVIADA,
    ]
    assert len(running.bodies) == 2


def test_who_stops_meanwhile_says_that_nobody_knows(
    app, server, oficio, usuario_investigador, monkeypatch
):
    monkeypatch.setattr(hand_over, "WORKER_SECONDS", 0.2)
    monkeypatch.setattr(hand_over, "STOP_SECONDS", 0.5)
    running = server(final=(60.0, b"250 too late\r\n"))
    notice_id = make_notice(app, oficio, usuario_investigador)
    stop = threading.Event()
    with app.app_context():
        work("prueba", is_stopping=stop.is_set)

    stop.set()
    assert join_aside(10) == 0

    notice = find_notice(app, notice_id)
    assert notice.estado is EstadoNotificacion.INCIERTA
    assert "Rastro se detuvo" in notice.error
    assert len(running.bodies) == 1
    assert aside.STOP_SECONDS < 20  # what the consumer is given


# ------------------------------------------------------------------ a database that takes nothing
def test_an_outcome_is_offered_again_to_a_database_that_comes_back(
    app, server, worker, oficio, usuario_investigador, read_only
):
    running = server(final=(0.5, b"250 ok\r\n"))
    notice_id = make_notice(app, oficio, usuario_investigador)
    thread = threading.Thread(target=worker)
    thread.start()
    _wait_for(lambda: running.bodies)
    read_only.set()
    time.sleep(2.5)
    read_only.clear()
    thread.join()

    worker(hours=5)

    assert len(running.bodies) == 1
    assert find_notice(app, notice_id).estado is EstadoNotificacion.ENVIADA


def test_an_outcome_that_no_database_takes_for_a_minute_becomes_doubtful(
    app, server, worker, oficio, usuario_investigador, read_only, monkeypatch
):
    assert hand_over.STORE_SECONDS == 60
    monkeypatch.setattr(hand_over, "STORE_SECONDS", 1)
    running = server(final=(0.5, b"250 ok\r\n"))
    notice_id = make_notice(app, oficio, usuario_investigador)

    def try_it():
        with pytest.raises(sa.exc.DBAPIError):
            worker()

    thread = threading.Thread(target=try_it)
    thread.start()
    _wait_for(lambda: running.bodies)
    read_only.set()
    thread.join()
    read_only.clear()
    worker(minutes=15)
    worker(hours=5)

    assert len(running.bodies) == 1
    assert find_notice(app, notice_id).estado is EstadoNotificacion.INCIERTA


# ------------------------------------------------------------------ copies
@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (b"550 no such user\r\n", "el servidor la rechazó (550 no such user). Revise la dirección"),
        (b"450 greylisted\r\n", "el servidor no la aceptó por ahora (450 greylisted)"),
    ],
)
def test_a_refused_copy_is_named_and_the_receptor_has_his_mail(
    answer, words, app, server, worker, oficio, usuario_investigador, investigador, rows
):
    running = server(rcpt={COPY: answer})
    notice_id = make_notice(app, oficio, usuario_investigador, cc_email=COPY)

    worker()

    assert running.recipients == [[EMAIL]]
    assert find_notice(app, notice_id).estado is EstadoNotificacion.ENVIADA
    [entry] = entries(rows, oficio)
    assert entry.startswith("Aviso enviado a Ema Soto")
    assert f"La copia a {COPY} no salió: {words}" in entry
    base = f"/oficios/{oficio.id}/notificaciones"
    for path in (base, f"{base}/{notice_id}"):
        assert f"La copia a {COPY} no salió: {words}" in investigador.get(path).text
    [told] = rows(Aviso, usuario_id=usuario_investigador.id)
    assert f"salió sin la copia a {COPY}" in told.texto
    with app.app_context():
        assert verify(oficio.id).problemas == []


def test_a_copy_that_is_taken_leaves_no_mark(
    app, server, worker, oficio, usuario_investigador, investigador
):
    running = server()
    notice_id = make_notice(app, oficio, usuario_investigador, cc_email=COPY)

    worker()

    assert running.recipients == [[EMAIL, COPY]]
    assert find_notice(app, notice_id).rechazos == []
    page = investigador.get(f"/oficios/{oficio.id}/notificaciones/{notice_id}").text
    assert "no salió" not in page


def test_a_receptor_who_is_refused_is_not_told_of_as_sent_because_of_his_copy(
    app, server, worker, oficio, usuario_investigador, rows
):
    running = server(rcpt={EMAIL: b"550 no such user\r\n"})
    notice_id = make_notice(app, oficio, usuario_investigador, cc_email=COPY)

    worker()

    assert running.bodies == []
    notice = find_notice(app, notice_id)
    assert notice.estado is EstadoNotificacion.FALLIDA
    assert "550 no such user" in notice.error
    assert rows(Notificacion, estado=EstadoNotificacion.ENVIADA) == []


def _wait_for(condition):
    deadline = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)
