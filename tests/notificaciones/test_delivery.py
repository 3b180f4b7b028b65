"""A notice goes out once, or says honestly that nobody knows."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest

from app.auditoria.models import Auditoria
from app.db import db, transaction
from app.jobs.aside import join_aside
from app.jobs.models import Trabajo
from app.jobs.rules import EstadoTrabajo
from app.jobs.runner import claim, execute, work
from app.jobs.service import retry_job
from app.notificaciones.jobs import hand_over
from app.notificaciones.models import Notificacion
from app.notificaciones.rules import EstadoNotificacion
from app.notificaciones.service import Destinatario, start_sending
from app.oficios.models import Investigacion, Oficio
from app.oficios.rules import Actividad, Estado
from tests.adjuntos.files import make_adjunto
from tests.notificaciones.rows import EMAIL, find_notice, make_notice


def entries(rows, oficio):
    return [
        row.descripcion
        for row in rows(Investigacion, oficio_id=oficio.id)
        if row.tipo is Actividad.NOTIFICACION
    ]


def test_a_notice_reaches_the_receptor_with_its_photo_inside(
    app, mail_server, worker, oficio, usuario_investigador, rows
):
    foto = make_adjunto(app, oficio, usuario_investigador, "patio.png")
    notice_id = make_notice(app, oficio, usuario_investigador, adjunto_ids=[foto.id])

    assert worker() == 1

    [received] = mail_server.received
    notice = find_notice(app, notice_id)
    assert received.rcpt_tos == [EMAIL]
    assert received.message["Message-ID"] == notice.message_id
    assert f"notificacion-{notice_id}." in notice.message_id
    assert received.message["Reply-To"].addresses[0].addr_spec == usuario_investigador.email
    assert received.message.get_body(("html",)).get_content().strip() == notice.cuerpo_html
    text = received.message.get_body(("plain",)).get_content()
    assert text.splitlines() == notice.cuerpo_texto.splitlines()
    [picture] = [part for part in received.message.walk() if part.get_content_maintype() == "image"]
    assert picture["Content-ID"] == f"<foto-{foto.id}@rastro.example>"
    assert picture.get_content().startswith(b"\xff\xd8\xff")
    assert notice.estado is EstadoNotificacion.ENVIADA
    assert notice.enviada_at is not None
    assert entries(rows, oficio) == [f"Aviso enviado a Ema Soto ({EMAIL}), con 1 foto."]
    [written] = rows(Auditoria, accion="notificacion.enviada")
    assert written.entidad_id == notice_id
    assert written.detalle == {"adjuntos": [foto.id]}


def test_sending_moves_nothing(app, mail_server, worker, oficio, usuario_investigador, rows):
    make_notice(app, oficio, usuario_investigador)
    worker()

    [after] = rows(Oficio, id=oficio.id)
    assert after.estado is Estado.PENDIENTE
    assert after.version == oficio.version
    assert after.ultima_actividad_at > oficio.ultima_actividad_at


def test_a_busy_server_is_tried_again_after_60_120_and_240_seconds(
    app, mail_server, worker, oficio, usuario_investigador, rows
):
    notice_id = make_notice(app, oficio, usuario_investigador)
    mail_server.fail_with(451, "too busy")

    assert worker() == 1
    waiting = find_notice(app, notice_id)
    assert waiting.estado is EstadoNotificacion.PENDIENTE
    assert "451 too busy" in waiting.error
    assert worker(seconds=55) == 0
    assert worker(seconds=10) == 1
    assert worker(seconds=115) == 0
    mail_server.recover()
    assert worker(seconds=10) == 1

    assert len(mail_server.messages) == 1
    assert find_notice(app, notice_id).estado is EstadoNotificacion.ENVIADA
    assert find_notice(app, notice_id).error is None
    assert len(entries(rows, oficio)) == 1


def test_a_server_that_stays_busy_makes_the_notice_fail_in_the_end(
    app, mail_server, worker, oficio, usuario_investigador, rows
):
    notice_id = make_notice(app, oficio, usuario_investigador)
    mail_server.fail_with(451, "too busy")

    assert [worker(), worker(seconds=61), worker(seconds=121), worker(seconds=241)] == [1] * 4
    assert worker(hours=5) == 0

    failed = find_notice(app, notice_id)
    assert failed.estado is EstadoNotificacion.FALLIDA
    assert "451 too busy" in failed.error
    [entry] = entries(rows, oficio)
    assert "no se pudo enviar" in entry


def test_a_refusal_fails_at_once(app, mail_server, worker, oficio, usuario_investigador, rows):
    notice_id = make_notice(app, oficio, usuario_investigador)
    mail_server.fail_with(550, "no such user")

    assert worker() == 1
    assert worker(hours=5) == 0

    assert find_notice(app, notice_id).estado is EstadoNotificacion.FALLIDA
    [trabajo] = rows(Trabajo)
    assert trabajo.estado is EstadoTrabajo.FALLIDO
    assert "550 no such user" in trabajo.error


def test_without_a_mail_server_the_notice_says_whom_to_ask(
    app, configure, worker, oficio, usuario_investigador
):
    configure(smtp_host="")
    notice_id = make_notice(app, oficio, usuario_investigador)

    worker()

    assert "SMTP_HOST" in find_notice(app, notice_id).error


def test_a_silence_after_the_message_is_uncertain_and_never_sent_again_by_itself(
    app, mail_server, worker, oficio, usuario_investigador, rows, monkeypatch
):
    monkeypatch.setattr(hand_over, "WORKER_SECONDS", 0.3)
    monkeypatch.setattr(hand_over, "FINAL_SECONDS", 0.6)
    notice_id = make_notice(app, oficio, usuario_investigador)
    mail_server.hang()

    worker()
    assert join_aside(10) == 0
    mail_server.recover()
    assert worker(hours=5) == 0

    notice = find_notice(app, notice_id)
    assert notice.estado is EstadoNotificacion.INCIERTA
    [entry] = entries(rows, oficio)
    assert "No se sabe si el aviso" in entry
    [trabajo] = rows(Trabajo)
    assert trabajo.estado is EstadoTrabajo.INCIERTA


def test_a_worker_killed_while_sending_leaves_an_uncertain_notice(
    app, mail_server, worker, oficio, usuario_investigador, rows
):
    notice_id = make_notice(app, oficio, usuario_investigador)
    with app.app_context():
        assert claim("muerto", now=worker.clock()) is not None
        with transaction():
            notice = db.session.get_one(Notificacion, notice_id)
            assert start_sending(notice, now=worker.clock())
    # kill -9: nothing else of that worker happens, and its lease runs out.

    assert worker() == 0
    assert worker(minutes=6) == 1
    assert worker(hours=5) == 0

    assert mail_server.messages == []
    assert find_notice(app, notice_id).estado is EstadoNotificacion.INCIERTA
    [entry] = entries(rows, oficio)
    assert "se interrumpió después de empezar" in entry
    [trabajo] = rows(Trabajo)
    assert trabajo.estado is EstadoTrabajo.INCIERTA


def test_a_worker_killed_before_it_spoke_to_the_server_loses_nothing(
    app, mail_server, worker, oficio, usuario_investigador
):
    notice_id = make_notice(app, oficio, usuario_investigador)
    with app.app_context():
        assert claim("muerto", now=worker.clock()) is not None

    assert worker(minutes=6) == 1

    assert len(mail_server.messages) == 1
    assert find_notice(app, notice_id).estado is EstadoNotificacion.ENVIADA


def test_a_job_whose_workers_died_each_time_does_not_call_the_notice_failed(
    app, mail_server, worker, oficio, usuario_investigador, rows
):
    notice_id = make_notice(app, oficio, usuario_investigador)
    with app.app_context():
        for _ in range(4):
            assert claim("muerto", now=worker.clock()) is not None
            worker.ahead += worker.ahead.__class__(minutes=6)
        with transaction():
            assert start_sending(db.session.get_one(Notificacion, notice_id), now=worker.clock())

    worker()

    assert find_notice(app, notice_id).estado is EstadoNotificacion.INCIERTA
    assert mail_server.messages == []


def test_a_worker_that_slept_past_its_lease_does_not_send(
    app, mail_server, worker, oficio, usuario_investigador
):
    make_notice(app, oficio, usuario_investigador)
    with app.app_context():
        asleep = claim("dormido", now=worker.clock())
    assert worker(minutes=6) == 1

    with app.app_context():
        execute(asleep)

    assert len(mail_server.messages) == 1


def test_an_attempt_that_its_own_worker_began_anew_does_not_send(
    app, mail_server, worker, oficio, usuario_investigador
):
    """A worker keeps its name: only the number tells its attempts apart."""
    notice_id = make_notice(app, oficio, usuario_investigador)
    with app.app_context():
        first = claim("obrero", now=worker.clock())
        worker.ahead += timedelta(minutes=6)
        second = claim("obrero", now=worker.clock())
        assert (first.attempt, second.attempt) == (1, 2)

        execute(first)
        assert mail_server.messages == []
        assert find_notice(app, notice_id).estado is EstadoNotificacion.PENDIENTE

        execute(second)
    assert len(mail_server.wait_for(1)) == 1
    assert find_notice(app, notice_id).estado is EstadoNotificacion.ENVIADA


def test_a_notice_that_is_settled_while_its_mail_is_built_is_not_sent(
    app, mail_server, worker, oficio, usuario_investigador, rows
):
    notice_id = make_notice(app, oficio, usuario_investigador)

    def settle_meanwhile():
        """The job asks for the time once it has read the notice, before it builds the mail."""
        notice = db.session.get_one(Notificacion, notice_id)
        if notice.estado is EstadoNotificacion.PENDIENTE:
            with transaction():
                notice.estado = EstadoNotificacion.ENVIADA
        return worker.clock()

    with app.app_context():
        run = claim("obrero", now=worker.clock())
        run.clock = settle_meanwhile
        execute(run)

    assert find_notice(app, notice_id).estado is EstadoNotificacion.ENVIADA
    assert worker(minutes=6) == 1
    [trabajo] = rows(Trabajo)
    assert (trabajo.estado, trabajo.resultado) == (EstadoTrabajo.HECHO, "Ya estaba enviado.")
    assert mail_server.messages == []


def test_two_workers_send_one_mail(app, mail_server, oficio, usuario_investigador):
    notice_id = make_notice(app, oficio, usuario_investigador)

    def run(name):
        with app.app_context():
            work(name)

    threads = [threading.Thread(target=run, args=(f"obrero {n}",)) for n in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(mail_server.wait_for(1)) == 1
    assert find_notice(app, notice_id).estado is EstadoNotificacion.ENVIADA


def test_the_admins_retry_of_a_failed_job_sends_the_same_notice(
    app, mail_server, worker, oficio, usuario_investigador
):
    notice_id = make_notice(app, oficio, usuario_investigador)
    mail_server.fail_with(550, "no such user")
    worker()
    mail_server.recover()
    with app.app_context(), transaction():
        trabajo = db.session.get_one(Trabajo, find_notice(app, notice_id).trabajo_id)
        retry_job(trabajo, now=worker.clock())

    worker()

    assert len(mail_server.messages) == 1
    assert find_notice(app, notice_id).estado is EstadoNotificacion.ENVIADA


@pytest.mark.parametrize(
    ("estado", "job_state"),
    [
        (EstadoNotificacion.ENVIADA, EstadoTrabajo.HECHO),
        (EstadoNotificacion.INCIERTA, EstadoTrabajo.INCIERTA),
    ],
)
def test_a_job_that_finds_its_notice_settled_sends_nothing(
    estado, job_state, app, mail_server, worker, oficio, usuario_investigador, rows
):
    notice_id = make_notice(app, oficio, usuario_investigador)
    with app.app_context(), transaction():
        db.session.get_one(Notificacion, notice_id).estado = estado

    worker()

    assert mail_server.messages == []
    assert find_notice(app, notice_id).estado is estado
    [trabajo] = rows(Trabajo)
    assert trabajo.estado is job_state


def test_a_job_that_another_one_replaced_leaves_the_notice_alone(
    app, mail_server, worker, oficio, usuario_investigador, rows
):
    notice_id = make_notice(app, oficio, usuario_investigador)
    with app.app_context(), transaction():
        db.session.get_one(Notificacion, notice_id).trabajo_id = "otro"

    worker()

    assert mail_server.messages == []
    assert find_notice(app, notice_id).estado is EstadoNotificacion.PENDIENTE


def test_a_photo_that_the_storage_lost_fails_the_notice_before_anything_is_sent(
    app, mail_server, worker, oficio, usuario_investigador
):
    foto = make_adjunto(app, oficio, usuario_investigador)
    notice_id = make_notice(app, oficio, usuario_investigador, adjunto_ids=[foto.id])
    (app.extensions["rastro_config"].storage_dir / foto.copia_key).unlink()

    worker()

    assert mail_server.messages == []
    assert find_notice(app, notice_id).estado is EstadoNotificacion.FALLIDA


def test_a_notice_that_is_no_more_ends_its_job(
    app, mail_server, worker, oficio, usuario_investigador, rows
):
    notice_id = make_notice(app, oficio, usuario_investigador)
    with app.app_context(), transaction():
        db.session.delete(db.session.get_one(Notificacion, notice_id))

    worker()

    [trabajo] = rows(Trabajo)
    assert trabajo.error == "El aviso ya no existe."


def test_an_address_alone_stands_for_a_name(app, mail_server, worker, oficio, usuario_admin, rows):
    make_notice(app, oficio, usuario_admin, destinatario=Destinatario(EMAIL))

    worker()

    assert entries(rows, oficio) == [f"Aviso enviado a {EMAIL}, sin fotos."]
