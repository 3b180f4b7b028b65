"""Links that open nothing: one page in plain words, for people who have no account."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from app.ajustes.rules import OFFICE_EMAIL, OFFICE_NAME, OFFICE_PHONE
from app.ajustes.service import set_setting
from app.buffets.models import Buffet
from app.buffets.rules import make_leave_token
from app.buffets.service import revoke_enlaces, set_active
from app.core.clock import utcnow
from app.db import db, transaction
from app.usuarios.rules import make_invite, make_recovery
from tests.factories import make_link
from tests.informes.expedientes import close_case
from tests.notificaciones.rows import link_of, make_sent_notice
from tests.plugins.application import HTMX

TITLE = "Este enlace ya no está disponible"


@pytest.fixture
def contact(app):
    with app.app_context(), transaction():
        set_setting(OFFICE_NAME.clave, "Investigaciones del Sur")
        set_setting(OFFICE_PHONE.clave, "+56912345678")
        set_setting(OFFICE_EMAIL.clave, "contacto@oficina.example")


def dead_links(app, buffet, otro_buffet, oficio, usuario):
    """One of each cause, for each kind of link."""
    secret, now = str(app.secret_key), utcnow()
    rotated, current = make_link(app, buffet), make_link(app, buffet)
    expired = make_link(app, otro_buffet, now=now - timedelta(days=400))
    receptor = link_of(app, make_sent_notice(app, oficio, usuario))
    invite = make_invite(usuario.get_id(), secret, now=now)
    late = make_invite(usuario.get_id(), secret, now=now - timedelta(days=30))
    recovery = make_recovery(usuario.get_id(), secret, now=now)
    forgotten = make_recovery(usuario.get_id(), secret, now=now - timedelta(minutes=31))
    leave = make_leave_token(buffet.id, 1, secret, now)
    return {
        "portal": [f"/b/{token}" for token in (rotated, expired, f"{current}x", "nada", leave)],
        "receptor": [f"{receptor}0", "/r/nada", f"/r/{current}", f"/r/{leave}"],
        "baja": [f"/baja/{leave}0", "/baja/nada", f"/baja/{current}", f"/baja/{rotated}"],
        "invitacion": [f"/invitacion/{token}" for token in (late, f"{invite}0", "nada", recovery)],
        "recuperar": [
            f"/recuperar/{token}" for token in (forgotten, f"{recovery}0", "nada", invite)
        ],
    }


@pytest.mark.parametrize("method", ["GET", "POST", "HEAD"])
def test_every_cause_is_answered_with_the_same_letters(
    method, app, stranger, contact, buffet, otro_buffet, oficio, usuario_investigador
):
    answers = {
        (answer.status_code, answer.data, tuple(sorted(answer.headers.items())))
        for links in dead_links(app, buffet, otro_buffet, oficio, usuario_investigador).values()
        for link in links
        for answer in [stranger.open(link, method=method)]
    }

    assert len(answers) == 1
    ((status, body, headers),) = answers
    assert status == 404
    if method != "HEAD":
        assert TITLE in body.decode()
    kept = dict(headers)
    assert kept["Cache-Control"] == "no-store"
    assert kept["Referrer-Policy"] == "no-referrer"
    assert "Set-Cookie" not in kept


def test_the_page_says_whom_to_ask_and_offers_no_sign_in(stranger, contact):
    text = stranger.get("/b/nada").text

    assert "Pida uno nuevo a Investigaciones del Sur" in text
    assert "tel:+56912345678" in text
    assert "mailto:contacto@oficina.example" in text
    links = re.findall(r"<a [^>]*href=\"([^\"]+)\"", text)
    assert links == ["/enlace-nuevo", "tel:+56912345678", "mailto:contacto@oficina.example"]
    assert "entrar" not in text.casefold()


def test_without_a_name_and_contacts_it_promises_none(stranger):
    text = stranger.get("/r/nada").text

    assert "Pida uno nuevo a la oficina que se lo envió" in text
    assert re.findall(r"<a [^>]*href=\"([^\"]+)\"", text) == ["/enlace-nuevo"]


@pytest.fixture(params=["rotate", "revoke", "close"])
def ended(request, app, stranger, buffet):
    """A browser whose link ended while its page was open."""
    stranger.post(f"/b/{make_link(app, buffet)}")
    assert stranger.get("/portal").status_code == 200
    if request.param == "rotate":
        make_link(app, buffet)
    else:
        with app.app_context(), transaction():
            row = db.session.get_one(Buffet, buffet.id)
            if request.param == "revoke":
                revoke_enlaces(row, actor=None, now=utcnow())
            else:
                set_active(row, activo=False, actor=None, now=utcnow())
    return stranger


def test_a_link_that_ends_while_its_page_is_open_says_so_again_and_again(ended, oficio):
    for path in ("/portal", f"/portal/oficios/{oficio.id}", "/portal/correos", "/portal"):
        answer = ended.get(path)
        assert (answer.status_code, TITLE in answer.text) == (404, True), path
    assert ended.post("/portal/correos", data={"modo_hitos": "semanal"}).status_code == 404
    assert ended.get("/").headers["Location"] == "/portal"


def test_a_page_that_polls_is_loaded_again_as_a_whole(app, ended, oficio):
    close_case(app, oficio)
    answer = ended.get(f"/portal/oficios/{oficio.id}/expediente", headers=HTMX)

    assert (answer.status_code, answer.headers["HX-Refresh"]) == (404, "true")
    assert answer.text == ""
    assert "HX-Redirect" not in answer.headers


def test_a_new_link_opens_after_one_that_ended(app, ended, buffet):
    with app.app_context(), transaction():
        set_active(db.session.get_one(Buffet, buffet.id), activo=True, actor=None, now=utcnow())
    ended.post(f"/b/{make_link(app, buffet)}")

    assert ended.get("/portal").status_code == 200


def test_a_cliente_with_an_account_goes_on_after_its_link_ended(app, cliente, buffet):
    cliente.post(f"/b/{make_link(app, buffet)}")
    make_link(app, buffet)

    assert cliente.get("/portal").status_code == 200


def test_who_never_had_a_link_signs_in_and_is_told_of_links(stranger):
    target = stranger.get("/portal").headers["Location"]

    assert target.startswith("/entrar")
    assert "No necesita cuenta" in stranger.get(target).text
    assert "No necesita cuenta" not in stranger.get("/entrar").text


def test_a_code_of_no_expediente_says_whom_to_ask(stranger, contact):
    text = stranger.get("/verificar/7KQM-2R9P-XD3T").text

    assert "pregunte a la oficina" in text
    assert "tel:+56912345678" in text


def test_an_admin_writes_down_how_to_reach_the_office(admin, stranger, rows):
    page = admin.get("/admin/ajustes").text
    values = dict(re.findall(r'name="(\w+)"[^>]*?value="([^"]*)"', page))
    values.pop("csrf_token", None)
    wrong = admin.post("/admin/ajustes", data={**values, "oficina_telefono": "12"})
    good = {"oficina_telefono": "9 1234 5678", "oficina_correo": "Contacto@OFICINA.example"}
    stored = admin.post("/admin/ajustes", data={**values, **good})

    assert wrong.status_code == 422
    assert stored.status_code == 303
    text = stranger.get("/b/nada").text
    assert "tel:+56912345678" in text
    assert "mailto:Contacto@oficina.example" in text
