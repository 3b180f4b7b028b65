"""Links of one person of a buffet: made, mailed, opened, renewed, taken away, asked for again."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from app.auditoria.models import Auditoria
from app.buffets.models import Buffet, Enlace
from app.buffets.queries import current_token
from app.buffets.rules import LINK_JOB, make_token, read_token
from app.buffets.service import order_link_mail, set_active
from app.core.clock import utcnow
from app.db import db, transaction
from app.jobs.models import Trabajo
from app.jobs.rules import EstadoTrabajo
from app.jobs.runner import work
from tests.factories import make_link, make_personal_link

LAURA = {"etiqueta": "Laura Soto, abogada", "email": "laura@estudio.example"}


@pytest.fixture
def mail_server(configure, smtp_server):
    configure(smtp_host=smtp_server.host, smtp_port=smtp_server.port, smtp_tls=False)
    return smtp_server


def link_in(mail) -> str:
    found = re.search(r"/b/\S+", mail.get_body(("plain",)).get_content())
    assert found
    return found[0]


def send_mails(app):
    with app.app_context():
        work("test")


def test_a_person_gets_a_link_of_their_own_by_mail(
    app, mail_server, admin, stranger, buffet, oficio, rows
):
    general = f"/b/{make_link(app, buffet)}"
    url = f"/admin/buffets/{buffet.id}"

    assert admin.post(f"{url}/enlaces", data=LAURA).status_code == 303
    again = admin.post(f"{url}/enlaces", data=LAURA)
    assert again.status_code == 422
    assert "Ya hay un enlace que funciona con este correo" in again.text
    assert buffet.nombre in again.text
    send_mails(app)
    (mail,) = mail_server.messages
    assert mail["To"].addresses[0].addr_spec == LAURA["email"]
    link = link_in(mail)

    assert stranger.post(link).status_code == 303
    assert oficio.numero_oficio in stranger.get("/portal").text
    page = admin.get(url).text
    assert "la última recién" in page
    assert link not in page  # it is hers alone
    assert "Laura Soto, abogada" in stranger.get("/portal/correos").text
    # The buffet's own link is another one, and goes on.
    assert app.test_client().get(general).status_code == 200
    assert general in page
    token = link.removeprefix("/b/")
    assert token not in "".join(str(vars(row)) for row in (*rows(Trabajo), *rows(Auditoria)))


def test_renewing_and_taking_away_touch_nobody_else(
    app, mail_server, admin, stranger, buffet, rows
):
    laura = make_personal_link(app, buffet, **LAURA)
    other = make_personal_link(app, buffet)
    with app.app_context():
        secret = str(app.secret_key)
        tokens = {row.id: make_token(row.selector, secret) for row in rows(Enlace)}
    one = f"/admin/buffets/{buffet.id}/enlaces"

    assert admin.post(f"{one}/{laura}/renovar").status_code == 303
    send_mails(app)
    renewed = link_in(mail_server.messages[0])
    assert stranger.get(f"/b/{tokens[laura]}").status_code == 404
    assert stranger.get(renewed).status_code == 200
    assert admin.post(f"{one}/{laura}/renovar").status_code == 404  # it is gone

    newest = max(row.id for row in rows(Enlace, email=LAURA["email"]))
    assert admin.post(f"{one}/{newest}/enviar").status_code == 303  # it is on its way already
    assert admin.post(f"{one}/{other}/enviar").status_code == 303
    send_mails(app)
    assert [link_in(mail) for mail in mail_server.messages] == [renewed, f"/b/{tokens[other]}"]
    assert admin.post(f"{one}/{newest}/revocar").status_code == 303
    assert stranger.get(renewed).status_code == 404
    assert stranger.get(f"/b/{tokens[other]}").status_code == 200
    assert [row.detalle["enlace_id"] for row in rows(Auditoria, accion="enlace.revocado")] == [
        newest
    ]


def test_who_presses_twice_is_mailed_once_also_over_the_end_of_a_minute(app, buffet, rows):
    pk = make_personal_link(app, buffet, **LAURA)
    end = utcnow().replace(second=59, microsecond=0) + timedelta(minutes=5)

    for moment, orders in (
        (end, 1),
        (end + timedelta(seconds=3), 1),
        (end + timedelta(seconds=61), 2),
    ):
        with app.app_context(), transaction():
            order_link_mail(db.session.get_one(Enlace, pk), now=moment)
        assert len(rows(Trabajo, tipo=LINK_JOB)) == orders


def test_rotating_the_buffet_s_link_leaves_those_of_its_people(app, admin, stranger, buffet, rows):
    make_personal_link(app, buffet)
    with app.app_context():
        (row,) = rows(Enlace)
        token = make_token(row.selector, str(app.secret_key))
    old = make_link(app, buffet)

    admin.post(f"/admin/buffets/{buffet.id}/rotar")
    assert stranger.get(f"/b/{old}").status_code == 404
    assert stranger.get(f"/b/{token}").status_code == 200
    admin.post(f"/admin/buffets/{buffet.id}/revocar")
    assert stranger.get(f"/b/{token}").status_code == 404


def test_a_mail_brings_the_link_of_whom_it_goes_to_and_never_somebody_else_s(app, buffet):
    make_personal_link(app, buffet, **LAURA)
    secret = str(app.secret_key)

    def owner_of(email):
        with app.app_context():
            row = db.session.get_one(Buffet, buffet.id)
            token = current_token(row, secret, utcnow(), email)
            selector = read_token(token, secret) if token else None
            found = db.session.query(Enlace).filter_by(selector=selector).one_or_none()
            return found and found.email

    assert owner_of("Laura@estudio.example") == LAURA["email"]
    assert owner_of(buffet.email_principal) is None
    with app.app_context():
        assert current_token(db.session.get_one(Buffet, buffet.id), secret, utcnow()) is None
    make_link(app, buffet)
    assert owner_of(buffet.email_principal) is None
    with app.app_context():
        assert current_token(db.session.get_one(Buffet, buffet.id), secret, utcnow())


def test_everybody_who_asks_for_a_link_gets_the_same_answer_and_the_same_work(
    app, mail_server, buffet, rows
):
    now = utcnow()
    make_personal_link(app, buffet, **LAURA)
    gone = make_personal_link(app, buffet, email="antes@estudio.example", revocado_at=now)
    late = {"email": "tarde@estudio.example", "expira_at": now - timedelta(days=3)}
    make_personal_link(app, buffet, **late)
    asked = ("LAURA@estudio.example", "antes@estudio.example", late["email"], "nadie@x.example")
    answers = set()
    for email in asked:
        client = app.test_client()
        sent = client.post("/enlace-nuevo", data={"email": email})
        page = re.sub(r'content="[^"]*"|value="[^"]*"', "", client.get("/enlace-nuevo").text)
        answers.add((sent.status_code, sent.location, page))

    assert len({(status, location) for status, location, _ in answers}) == 1
    assert all("Si ese correo tiene un enlace" in page for *_, page in answers)
    assert len(rows(Trabajo, tipo="portal.enlace")) == len(asked)
    send_mails(app)
    told = {mail["To"].addresses[0].addr_spec: link_in(mail) for mail in mail_server.messages}
    assert set(told) == {LAURA["email"], late["email"]}
    for link in told.values():
        assert app.test_client().get(link).status_code == 200
    jobs = rows(Trabajo, tipo="portal.enlace")
    assert {job.estado for job in jobs} == {EstadoTrabajo.HECHO}
    assert "@" not in "".join(f"{job.clave}{job.argumentos}" for job in jobs)
    assert next(row for row in rows(Enlace) if row.id == gone).revocado_at is not None

    # Asked again within the hour, nothing more comes.
    app.test_client().post("/enlace-nuevo", data={"email": LAURA["email"]})
    send_mails(app)
    assert len(mail_server.messages) == 2


def test_the_buffet_s_own_address_gets_its_own_link_and_a_closed_one_gets_none(
    app, mail_server, stranger, buffet, otro_buffet
):
    token = make_link(app, buffet)
    make_link(app, otro_buffet)
    with app.app_context(), transaction():
        row = db.session.get_one(Buffet, otro_buffet.id)
        set_active(row, activo=False, actor=None, now=utcnow())

    for email in (buffet.email_principal, otro_buffet.email_principal):
        stranger.post("/enlace-nuevo", data={"email": email})
    send_mails(app)

    assert [link_in(mail) for mail in mail_server.messages] == [f"/b/{token}"]


def test_asking_is_held_back_and_a_wrong_address_is_told(
    app, mail_server, throttled, stranger, rows
):
    wrong = stranger.post("/enlace-nuevo", data={"email": "no es un correo"})
    codes = [
        stranger.post("/enlace-nuevo", data={"email": f"a{n}@x.example"}).status_code
        for n in range(6)
    ]

    assert wrong.status_code == 422
    assert "no es un correo" in wrong.text
    assert codes == [303] * 5 + [429]
    assert len(rows(Trabajo, tipo="portal.enlace")) == 5


def test_without_a_mail_server_the_page_says_whom_to_ask(configure, stranger, rows):
    configure(smtp_host="")
    assert "Pida su enlace a la oficina" in stranger.get("/enlace-nuevo").text
    answer = stranger.post("/enlace-nuevo", data={"email": LAURA["email"]})

    assert answer.status_code == 409
    assert rows(Trabajo) == []
    assert "Pedir otra vez el enlace" in stranger.get("/b/nada").text


def test_only_an_admin_makes_and_ends_links_and_of_its_buffet_alone(
    app, admin, investigador, cliente, buffet, otro_buffet, rows
):
    theirs = make_personal_link(app, otro_buffet)
    one = f"/admin/buffets/{buffet.id}/enlaces"

    for client in (investigador, cliente):
        assert client.post(one, data=LAURA).status_code == 404
    for deed in ("renovar", "enviar", "revocar"):
        assert admin.post(f"{one}/{theirs}/{deed}").status_code == 404
    assert [row.revocado_at for row in rows(Enlace)] == [None]
