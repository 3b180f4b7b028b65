"""Keys of scripts, and how often anybody may ask."""

from __future__ import annotations

import pytest
from limits import RateLimitItemPerMinute

from app.api.models import ClaveApi
from app.api.rules import Alcance, hash_key, new_key
from app.api.service import revoke_key
from app.api.v1 import throttling
from app.auditoria.models import Auditoria
from app.core.clock import utcnow
from app.db import db, transaction
from app.usuarios.models import Usuario
from tests.api.conftest import ApiClient


def test_a_key_asks_as_its_account(make_key, usuario_investigador, rows):
    _, ask = make_key(usuario_investigador)

    assert ask("GET", "/auth/me").get_json()["email"] == usuario_investigador.email
    assert ask("GET", "/buffets").status_code == 403
    assert rows(ClaveApi)[0].ultimo_uso_at is not None


def test_a_key_is_stored_as_a_hash_with_only_its_beginning(make_key, usuario_admin, rows):
    _, ask = make_key(usuario_admin)
    key = ask.headers["Authorization"].removeprefix("Bearer ")
    row = rows(ClaveApi)[0]

    assert row.huella == hash_key(key)
    assert key.startswith(row.prefijo)
    assert len(row.prefijo) < 15
    assert [entry.accion for entry in rows(Auditoria)] == ["clave_api.creada"]


def test_a_key_that_reads_writes_nothing(make_key, usuario_admin, oficio):
    _, ask = make_key(usuario_admin, Alcance.LECTURA)
    refused = ask("PATCH", f"/oficios/{oficio.id}", {"color": "Rojo"})

    assert ask("GET", f"/oficios/{oficio.id}").status_code == 200
    assert refused.status_code == 403
    assert "solo puede leer" in refused.get_json()["detail"]


def test_a_revoked_key_opens_nothing_and_a_password_change_leaves_keys_alone(
    app, make_key, usuario_admin
):
    pk, ask = make_key(usuario_admin)
    with app.app_context(), transaction():
        db.session.get_one(Usuario, usuario_admin.id).session_version += 1
    assert ask("GET", "/auth/me").status_code == 200
    with app.app_context(), transaction():
        actor = db.session.get_one(Usuario, usuario_admin.id)
        for _ in range(2):
            revoke_key(db.session.get_one(ClaveApi, pk), actor=actor, now=utcnow())

    assert ask("GET", "/auth/me").status_code == 401


@pytest.mark.parametrize("what", ["cuenta", "buffet"])
def test_a_key_ends_with_its_account(what, app, make_key, usuario_cliente):
    _, ask = make_key(usuario_cliente)
    assert ask("GET", "/auth/me").status_code == 200
    with app.app_context(), transaction():
        row = db.session.get_one(Usuario, usuario_cliente.id)
        (row if what == "cuenta" else row.buffet).activo = False

    assert ask("GET", "/auth/me").status_code == 401


def test_a_key_that_is_made_up_opens_nothing(app):
    assert ApiClient(app, new_key())("GET", "/auth/me").status_code == 401


def test_who_asks_too_often_is_told_when_to_come_back(
    throttled, monkeypatch, investigador_api, admin_api
):
    monkeypatch.setattr(throttling, "PER_ACCOUNT", RateLimitItemPerMinute(3))
    codes = [investigador_api("GET", "/auth/me").status_code for _ in range(4)]
    refused = investigador_api("GET", "/auth/me")

    assert codes == [200, 200, 200, 429]
    assert 1 <= int(refused.headers["Retry-After"]) <= 60
    assert "Demasiadas solicitudes" in refused.get_json()["detail"]
    assert admin_api("GET", "/auth/me").status_code == 200


def test_one_address_is_held_back_whoever_asks(throttled, monkeypatch, investigador_api, nobody):
    monkeypatch.setattr(throttling, "PER_ADDRESS", RateLimitItemPerMinute(3))
    codes = [nobody("GET", "/auth/me").status_code for _ in range(3)]

    assert codes == [401] * 3
    assert investigador_api("GET", "/auth/me").status_code == 429


def test_guessing_links_is_slowed_down(throttled, monkeypatch, nobody):
    monkeypatch.setattr(throttling, "PER_STRANGER", RateLimitItemPerMinute(2))
    codes = [nobody("GET", f"/publico/tablero/adivina-{n}").status_code for n in range(3)]

    assert codes == [404, 404, 429]


def test_a_key_of_an_admin_changes_no_rights(
    make_key, usuario_admin, usuario_investigador, rows, admin_api
):
    _, ask = make_key(usuario_admin)
    path = f"/usuarios/{usuario_investigador.id}"
    new_admin = {
        "email": "otra@oficina.example",
        "nombre": "Otra",
        "password": "una clave larga",
        "rol": "admin",
    }
    before = [vars(row) for row in rows(Usuario)]
    refused = [
        ask("PATCH", path, {"activo": False}),
        ask("PATCH", path, {"password": "otra clave larga"}),
        ask("PATCH", path, {"email": "mio@malo.example"}),
        ask("PATCH", f"{path}/cambiar-rol", {"rol": "admin"}),
        ask("DELETE", path),
        ask("POST", "/usuarios", new_admin),
    ]

    assert {answer.status_code for answer in refused} == {403}
    assert all("Con una clave no se cambia" in answer.text for answer in refused)
    after = [vars(row) for row in rows(Usuario)]
    assert [_columns(row) for row in after] == [_columns(row) for row in before]
    assert ask("PATCH", path, {"nombre": "Carla M."}).status_code == 200
    assert admin_api("PATCH", f"{path}/cambiar-rol", {"rol": "admin"}).status_code == 200


def _columns(row):
    return {name: value for name, value in row.items() if not name.startswith("_")}
