"""Who forgot the password gets a link by mail, and nobody else learns anything."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from app.auditoria.models import Auditoria
from app.core.clock import utcnow
from app.jobs.models import Trabajo
from app.jobs.rules import EstadoTrabajo
from app.jobs.runner import work
from app.usuarios.rules import RECOVERY_PAUSE, make_recovery, read_recovery, recovery_key
from tests.factories import PASSWORD

NEW = {"password": "otra clave larga", "repeated": "otra clave larga"}
NOW = utcnow()


@pytest.fixture
def mail_server(configure, smtp_server):
    configure(smtp_host=smtp_server.host, smtp_port=smtp_server.port, smtp_tls=False)
    return smtp_server


def test_the_link_comes_by_mail_opens_once_and_ends_the_sessions(
    app, mail_server, stranger, sign_in, usuario_investigador, rows
):
    session = sign_in(usuario_investigador)
    asked = stranger.post("/recuperar", data={"email": "CARLA@oficina.example"})
    assert asked.status_code == 303
    with app.app_context():
        work("test")
    (mail,) = mail_server.messages
    assert mail["To"].addresses[0].addr_spec == usuario_investigador.email
    link = re.search(r"/recuperar/\S+", mail.get_body(("plain",)).get_content())[0]

    page = stranger.get(link)
    assert page.status_code == 200
    assert page.headers["Referrer-Policy"] == "no-referrer"
    assert stranger.post(link, data={**NEW, "password": "corta"}).status_code == 422
    assert session.get("/cuenta").status_code == 200

    assert stranger.post(link, data=NEW).status_code == 303
    assert stranger.get("/cuenta").status_code == 200
    assert session.get("/cuenta").status_code == 303
    for method in ("GET", "POST"):
        assert app.test_client().open(link, method=method, data=NEW).status_code == 404
    login = {"email": usuario_investigador.email, "password": PASSWORD}
    assert app.test_client().post("/entrar", data=login).status_code == 401
    assert len(rows(Auditoria, accion="usuario.enlace_clave")) == 1
    token = link.removeprefix("/recuperar/")
    assert token not in "".join(str(vars(row)) for row in (*rows(Trabajo), *rows(Auditoria)))


def test_every_address_gets_the_same_answer_and_the_same_work(
    app, mail_server, usuario_investigador, rows
):
    answers = set()
    for email in (usuario_investigador.email, "nadie@oficina.example"):
        client = app.test_client()
        sent = client.post("/recuperar", data={"email": email})
        answers.add((sent.status_code, sent.location, client.get("/entrar").text))
    assert len({(status, location) for status, location, _ in answers}) == 1
    assert all("Si hay una cuenta activa" in text for *_, text in answers)
    assert len(rows(Trabajo, tipo="usuarios.recuperar")) == 2

    with app.app_context():
        work("test")
    assert len(mail_server.messages) == 1
    done = rows(Trabajo, tipo="usuarios.recuperar")
    assert {row.estado for row in done} == {EstadoTrabajo.HECHO}
    assert "@" not in "".join(f"{row.clave}{row.argumentos}" for row in done)


def test_asking_often_sends_one_mail_and_a_closed_account_none(
    app, mail_server, stranger, admin, usuario_investigador, rows
):
    for email in ("carla@oficina.example", "Carla@Oficina.example", " carla@oficina.example"):
        stranger.post("/recuperar", data={"email": email})
    assert len(rows(Trabajo, tipo="usuarios.recuperar")) == 1
    admin.post(f"/admin/usuarios/{usuario_investigador.id}/activo", data={"activo": "0"})

    with app.app_context():
        work("test")

    assert mail_server.messages == []


def test_without_a_mail_server_the_page_says_whom_to_ask(configure, stranger, rows, usuario_admin):
    configure(smtp_host="")

    assert "Pida al administrador" in stranger.get("/recuperar").text
    answer = stranger.post("/recuperar", data={"email": usuario_admin.email})
    assert answer.status_code == 409
    assert "esta instalación no envía correos" in answer.text
    assert rows(Trabajo, tipo="usuarios.recuperar") == []


def test_a_wrong_address_is_told_and_kept(mail_server, stranger):
    answer = stranger.post("/recuperar", data={"email": "no es un email"})

    assert answer.status_code == 422
    assert 'value="no es un email"' in answer.text


def test_the_link_ends_after_half_an_hour_and_the_key_changes_after_a_pause(app):
    token = make_recovery("3.1", "secreto", now=NOW)

    assert read_recovery(token, "secreto", now=NOW + timedelta(minutes=29)) == "3.1"
    assert read_recovery(token, "secreto", now=NOW + timedelta(minutes=31)) is None
    assert read_recovery(token, "otro", now=NOW) is None
    keys = {recovery_key("a@b.cl", "secreto", now=NOW + n * RECOVERY_PAUSE) for n in range(2)}
    assert len(keys) == 2
    assert recovery_key("A@b.cl ", "secreto", now=NOW) in keys
