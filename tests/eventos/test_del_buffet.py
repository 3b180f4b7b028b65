"""What a buffet's programs hear: steps and milestones, live and by webhook, by one rule."""

from __future__ import annotations

import json

import pytest

from app.api.v1.tokens import make_token
from app.core.clock import utcnow
from app.db import db, transaction
from app.eventos.models import Entrega, Webhook
from app.eventos.permissions import message_for_buffet
from app.eventos.rules import WEBHOOK_KINDS, EstadoEntrega, TipoEvento
from app.eventos.service import WebhookData, create_webhook, resend, update_webhook
from app.eventos.service.emitting import emit
from app.jobs.runner import work
from app.oficios.rules import Actividad, Estado
from app.oficios.service import Move, move_oficio, record
from app.usuarios.models import Usuario
from tests.oficios.acting import act

#: The id of a notice, as no moment or other id is written.
NOTICE = 1_987_654_321


def message(kind, **datos):
    return {
        "id": 1,
        "tipo": kind.value,
        "oficio_id": 2,
        "buffet_id": 3,
        "datos": datos,
        "created_at": "2026-11-28T12:00:00+00:00",
    }


@pytest.mark.parametrize(
    ("tipo", "datos", "told"),
    [
        (TipoEvento.CREADO, {}, {}),
        (TipoEvento.ESTADO, {"de": "pendiente", "a": "investigacion"}, {"de", "a"}),
        (TipoEvento.UBICADO, {"de": "investigacion", "a": "notificacion"}, {"de", "a"}),
        (TipoEvento.UBICADO, {"de": "investigacion", "lat": -33.4}, {"de"}),
        (TipoEvento.CERRADO, {"de": "notificacion", "a": "finalizado_encontrado"}, {"de", "a"}),
        (TipoEvento.NOTIFICADO, {"notificacion_id": 7, "repetido": False}, {}),
        (TipoEvento.NOTIFICADO, {"notificacion_id": 7, "repetido": True}, None),
        (TipoEvento.RESPONDIDO, {"notificacion_id": 7, "respuesta": "diligenciado"}, {"respuesta"}),
        (TipoEvento.RESPONDIDO, {"notificacion_id": 7, "respuesta": "no_encontrado"}, None),
        (TipoEvento.RESPONDIDO, {"notificacion_id": 7, "respuesta": "en_camino"}, None),
        (TipoEvento.CAMBIADO, {"version": 4}, None),
        (TipoEvento.ACTIVIDAD, {"tipo": "nota", "entrada_id": 9}, None),
    ],
)
def test_the_rule_of_each_event(tipo, datos, told):
    heard = message_for_buffet(message(tipo, **datos), 3)

    assert (None if heard is None else set(heard["datos"])) == (None if told is None else set(told))
    if heard is not None:  # what was cut once is told the same when it is cut again
        assert message_for_buffet(heard, 3) == heard


def test_every_kind_is_decided_and_another_buffet_hears_nothing():
    for tipo in TipoEvento:
        assert message_for_buffet(message(tipo), 4) is None
    assert message_for_buffet({"tipo": "oficio.futuro", "buffet_id": 3, "datos": {}}, 3) is None
    assert {kind for kind in WEBHOOK_KINDS if message_for_buffet(message(kind), 3) is None} == {
        TipoEvento.RESPONDIDO  # without an answer it is no milestone
    }


@pytest.fixture
def hook(app, provider_server, configure, usuario_admin, buffet):
    """A webhook of the buffet that asked for everything it may ask for."""
    configure(webhooks_allow_private=True)
    provider_server.answer("/erp", 204)
    return make_hook(app, usuario_admin, f"{provider_server.url}/erp", buffet)


def make_hook(app, admin, url, buffet):
    with app.app_context(), transaction():
        data = WebhookData("ERP", url, buffet.id if buffet else None, WEBHOOK_KINDS)
        actor = db.session.get_one(Usuario, admin.id)
        return create_webhook(data, actor=actor, now=utcnow()).id


