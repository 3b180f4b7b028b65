"""Somebody else's program is told of a case, signed, until it says that it heard."""

from __future__ import annotations

import hashlib
import hmac
import json
from datetime import timedelta

import pytest

from app.auditoria.models import Divulgacion
from app.auditoria.rules import CanalDivulgacion
from app.core.clock import utcnow
from app.core.errors import Refused
from app.db import db, transaction
from app.eventos.models import Entrega, Webhook
from app.eventos.rules import EstadoEntrega, TipoEvento
from app.eventos.rules.webhook_signature import HEADER, make_secret
from app.eventos.service import WebhookData, create_webhook, resend, set_webhook_active
from app.jobs.models import Trabajo
from app.jobs.rules import EstadoTrabajo
from app.jobs.runner import work
from app.oficios.rules import Estado
from app.oficios.service import Move, move_oficio
from app.titulares.service import block_cases
from app.usuarios.models import Usuario
from tests.oficios.acting import act


@pytest.fixture
def hook(app, provider_server, configure, usuario_admin):
    """A webhook of the firm that hears of states, at a receiver on this machine."""
    configure(webhooks_allow_private=True)
    provider_server.answer("/aviso", 204)
    return make_hook(app, usuario_admin, f"{provider_server.url}/aviso")


def make_hook(app, admin, url, buffet=None, tipos=(TipoEvento.ESTADO,)):
    with app.app_context(), transaction():
        data = WebhookData("ERP", url, buffet.id if buffet else None, tipos)
        actor = db.session.get_one(Usuario, admin.id)
        return create_webhook(data, actor=actor, now=utcnow()).id


def move(app, oficio, actor, estado=Estado.INVESTIGACION):
    def deed(row, person):
        move_oficio(row, Move(estado, row.version), actor=person, now=utcnow())

    act(app, oficio, actor, deed)


def deliver(app, later=timedelta()):
    with app.app_context():
        return work("test", clock=lambda: utcnow() + later)


def test_a_step_is_told_with_a_signature_that_can_be_checked(
    app, hook, provider_server, oficio, usuario_investigador, rows
):
    move(app, oficio, usuario_investigador)
    deliver(app)
    (asked,) = provider_server.requests
    told = json.loads(asked.body)

    assert told["tipo"] == "oficio.estado"
    assert told["datos"] == {"de": "pendiente", "a": "investigacion"}
    assert told["oficio_id"] == oficio.id
    fields = dict(part.split("=") for part in asked.headers[HEADER].split(","))
    secret = make_secret(rows(Webhook)[0].semilla, str(app.secret_key))
    expected = hmac.new(secret.encode(), f"{fields['t']}.".encode() + asked.body, hashlib.sha256)
    assert hmac.compare_digest(fields["v1"], expected.hexdigest())
    assert abs(int(fields["t"]) - utcnow().timestamp()) < 60
    (entrega,) = rows(Entrega)
    assert (entrega.estado, entrega.respuesta_estado) == (EstadoEntrega.ENTREGADA, 204)


def test_only_what_was_subscribed_to_is_told_and_only_of_that_buffet(
    app, provider_server, configure, usuario_admin, buffet, otro_buffet, oficio, rows
):
    configure(webhooks_allow_private=True)
    make_hook(app, usuario_admin, f"{provider_server.url}/ajeno", otro_buffet)
    make_hook(app, usuario_admin, f"{provider_server.url}/cierre", buffet, (TipoEvento.CERRADO,))
    move(app, oficio, usuario_admin)
    assert rows(Entrega) == []
    move(app, oficio, usuario_admin, Estado.NO_ENCONTRADO)

    assert [item.tipo for item in rows(Entrega)] == [TipoEvento.CERRADO]


def test_a_receiver_that_fails_is_tried_again_and_then_given_up(
    app, hook, provider_server, oficio, usuario_investigador, rows
):
    provider_server.answer("/aviso", 500)
    move(app, oficio, usuario_investigador)
    for hours in range(6):
        deliver(app, timedelta(hours=hours))
    (entrega,) = rows(Entrega)

    assert len(provider_server.requests) == 6
    assert {request.body for request in provider_server.requests} == {entrega.cuerpo.encode()}
    assert (entrega.estado, entrega.intentos) == (EstadoEntrega.FALLIDA, 6)
    assert entrega.error == "El servidor respondió 500."
    assert rows(Trabajo)[-1].estado is EstadoTrabajo.FALLIDO


def test_a_failed_delivery_is_sent_again_by_a_person(
    app, hook, provider_server, oficio, usuario_admin, rows
):
    provider_server.answer("/aviso", 410)
    move(app, oficio, usuario_admin)
    deliver(app)
    (entrega,) = rows(Entrega)
    assert entrega.estado is EstadoEntrega.FALLIDA
    provider_server.answer("/aviso", 200)
    with app.app_context(), transaction():
        actor = db.session.get_one(Usuario, usuario_admin.id)
        resend(db.session.get_one(Entrega, entrega.id), actor=actor, now=utcnow())
    deliver(app)

    assert rows(Entrega)[0].estado is EstadoEntrega.ENTREGADA
    assert len(provider_server.requests) == 2


