"""The link of a notice or of a firm's dashboard is handed over by WhatsApp: recorded, and no more
than the link and a number."""

from __future__ import annotations

import html
import logging
import re
from urllib.parse import parse_qs, urlsplit

import pytest

from app.auditoria.models import Auditoria, Divulgacion
from app.auditoria.rules import CanalDivulgacion
from app.core.phone_numbers import dialable, whatsapp_link
from app.db import db, transaction
from app.notificaciones.models import Notificacion
from app.oficios.models import Investigacion
from app.oficios.service import PropietarioData
from tests.factories import make_oficio, make_personal_link
from tests.notificaciones.rows import link_of, make_receptor, make_sent_notice


@pytest.fixture
def caso(app, buffet, usuario_investigador):
    return make_oficio(
        app,
        buffet,
        usuario_investigador,
        patente="BBCL12",
        propietario=PropietarioData(nombre="Rosa Soto", rut="12345678-5"),
    )


@pytest.fixture
def notice_id(app, caso, usuario_admin, usuario_investigador):
    receptor = make_receptor(app, usuario_admin, telefono="9 5550 1234")
    pk = make_sent_notice(app, caso, usuario_investigador)
    with app.app_context(), transaction():
        db.session.get_one(Notificacion, pk).receptor_id = receptor.id
    return pk


def chat_of(page: str) -> tuple[str, str]:
    """The number that a page's button writes to, and the text that it writes."""
    found = re.search(r'href="(https://wa\.me/[^"]*)"', page)
    assert found
    address = urlsplit(html.unescape(found[1]))
    return address.path.removeprefix("/"), parse_qs(address.query)["text"][0]


def test_a_number_is_written_as_it_is_dialled_and_the_text_for_an_address():
    assert dialable("9 5550 1234") == "+56955501234"
    assert dialable("anexo 12") is None
    assert whatsapp_link("a & b", "+56955501234") == "https://wa.me/56955501234?text=a%20%26%20b"
    assert whatsapp_link("a") == "https://wa.me/?text=a"


def test_a_receptor_gets_the_link_and_the_number_of_the_case_alone(
    app, investigador, usuario_investigador, caso, notice_id, stranger, rows, caplog
):
    caplog.set_level(logging.DEBUG)
    path = f"/oficios/{caso.id}/notificaciones/{notice_id}"
    assert "Enviar por WhatsApp" in investigador.get(path).text

    answer = investigador.post(f"{path}/whatsapp")

    number, text = chat_of(answer.text)
    link = link_of(app, notice_id)
    assert number == "56955501234"
    assert 'href="tel:+56955501234"' in answer.text
    assert caso.numero_oficio in text
    assert text.endswith(f"http://localhost{link}")
    for secret in ("BBCL12", "BB·CL·12", "Rosa", "Soto", "12345678", "12.345.678"):
        assert secret not in text
    assert stranger.get(link).status_code == 200
    (left,) = rows(Divulgacion, canal=CanalDivulgacion.RECEPTOR, oficio_id=caso.id, clave=None)
    assert left.usuario_id == usuario_investigador.id
    (told,) = rows(Auditoria, accion="enlace.compartido")
    assert (told.entidad_id, told.oficio_id) == (notice_id, caso.id)
    assert any("WhatsApp" in one.descripcion for one in rows(Investigacion, oficio_id=caso.id))
    token = link.rpartition("/")[2]
    assert token not in caplog.text
    assert answer.headers["Cache-Control"] == "no-store"


def test_a_link_that_was_ended_opens_nothing_and_is_not_handed_over(
    app, investigador, caso, notice_id, stranger, rows
):
    path = f"/oficios/{caso.id}/notificaciones/{notice_id}"

    investigador.post(f"{path}/enlace/anular")

    assert stranger.get(link_of(app, notice_id)).status_code == 404
    assert [one.entidad_id for one in rows(Auditoria, accion="enlace.anulado")] == [notice_id]
    page = investigador.get(path).text
    assert "Enviar por WhatsApp" not in page
    refused = investigador.post(f"{path}/whatsapp")
    assert refused.status_code == 409
    assert "wa.me" not in refused.text
    assert rows(Auditoria, accion="enlace.compartido") == []


def test_the_link_of_a_notice_is_not_for_strangers_nor_for_another_case(
    app, buffet, usuario_admin, cliente, stranger, investigador, caso, notice_id, rows
):
    other = make_oficio(app, buffet, usuario_admin)
    for deed in ("whatsapp", "enlace/anular"):
        path = f"/oficios/{caso.id}/notificaciones/{notice_id}/{deed}"
        assert cliente.post(path).status_code == 404
        assert stranger.post(path).status_code in {302, 303, 401}
        crossed = f"/oficios/{other.id}/notificaciones/{notice_id}/{deed}"
        assert investigador.post(crossed).status_code == 404
    assert rows(Auditoria, accion="enlace.compartido") == []


def test_a_firm_gets_its_own_link_and_a_person_of_it_theirs(
    app, admin, investigador, buffet, otro_buffet, stranger, rows
):
    own = re.search(
        r'action="(/admin/buffets/\d+/enlaces/\d+/whatsapp)"',
        admin.post(f"/admin/buffets/{buffet.id}/rotar", follow_redirects=True).text,
    )[1]
    personal_id = make_personal_link(app, buffet)
    personal = f"/admin/buffets/{buffet.id}/enlaces/{personal_id}/whatsapp"

    for path in (own, personal):
        page = admin.post(path).text
        _number, text = chat_of(page)
        link = text.rpartition("http://localhost")[2]
        assert stranger.get(link).status_code == 200
        assert investigador.post(path).status_code == 404
    crossed = f"/admin/buffets/{otro_buffet.id}/enlaces/{personal_id}/whatsapp"
    assert admin.post(crossed).status_code == 404
    left = rows(Divulgacion, canal=CanalDivulgacion.PORTAL, clave=None)
    assert [one.buffet_id for one in left] == [buffet.id, buffet.id]
    assert len(rows(Auditoria, accion="enlace.compartido")) == 2

    admin.post(f"/admin/buffets/{buffet.id}/enlaces/{personal_id}/revocar")
    assert admin.post(personal).status_code == 409
