"""Keys of scripts, and how often anybody may ask."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from limits import RateLimitItemPerMinute

from app.api.jobs import warn_of_keys
from app.api.models import ClaveApi
from app.api.rules import Alcance, granted, hash_key, mask_address, needed_for, new_key
from app.api.service import renew_key, revoke_key
from app.api.v1 import throttling
from app.auditoria.models import Auditoria, Divulgacion, DivulgacionCaso
from app.avisos.models import Aviso
from app.buffets.service import set_active as set_buffet_active
from app.core.clock import utcnow
from app.core.errors import Refused
from app.db import db, transaction
from app.jobs.queue import enqueue
from app.jobs.runner import work
from app.notificaciones.models import Notificacion
from app.usuarios.models import Usuario
from app.usuarios.rules import Rol
from app.usuarios.service import UsuarioData, set_active, update_usuario
from tests.api.conftest import ApiClient
from tests.factories import make_oficio


def test_a_key_asks_as_its_account(make_key, usuario_investigador, rows):
    _, ask = make_key(usuario_investigador)

    assert ask("GET", "/auth/me").get_json()["email"] == usuario_investigador.email
    assert ask("GET", "/buffets").status_code == 403
    assert rows(ClaveApi)[0].ultimo_uso_at is not None
    assert rows(ClaveApi)[0].ultimo_uso_desde == "127.0.•.•"


def test_a_key_is_stored_as_a_hash_with_only_its_beginning(make_key, usuario_admin, rows):
    _, ask = make_key(usuario_admin)
    key = ask.headers["Authorization"].removeprefix("Bearer ")
    row = rows(ClaveApi)[0]

    assert row.huella == hash_key(key)
    assert key.startswith(row.prefijo)
    assert len(row.prefijo) < 15
    assert [entry.accion for entry in rows(Auditoria)] == ["clave_api.creada"]


def test_every_route_asks_for_the_scope_of_its_method(
    app, make_key, usuario_admin, buffet, api_of, token_of
):
    """One table of all routes: what lacks the scope is refused before anything is looked up."""
    doing = {
        Alcance.LECTURA: make_key(usuario_admin, Alcance.LECTURA)[1],
        Alcance.ESCRITURA: make_key(usuario_admin, Alcance.ESCRITURA)[1],
    }
    tokens = {
        alcance: ApiClient(app, token_of(usuario_admin, scopes=(alcance.value,)))
        for alcance in doing
    }
    adapter, wrong, asked = app.url_map.bind("localhost"), {}, 0
    for rule in app.url_map.iter_rules():
        view = app.view_functions[rule.endpoint]
        if not rule.endpoint.startswith("api.") or getattr(view, "__roles__", None) is None:
            continue
        # Nothing is there under these arguments, so that no answer depends on what others did.
        url = adapter.build(rule.endpoint, dict.fromkeys(rule.arguments, 2**31 - 1) | _uuids(rule))
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            needed = needed_for(method)
            for askers in (doing, tokens):
                for alcance, ask in askers.items():
                    answer = ask(method, url.removeprefix("/api/v1"))
                    refused = answer.status_code == 403 and "puede leer" in answer.text
                    answer.close()
                    asked += 1
                    if refused is not (alcance is not needed):
                        wrong[f"{method} {url} {alcance}"] = answer.status_code

    assert wrong == {}
    assert asked > 200


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
def test_a_key_does_not_come_back_with_its_account(
    what, app, make_key, usuario_cliente, usuario_admin, rows
):
    _, ask = make_key(usuario_cliente)
    with app.app_context():
        for activo in (False, True):
            with transaction():
                row = db.session.get_one(Usuario, usuario_cliente.id)
                actor = db.session.get_one(Usuario, usuario_admin.id)
                if what == "cuenta":
                    set_active(row, activo=activo, actor=actor, now=utcnow())
                else:
                    set_buffet_active(row.buffet, activo=activo, actor=actor, now=utcnow())

    assert ask("GET", "/auth/me").status_code == 401
    assert rows(ClaveApi)[0].revocada_at is not None
    assert "clave_api.revocada" in [entry.accion for entry in rows(Auditoria)]


def test_a_key_ends_when_its_account_may_do_something_else(
    app, make_key, usuario_investigador, usuario_admin, rows
):
    """Also when it may do more: what the key may was decided before. It does not come back."""
    pk, ask = make_key(usuario_investigador)
    for rol, status in ((Rol.INVESTIGADOR, 200), (Rol.ADMIN, 401), (Rol.INVESTIGADOR, 401)):
        with app.app_context(), transaction():
            row = db.session.get_one(Usuario, usuario_investigador.id)
            data = UsuarioData(row.email, f"{row.nombre} {rol.value}", rol)
            actor = db.session.get_one(Usuario, usuario_admin.id)
            update_usuario(row, data, actor=actor, now=utcnow())
        assert ask("GET", "/auth/me").status_code == status

    assert rows(ClaveApi, id=pk)[0].revocada_at is not None
    assert len(rows(Auditoria, accion="clave_api.revocada")) == 1


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


def test_a_key_of_an_admin_changes_no_rights(
    make_key, usuario_admin, usuario_investigador, rows, admin_api
):
    _, ask = make_key(usuario_admin)
    path = f"/usuarios/{usuario_investigador.id}"
    new_person = {"email": "otra@oficina.example", "nombre": "Otra", "rol": "investigador"}
    before = [vars(row) for row in rows(Usuario)]
    refused = [
        ask("PATCH", path, {"activo": False}),
        ask("POST", f"{path}/invitar"),
        ask("PATCH", path, {"email": "mio@malo.example"}),
        ask("PATCH", f"{path}/cambiar-rol", {"rol": "admin"}),
        ask("DELETE", path),
        ask("POST", "/usuarios", new_person),
    ]

    assert {answer.status_code for answer in refused} == {403}
    assert all("Con una clave no se cambia" in answer.text for answer in refused)
    after = [vars(row) for row in rows(Usuario)]
    assert [_columns(row) for row in after] == [_columns(row) for row in before]
    assert ask("PATCH", path, {"nombre": "Carla M."}).status_code == 200
    assert admin_api("PATCH", f"{path}/cambiar-rol", {"rol": "admin"}).status_code == 200


def test_a_key_ends_on_its_day_and_says_so(app, make_key, usuario_admin, rows):
    pk, ask = make_key(usuario_admin, dias=3)
    assert ask("GET", "/auth/me").status_code == 200
    with app.app_context(), transaction():
        db.session.get_one(ClaveApi, pk).vence_at = utcnow() - timedelta(seconds=1)
    refused = ask("GET", "/auth/me")

    assert refused.status_code == 401
    assert "venció" in refused.get_json()["detail"]


def test_a_new_key_works_for_a_year_unless_an_admin_says_otherwise(app, make_key, usuario_admin):
    pk, _ = make_key(usuario_admin)
    with app.app_context():
        clave = db.session.get_one(ClaveApi, pk)
        assert clave.vence_at - clave.created_at == timedelta(days=365)


def test_a_renewed_key_may_do_the_same_and_the_old_one_ends_a_day_later(
    app, make_key, usuario_admin, admin, rows
):
    pk, ask = make_key(usuario_admin, Alcance.LECTURA)
    page = admin.post(f"/admin/claves-api/{pk}/renovar")
    key = re.search(r"rastro_[\w-]{40,}", page.text)[0]
    old, new = rows(ClaveApi)

    assert ApiClient(app, key)("GET", "/auth/me").status_code == 200
    assert ask("GET", "/auth/me").status_code == 200
    assert new.alcances == old.alcances
    assert old.vence_at <= utcnow() + timedelta(hours=24) < new.vence_at
    with app.app_context(), transaction():
        actor = db.session.get_one(Usuario, usuario_admin.id)
        row = db.session.get_one(ClaveApi, pk)
        revoke_key(row, actor=actor, now=utcnow())
        with pytest.raises(Refused, match="revocada"):
            renew_key(row, new_key(), actor=actor, now=utcnow())


def test_who_a_key_belongs_to_hears_in_time_that_it_ends(
    app,
    configure,
    smtp_server,
    make_key,
    usuario_admin,
    usuario_investigador,
    usuario_cliente,
    rows,
):
    # A mail that could not go would be told of as well.
    configure(smtp_host=smtp_server.host, smtp_port=smtp_server.port, smtp_tls=False)
    make_key(usuario_investigador, dias=13)
    make_key(usuario_cliente, dias=13)
    make_key(usuario_admin, dias=15)
    for _ in range(2):
        with app.app_context(), transaction():
            enqueue(warn_of_keys.name, key=new_key()[:40], now=utcnow())
        with app.app_context():
            work("prueba")

    told = sorted((aviso.usuario_id, aviso.texto[:21]) for aviso in rows(Aviso))
    mails = sorted(notice.destinatario_email for notice in rows(Notificacion))
    assert [usuario for usuario, _ in told] == sorted(
        [usuario_admin.id, usuario_admin.id, usuario_investigador.id]
    )
    assert {texto for _, texto in told} == {"La clave de la API «S"}
    assert mails == sorted(
        [usuario_admin.email] * 2 + [usuario_investigador.email, usuario_cliente.email]
    )


def test_what_scopes_give_and_what_of_an_address_is_kept():
    both = {Alcance.LECTURA, Alcance.ESCRITURA}
    assert granted(()) == granted(("otra",)) == both
    assert granted(("lectura",)) == {Alcance.LECTURA}
    assert granted(("datos_personales",)) == both | {Alcance.DATOS_PERSONALES}
    assert [
        mask_address(text) for text in ("190.45.12.9", "::ffff:190.45.12.9", "", "2800:3f0::5")
    ] == [
        "190.45.•.•",
        "190.45.•.•",
        "",
        "2800:03f0:0000:…",
    ]


def _uuids(rule):
    zero = "00000000-0000-4000-8000-000000000000"
    return {name: zero for name in rule.arguments if f"<uuid:{name}>" in rule.rule}


def _columns(row):
    return {name: value for name, value in row.items() if not name.startswith("_")}


def test_what_a_program_and_a_cliente_are_told_is_recorded_with_its_cases(
    app, make_key, cliente_api, admin_api, usuario_investigador, oficio, buffet, rows
):
    other = make_oficio(app, buffet, usuario_investigador)
    _, key = make_key(usuario_investigador)
    for ask in (key, cliente_api, admin_api):
        assert ask("GET", "/oficios/").status_code == 200
    changed = key("PATCH", f"/oficios/{oficio.id}", {"notas_generales": "Ver de nuevo."})
    assert changed.status_code == 200
    assert cliente_api("GET", f"/oficios/{oficio.id}/propietarios").status_code == 403

    told = {row.id: row for row in rows(Divulgacion)}
    assert [(row.que, row.oficio_id) for row in told.values()] == [
        ("Listar los oficios (api.oficios.index)", None),
        ("Listar los oficios (api.oficios.index)", None),
        ("Corregir lo que se envía de un oficio y su vehículo (api.oficios.change)", oficio.id),
    ]
    named = {(row.divulgacion_id, row.oficio_id) for row in rows(DivulgacionCaso)}
    first, second, _ = told
    assert named == {(one, case) for one in (first, second) for case in (oficio.id, other.id)}