def test_what_a_webhook_was_told_is_recorded_once_whatever_it_answered(
    app, hook, provider_server, oficio, usuario_admin, rows
):
    provider_server.answer("/aviso", 500)
    move(app, oficio, usuario_admin)
    for hours in range(2):
        deliver(app, timedelta(hours=hours))

    (told,) = rows(Divulgacion, canal=CanalDivulgacion.WEBHOOK)
    assert (told.oficio_id, told.buffet_id) == (oficio.id, oficio.buffet_id)
    assert told.destinatario == "ERP (127.0.0.1)"
    assert told.que == "Evento «Cambio de estado»"


def test_nothing_more_is_told_of_a_case_that_is_blocked_meanwhile(
    app, hook, provider_server, oficio, usuario_admin, rows
):
    provider_server.answer("/aviso", 500)
    move(app, oficio, usuario_admin)
    deliver(app)
    with app.app_context(), transaction():
        actor = db.session.get_one(Usuario, usuario_admin.id)
        block_cases([oficio.id], "Lo pidió la persona.", actor=actor, now=utcnow())
    with app.app_context():
        # As when the message was under way while the case was blocked, and its try failed.
        with transaction():
            job = db.session.get_one(Trabajo, rows(Entrega)[0].trabajo_id)
            job.estado = EstadoTrabajo.PENDIENTE
        deliver(app, timedelta(hours=1))
        row = db.session.get_one(Entrega, rows(Entrega)[0].id)
        actor = db.session.get_one(Usuario, usuario_admin.id)
        with pytest.raises(Refused, match="bloqueado"):
            resend(row, actor=actor, now=utcnow())

    assert len(provider_server.requests) == 1
    assert rows(Entrega)[0].estado is EstadoEntrega.FALLIDA


def test_a_delivery_under_way_is_not_sent_again(app, hook, oficio, usuario_admin, rows):
    move(app, oficio, usuario_admin)
    with app.app_context():
        row = db.session.get_one(Entrega, rows(Entrega)[0].id)
        actor = db.session.get_one(Usuario, usuario_admin.id)
        with pytest.raises(Refused, match="en curso"):
            resend(row, actor=actor, now=utcnow())


@pytest.mark.parametrize(
    ("url", "cause"),
    [
        ("http://127.0.0.1:{port}/aviso", "red privada"),
        ("http://[::1]:{port}/aviso", "red privada"),
        ("http://localhost:{port}/aviso", "red privada"),
        ("http://no-existe.invalid/aviso", "No se encontró el servidor"),
    ],
)
def test_addresses_of_this_network_are_refused_unless_allowed(
    url, cause, app, provider_server, oficio, usuario_admin, rows
):
    make_hook(app, usuario_admin, url.format(port=provider_server.port))
    move(app, oficio, usuario_admin)
    deliver(app)

    assert provider_server.requests == []
    assert cause in rows(Entrega)[0].error


def test_where_the_installation_names_machines_only_those_are_told(
    app, hook, admin, configure, provider_server, oficio, usuario_admin, rows
):
    configure(webhook_hosts=("erp.example",))
    move(app, oficio, usuario_admin)
    deliver(app)
    form = {"nombre": "Sistema", "tipos": ["oficio.estado"], "buffet_id": ""}
    made = {
        host: admin.post("/admin/webhooks/nuevo", data={**form, "url": f"https://{host}/x"})
        for host in ("erp.example", "otro.example", "erp.example.otro.example")
    }

    assert provider_server.requests == []
    assert "WEBHOOK_HOSTS" in rows(Entrega)[0].error
    assert [answer.status_code for answer in made.values()] == [303, 422, 422]


def test_a_redirect_is_not_followed(app, hook, provider_server, oficio, usuario_admin, rows):
    provider_server.answer("/aviso", 302, headers={"Location": f"{provider_server.url}/otro"})
    move(app, oficio, usuario_admin)
    deliver(app)

    assert [request.path for request in provider_server.requests] == ["/aviso"]
    assert rows(Entrega)[0].error == "El servidor respondió 302."


def test_a_webhook_that_was_switched_off_hears_nothing_more(
    app, hook, provider_server, oficio, usuario_admin, rows
):
    move(app, oficio, usuario_admin)
    with app.app_context(), transaction():
        actor = db.session.get_one(Usuario, usuario_admin.id)
        row = db.session.get_one(Webhook, hook)
        set_webhook_active(row, activo=False, actor=actor, now=utcnow())
    deliver(app)
    move(app, oficio, usuario_admin, Estado.NO_ENCONTRADO)

    assert provider_server.requests == []
    assert [item.estado for item in rows(Entrega)] == [EstadoEntrega.FALLIDA]
