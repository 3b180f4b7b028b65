"""Without an answer something is proposed; nothing is sent that nobody pressed."""

from __future__ import annotations

from datetime import timedelta

import pytest

from app.ajustes.service import set_setting
from app.avisos.models import Aviso
from app.core.clock import utcnow
from app.core.tribunales import find_tribunal
from app.db import db, transaction
from app.jobs.queue import enqueue
from app.notificaciones.models import Notificacion, Respuesta
from app.notificaciones.rules import ANSWER_HOURS, EstadoNotificacion, TipoRespuesta
from app.oficios.models import Investigacion, Oficio
from app.oficios.rules import Actividad, Estado
from tests.adjuntos.files import make_adjunto
from tests.factories import make_oficio
from tests.notificaciones.rows import EMAIL, link_of, make_receptor, make_sent_notice
from tests.notificaciones.test_views import send
from tests.plugins.application import HTMX, assert_fragment

COURT = "19º Juzgado Civil de Santiago"
YES = {"confirmar": "y"}


@pytest.fixture
def caso(app, buffet, usuario_investigador):
    oficio = make_oficio(
        app, buffet, usuario_investigador, estado=Estado.NOTIFICACION, tribunal=COURT
    )
    with app.app_context(), transaction():
        db.session.get_one(Oficio, oficio.id).investigador_id = usuario_investigador.id
    return oficio


@pytest.fixture
def notice_id(app, caso, usuario_investigador):
    return make_sent_notice(app, caso, usuario_investigador)


@pytest.fixture
def look(app, worker):
    """Let hours go by and have the periodic job look once."""

    def run(**forward):
        worker.ahead += type(worker.ahead)(**forward)
        with app.app_context(), transaction():
            now = worker.clock()
            enqueue("notificaciones.recordar", key=f"recordar:{now.isoformat()}", now=now)
        worker()

    return run


def questions(rows):
    return [aviso.texto.rpartition(". ")[2] for aviso in rows(Aviso)]


def test_after_a_day_of_silence_a_reminder_is_proposed_once_and_nothing_is_sent(
    look, notice_id, caso, mail_server, rows, usuario_investigador
):
    look(hours=23)
    assert rows(Aviso) == []

    look(hours=2)
    look(hours=1)

    [aviso] = rows(Aviso)
    assert aviso.usuario_id == usuario_investigador.id
    assert "Ema Soto no ha respondido" in aviso.texto
    assert aviso.texto.endswith("¿Enviarle un recordatorio?")
    assert aviso.url == f"/oficios/{caso.id}/notificaciones/{notice_id}"
    assert mail_server.messages == []
    assert len(rows(Notificacion)) == 1


def test_after_another_day_somebody_else_is_proposed_once_and_nobody_is_sent_anything(
    look, notice_id, mail_server, rows
):
    look(hours=25)
    look(hours=23)
    assert questions(rows) == ["¿Enviarle un recordatorio?"]

    look(hours=2)
    look(hours=200)

    assert questions(rows) == ["¿Enviarle un recordatorio?", "¿Avisar a otro receptor?"]
    assert mail_server.messages == []
    assert len(rows(Notificacion)) == 1


def test_an_admin_sets_the_hours(app, look, notice_id, rows):
    with app.app_context(), transaction():
        set_setting(ANSWER_HOURS.clave, "2")

    look(hours=3)

    assert len(rows(Aviso)) == 1


def test_an_answer_ends_the_asking(app, look, notice_id, stranger, rows):
    stranger.post(
        link_of(app, notice_id), data={"clave": "una-clave-cualquiera", "tipo": "recibido"}
    )
    before = len(rows(Aviso))

    look(hours=100)

    assert len(rows(Aviso)) == before


def test_a_closed_case_and_an_older_receptor_are_not_asked_about(
    app, look, caso, notice_id, usuario_investigador, rows
):
    make_sent_notice(app, caso, usuario_investigador)
    with app.app_context(), transaction():
        newest = db.session.query(Notificacion).order_by(Notificacion.id.desc()).first()
        newest.estado = EstadoNotificacion.PENDIENTE
    look(hours=30)
    assert rows(Aviso) == []

    with app.app_context(), transaction():
        db.session.query(Notificacion).order_by(
            Notificacion.id.desc()
        ).first().estado = EstadoNotificacion.ENVIADA
        db.session.get_one(Oficio, caso.id).estado = Estado.NO_ENCONTRADO
    look(hours=1)
    assert rows(Aviso) == []

    with app.app_context(), transaction():
        db.session.get_one(Oficio, caso.id).estado = caso.estado
    look(hours=1)
    assert len(rows(Aviso)) == 1


def test_the_button_sends_one_reminder_with_a_link_of_its_own(
    app, investigador, caso, usuario_investigador, mail_server, worker, rows, stranger
):
    foto = make_adjunto(app, caso, usuario_investigador)
    notice_id = make_sent_notice(app, caso, usuario_investigador, adjunto_ids=[foto.id])
    url = f"/oficios/{caso.id}/notificaciones/{notice_id}"
    assert "Enviarle un recordatorio" in investigador.get(url).get_data(as_text=True)

    for _ in range(2):
        assert investigador.post(f"{url}/recordar", data=YES).status_code == 303
    worker()

    [received] = mail_server.received
    assert received.rcpt_tos == [EMAIL]
    assert "Le recordamos nuestro aviso" in received.message.get_body(("plain",)).get_content()
    assert [p for p in received.message.walk() if p.get_content_maintype() == "image"]
    first, reminder = rows(Notificacion)
    assert reminder.recordatorio_de_id == first.id
    assert reminder.selector != first.selector
    [entry] = rows(Investigacion, oficio_id=caso.id, tipo=Actividad.NOTIFICACION)
    assert entry.descripcion.startswith("Recordatorio enviado a Ema Soto")
    assert stranger.get(link_of(app, reminder.id)).status_code == 200
    assert "Enviarle un recordatorio" not in investigador.get(url).get_data(as_text=True)