def emit_all(app, oficio, actor):
    """A step, a note, and answers with everything that an event may carry."""

    def deed(row, person):
        record(row, Actividad.NOTA, "nota reservada", actor=person, now=utcnow())
        move_oficio(row, Move(Estado.INVESTIGACION, row.version), actor=person, now=utcnow())
        for tipo, datos in (
            (TipoEvento.NOTIFICADO, {"notificacion_id": NOTICE, "repetido": False}),
            (TipoEvento.RESPONDIDO, {"notificacion_id": NOTICE, "respuesta": "en_camino"}),
            (TipoEvento.RESPONDIDO, {"notificacion_id": NOTICE, "respuesta": "diligenciado"}),
        ):
            emit(tipo, oficio_id=row.id, buffet_id=row.buffet_id, now=utcnow(), **datos)

    act(app, oficio, actor, deed)


def test_a_webhook_of_a_buffet_is_told_milestones(
    app, hook, provider_server, oficio, usuario_investigador, rows
):
    emit_all(app, oficio, usuario_investigador)
    with app.app_context():
        work("test")
    told = [json.loads(request.body) for request in provider_server.requests]

    assert sorted((item["tipo"], json.dumps(item["datos"])) for item in told) == [
        ("oficio.estado", '{"a": "investigacion", "de": "pendiente"}'),
        ("oficio.notificado", "{}"),
        ("receptor.respondio", '{"respuesta": "diligenciado"}'),
    ]
    assert str(NOTICE) not in "".join(row.cuerpo.partition('"datos"')[2] for row in rows(Entrega))


def test_a_delivery_of_the_firm_is_cut_down_when_its_webhook_became_a_buffets(
    app, provider_server, configure, usuario_admin, buffet, otro_buffet, oficio, rows
):
    configure(webhooks_allow_private=True)
    provider_server.answer("/erp", 204)
    url = f"{provider_server.url}/erp"
    hook_id = make_hook(app, usuario_admin, url, None)
    emit_all(app, oficio, usuario_admin)
    with app.app_context():
        work("test")
    stored = [row for row in rows(Entrega) if row.tipo is TipoEvento.NOTIFICADO]
    assert str(NOTICE) in stored[0].cuerpo
    provider_server.requests.clear()

    for owner in (buffet, otro_buffet):
        with app.app_context(), transaction():
            actor = db.session.get_one(Usuario, usuario_admin.id)
            data = WebhookData("ERP", url, owner.id, WEBHOOK_KINDS)
            row = db.session.get_one(Webhook, hook_id)
            update_webhook(row, data, actor=actor, now=utcnow())
            resend(db.session.get_one(Entrega, stored[0].id), actor=actor, now=utcnow())
        with app.app_context():
            work("test")

    (sent,) = provider_server.requests  # the other buffet's program was told nothing
    assert json.loads(sent.body)["datos"] == {}
    last = next(row for row in rows(Entrega) if row.id == stored[0].id)
    assert last.estado is EstadoEntrega.FALLIDA
    assert "no es de los que se cuentan" in last.error


def test_the_live_events_of_a_cliente_are_its_milestones(
    app, oficio, usuario_investigador, usuario_cliente, usuario_admin, rows
):
    emit_all(app, oficio, usuario_investigador)
    app.config["EVENTS_SECONDS"] = 0
    texts = {}
    for usuario in (usuario_cliente, usuario_admin):
        token = make_token(usuario, str(app.secret_key), now=utcnow(), minutes=5)
        headers = {"Authorization": f"Bearer {token}"}
        answer = app.test_client(use_cookies=False).get("/api/v1/eventos?desde=0", headers=headers)
        texts[usuario.rol.value] = answer.text
        answer.close()
    app.config.pop("EVENTS_SECONDS")

    kinds = [line for line in texts["cliente"].splitlines() if line.startswith("event:")]
    assert kinds == [
        "event: oficio.creado",
        "event: oficio.estado",
        "event: oficio.notificado",
        "event: receptor.respondio",
    ]
    assert str(NOTICE) not in texts["cliente"]
    assert texts["admin"].count("event:") > len(kinds) + 2
