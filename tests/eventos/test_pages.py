"""The admin's pages of keys and webhooks."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from app.api.models import ClaveApi
from app.api.rules import Alcance, hash_key
from app.eventos.models import Entrega, Evento, Webhook
from app.eventos.rules import EstadoEntrega
from tests.eventos.rows import make_outside

HOOK = {
    "nombre": "ERP",
    "url": "https://erp.example/rastro",
    "buffet_id": "",
    "tipos": ["oficio.cerrado"],
}


def test_a_key_is_shown_once_and_opens_the_api(app, admin, usuario_investigador, rows):
    form = {
        "nombre": "Sincronización",
        "usuario_id": usuario_investigador.id,
        "alcances": ["lectura"],
        "dias": "30",
    }
    page = admin.post("/admin/claves-api", data=form)
    key = re.search(r"rastro_[\w-]{40,}", page.text)[0]
    headers = {"Authorization": f"Bearer {key}"}

    assert app.test_client().get("/api/v1/auth/me", headers=headers).status_code == 200
    (row,) = rows(ClaveApi)
    assert (row.huella, row.scopes) == (hash_key(key), (Alcance.LECTURA,))
    assert row.vence_at - row.created_at == timedelta(days=30)
    assert key not in admin.get("/admin/claves-api").text


def test_a_key_is_revoked_from_its_row(app, admin, usuario_admin, rows):
    pk = make_outside(app, usuario_admin)["clave_id"]
    assert admin.post(f"/admin/claves-api/{pk}/revocar").status_code == 303
    assert "Revocada" in admin.get("/admin/claves-api").text
    assert rows(ClaveApi)[0].revocada_at is not None


@pytest.mark.parametrize(
    "change",
    [
        {"nombre": ""},
        {"usuario_id": 999},
        {"alcances": "todo"},
        {"alcances": "datos_personales"},
        {"dias": "0"},
    ],
)
def test_a_key_that_says_too_little_is_not_made(change, admin, usuario_admin, rows):
    form = {
        "nombre": "X",
        "usuario_id": usuario_admin.id,
        "alcances": "lectura",
        "dias": 9,
        **change,
    }

    assert admin.post("/admin/claves-api", data=form).status_code == 422
    assert rows(ClaveApi) == []


def test_a_webhook_is_made_changed_and_switched_off(admin, buffet, rows):
    made = admin.post("/admin/webhooks/nuevo", data=HOOK)
    path = made.headers["Location"]
    assert "whsec_" in admin.get(path).text
    changed = {**HOOK, "buffet_id": buffet.id, "tipos": ["oficio.estado", "oficio.ubicado"]}
    assert admin.post(path, data=changed).status_code == 303
    (hook,) = rows(Webhook)
    assert (hook.buffet_id, hook.tipos) == (buffet.id, ["oficio.estado", "oficio.ubicado"])
    admin.post(f"{path}/activo", data={"activo": "0"})

    assert rows(Webhook)[0].activo is False
    assert "Desactivado" in admin.get("/admin/webhooks").text


@pytest.mark.parametrize(
    "change",
    [
        {"url": "erp.example"},
        {"url": "ftp://erp.example"},
        {"url": "http://erp.example/aviso"},
        {"url": "https://"},
        {"url": "https://clave:secreta@erp.example"},
        {"url": "https://erp.example:99999"},
        {"url": "https://[::1"},
        {"tipos": []},
        {"tipos": ["oficio.creado"]},
        {"nombre": ""},
        {"buffet_id": "999"},
    ],
)
def test_a_webhook_that_cannot_be_told_is_not_made(change, admin, rows):
    page = admin.post("/admin/webhooks/nuevo", data={**HOOK, **change})

    assert page.status_code == 422
    assert rows(Webhook) == []


def test_a_wrong_change_keeps_what_was_typed(app, admin, usuario_admin, rows):
    pk = make_outside(app, usuario_admin)["webhook_id"]
    page = admin.post(f"/admin/webhooks/{pk}", data={**HOOK, "url": "sin esquema"})

    assert page.status_code == 422
    assert "sin esquema" in page.text
    assert rows(Webhook)[0].url == "https://aviso.example"


def test_a_failed_delivery_is_in_the_log_and_is_sent_again(app, admin, usuario_admin, oficio, rows):
    ids = make_outside(app, usuario_admin, rows(Evento)[0].id)
    page = admin.get(f"/admin/webhooks/{ids['webhook_id']}")
    assert "El servidor respondió 500." in page.text
    again = f"/admin/webhooks/entregas/{ids['entrega_id']}/reenviar"
    assert admin.post(again).status_code == 303
    assert rows(Entrega)[0].estado is EstadoEntrega.PENDIENTE
    page = admin.post(again, follow_redirects=True)
    assert "no hace falta reenviarla" in page.text
