"""Who gets in with a token: one table, held against every route of the API."""

from __future__ import annotations

import pytest
from flask import Flask

from app.usuarios.rules import Rol
from tests.architecture.permissions import ADMIN, EVERYBODY, SIGNED_IN, STAFF
from tests.architecture.world import url_arguments

METHODS = ("GET", "POST", "PATCH", "DELETE")

PERMISSIONS: dict[str, frozenset[str]] = {
    "api.auth.login": EVERYBODY,
    "api.auth.me": SIGNED_IN,
    "api.buffets.create": ADMIN,
    "api.buffets.index": ADMIN,
    "api.buffets.detail": ADMIN,
    "api.buffets.change": ADMIN,
    "api.buffets.close": ADMIN,
    "api.buffets.usuarios": ADMIN,
    "api.buffets.rotate": ADMIN,
    "api.oficios.check": STAFF,
    "api.oficios.notify": STAFF,
    # An investigador gets in too where he asked for the job: test_trabajos.py.
    "api.trabajos.detail": ADMIN,
}


def test_every_route_of_the_api_has_a_row(app: Flask):
    endpoints = {rule.endpoint for rule in app.url_map.iter_rules() if "/api/" in rule.rule}

    assert endpoints == set(PERMISSIONS)


@pytest.mark.parametrize("endpoint", sorted(PERMISSIONS))
def test_a_token_opens_exactly_what_the_table_names(
    endpoint,
    app,
    api_of,
    nobody,
    buffet,
    usuario_admin,
    usuario_investigador,
    usuario_cliente,
    usuario_ajeno,
):
    people = {
        "anonimo": nobody,
        "ajeno": api_of(usuario_ajeno),
        "cliente": api_of(usuario_cliente),
        "investigador": api_of(usuario_investigador),
        "admin": api_of(usuario_admin),
    }
    arguments = url_arguments(app, buffet, usuario_admin)
    adapter = app.url_map.bind("localhost")

    for rule in app.url_map.iter_rules(endpoint):
        url = adapter.build(endpoint, {name: arguments[name] for name in rule.arguments})
        for method in sorted(set(METHODS) & (rule.methods or set())):
            for spelling in (url.rstrip("/"), url.rstrip("/") + "/"):
                path = spelling.removeprefix("/api/v1")
                codes = {name: ask(method, path).status_code for name, ask in people.items()}
                refused = {name for name, code in codes.items() if code in {401, 403, 404}}

                assert refused == EVERYBODY - PERMISSIONS[endpoint], f"{method} {path} {codes}"
                assert not {code for code in codes.values() if 300 <= code < 400 or code >= 500}
                if "anonimo" in refused:
                    assert codes["anonimo"] == 401


@pytest.mark.parametrize("role", [Rol.INVESTIGADOR, Rol.CLIENTE])
def test_a_role_that_may_not_is_told_so(role, app, api_of, usuario_investigador, usuario_cliente):
    usuario = usuario_cliente if role is Rol.CLIENTE else usuario_investigador
    response = api_of(usuario)("GET", "/buffets/")

    assert response.status_code == 403
    assert response.get_json() == {"detail": "No tiene permiso para hacer esto."}


def test_a_session_cookie_opens_nothing(admin, investigador, oficio):
    for client in (admin, investigador):
        assert client.get("/api/v1/auth/me").status_code == 401
        assert client.get("/api/v1/buffets/").status_code == 401
        assert client.post(f"/api/v1/oficios/{oficio.id}/consultar-apis").status_code == 401


def test_a_token_needs_no_csrf_token_but_the_pages_still_do(
    app, admin, admin_api, nobody, buffet, usuario_admin
):
    app.config["WTF_CSRF_ENABLED"] = True
    try:
        assert admin_api("POST", f"/buffets/{buffet.id}/rotar-token").status_code == 200
        login = {"email": usuario_admin.email, "password": "otra cosa"}
        assert nobody("POST", "/auth/login", login).status_code == 401
        page = admin.post(f"/admin/buffets/{buffet.id}/rotar")
    finally:
        app.config["WTF_CSRF_ENABLED"] = False
    assert page.status_code == 400


def test_a_token_opens_no_page(app, token_of, usuario_admin):
    headers = {"Authorization": f"Bearer {token_of(usuario_admin)}"}
    response = app.test_client().get("/admin/buffets", headers=headers)

    assert response.status_code == 303
    assert response.headers["Location"].startswith("/entrar")