def test_a_reminder_takes_the_same_second_yes_as_any_other_mail(
    investigador, caso, notice_id, rows
):
    url = f"/oficios/{caso.id}/notificaciones/{notice_id}/recordar"

    plain = investigador.post(url)
    live = investigador.post(url, headers=HTMX)

    for answer in (plain, live):
        assert answer.status_code == 422
        assert "Marque «Sí, enviar otra vez»" in answer.get_data(as_text=True)
    assert_fragment(live, f"oficio-notificaciones-{caso.id}")
    assert len(rows(Notificacion)) == 1


def test_a_reminder_that_failed_for_good_can_be_ordered_anew(
    investigador, caso, notice_id, mail_server, worker, rows
):
    url = f"/oficios/{caso.id}/notificaciones/{notice_id}"
    mail_server.fail_with(550, "no such user")
    investigador.post(f"{url}/recordar", data=YES)
    worker()
    mail_server.recover()

    assert "Enviarle un recordatorio" in investigador.get(url).get_data(as_text=True)
    investigador.post(f"{url}/recordar", data=YES)
    worker()

    assert len(mail_server.messages) == 1
    assert [row.estado.value for row in rows(Notificacion)] == ["enviada", "fallida", "enviada"]


def test_the_reminder_counts_from_when_it_was_sent_and_its_answer_counts_for_both(
    app, look, investigador, caso, notice_id, rows, mail_server, stranger
):
    look(hours=25)
    investigador.post(f"/oficios/{caso.id}/notificaciones/{notice_id}/recordar", data=YES)
    look(hours=0)  # sends it, by a clock that is 25 hours ahead
    look(hours=20)
    assert questions(rows) == ["¿Enviarle un recordatorio?"]

    with app.app_context(), transaction():
        reminder = db.session.query(Notificacion).order_by(Notificacion.id.desc()).first()
        db.session.add(
            Respuesta(
                notificacion_id=reminder.id,
                tipo=TipoRespuesta.RECIBIDO,
                clave="una-clave-cualquiera",
                created_at=utcnow(),
            )
        )
    look(hours=100)

    assert questions(rows) == ["¿Enviarle un recordatorio?"]


@pytest.mark.parametrize(
    ("estado", "sentence"),
    [
        (EstadoNotificacion.PENDIENTE, "todavía no se ha enviado"),
        (EstadoNotificacion.FALLIDA, "todavía no se ha enviado"),
    ],
)
def test_what_was_not_sent_is_not_reminded_of(
    estado, sentence, app, investigador, caso, notice_id, rows
):
    with app.app_context(), transaction():
        db.session.get_one(Notificacion, notice_id).estado = estado

    page = investigador.post(
        f"/oficios/{caso.id}/notificaciones/{notice_id}/recordar", follow_redirects=True
    ).get_data(as_text=True)

    assert sentence in page
    assert len(rows(Notificacion)) == 1


def test_after_an_answer_or_the_end_of_the_case_there_is_nothing_to_remind_of(
    app, investigador, caso, notice_id, stranger, rows
):
    url = f"/oficios/{caso.id}/notificaciones/{notice_id}/recordar"
    stranger.post(
        link_of(app, notice_id), data={"clave": "una-clave-cualquiera", "tipo": "recibido"}
    )
    page = investigador.post(url, follow_redirects=True).get_data(as_text=True)
    assert "ya respondió" in page

    with app.app_context(), transaction():
        db.session.get_one(Oficio, caso.id).estado = Estado.ENCONTRADO
    page = investigador.post(url, follow_redirects=True).get_data(as_text=True)
    assert "El caso está cerrado" in page
    assert len(rows(Notificacion)) == 1


def test_the_substitute_is_one_of_the_same_court_who_was_not_told(
    app, investigador, caso, usuario_investigador
):
    court = find_tribunal(COURT)
    assert court
    first = make_receptor(app, usuario_investigador, tribunales_pjud=[court.pjud_id])
    compose = f"/oficios/{caso.id}/notificaciones/nueva"
    page = investigador.get(compose).get_data(as_text=True)
    assert f'<option selected value="{first.id}">Ema Soto · {EMAIL} · actúa' in page

    investigador.post(
        f"/oficios/{caso.id}/notificaciones",
        data=send("clave-de-un-aviso", receptor=str(first.id)),
    )
    other = make_receptor(
        app,
        usuario_investigador,
        nombre="Luis Rojas",
        email="luis@actuarios.example",
        tribunales_pjud=[court.pjud_id],
    )

    page = investigador.get(compose).get_data(as_text=True)

    assert f'<option selected value="{other.id}">Luis Rojas' in page
    assert f'<option value="{first.id}">Ema Soto · {EMAIL}</option>' in page


def test_a_notice_of_a_clock_that_ran_ahead_is_asked_about_and_waits_its_own_hours(
    app, look, notice_id, rows
):
    with app.app_context(), transaction():
        db.session.get_one(Notificacion, notice_id).enviada_at = utcnow() + timedelta(days=20)
    look(minutes=5)
    assert questions(rows) == ["¿Enviarle un recordatorio?"]

    with app.app_context(), transaction():
        row = db.session.get_one(Notificacion, notice_id)
        row.recordatorio_propuesto_at = utcnow() + timedelta(days=2)
    look(minutes=5)
    look(hours=23)
    assert len(questions(rows)) == 1
    look(hours=2)
    assert questions(rows)[-1] == "¿Avisar a otro receptor?"
