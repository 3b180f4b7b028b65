"""Who gets in with a token: one table, held against every route of the API."""

from __future__ import annotations

import pytest
from flask import Flask

from app.usuarios.rules import Rol
from tests.architecture.permissions import ADMIN, EVERYBODY, INVOLVED, SIGNED_IN, STAFF
from tests.architecture.world import route_arguments

METHODS = ("GET", "POST", "PATCH", "DELETE")

PERMISSIONS: dict[str, frozenset[str]] = {
    "api.auth.login": EVERYBODY,
    "api.auth.usuarios_me": SIGNED_IN,
    "api.auth.me": SIGNED_IN,
    "api.buffets.create": ADMIN,
    "api.buffets.index": ADMIN,
    "api.buffets.detail": ADMIN,
    "api.buffets.change": ADMIN,
    "api.buffets.close": ADMIN,
    "api.buffets.usuarios": ADMIN,
    "api.buffets.rotate": ADMIN,
    "api.usuarios.create": ADMIN,
    "api.usuarios.index": ADMIN,
    "api.usuarios.detail": ADMIN,
    "api.usuarios.change": ADMIN,
    "api.usuarios.close": ADMIN,
    "api.usuarios.invite": ADMIN,
    "api.usuarios.change_role": ADMIN,
    "api.oficios.create": STAFF,
    "api.oficios.index": SIGNED_IN,
    "api.oficios.detail": INVOLVED,
    "api.oficios.change": STAFF,
    "api.oficios.assign": STAFF,
    "api.oficios.move": STAFF,
    "api.encolar.check": STAFF,
    "api.encolar.notify": STAFF,
    "api.tablero.board": SIGNED_IN,
    "api.tablero.public": EVERYBODY,
    "api.partes.add_propietario": STAFF,
    "api.partes.list_propietarios": STAFF,
    "api.partes.propietario": STAFF,
    "api.partes.change_propietario": STAFF,
    "api.partes.remove_propietario": STAFF,
    "api.partes.add_actividad": STAFF,
    "api.partes.timeline": INVOLVED,
    "api.partes.list_actividades": STAFF,
    "api.partes.actividad": STAFF,
    "api.partes.change_actividad": STAFF,
    "api.partes.remove_actividad": STAFF,
    "api.lugares.add_place": STAFF,
    "api.lugares.list_places": STAFF,
    "api.lugares.place": STAFF,
    "api.lugares.change_place": STAFF,
    "api.lugares.remove_place": STAFF,
    "api.lugares.add_visit": STAFF,
    "api.lugares.list_visits": STAFF,
    "api.lugares.add_seen": STAFF,
    "api.lugares.list_seen": STAFF,
    "api.lugares.seen": STAFF,
    "api.lugares.change_seen": STAFF,
    "api.lugares.remove_seen": STAFF,
    "api.cuando.show": STAFF,
    "api.ubicaciones.add": STAFF,
    "api.ubicaciones.index": STAFF,
    "api.ubicaciones.detail": STAFF,
    "api.ubicaciones.add_look": STAFF,
    "api.ubicaciones.take_back": ADMIN,
    "api.promesas.terms": ADMIN,
    "api.promesas.add_terms": ADMIN,
    "api.promesas.standing": INVOLVED,
    "api.promesas.pauses": STAFF,
    "api.promesas.stop": STAFF,
    "api.promesas.start": STAFF,
    "api.promesas.told": STAFF,
    "api.informes.report": STAFF,
    "api.adjuntos.upload": STAFF,
    "api.adjuntos.index": INVOLVED,
    "api.adjuntos.detail": INVOLVED,
    "api.adjuntos.change": STAFF,
    "api.adjuntos.remove": STAFF,
    "api.adjuntos.copy": INVOLVED,
    "api.adjuntos.original": STAFF,
    "api.mensajes.index": INVOLVED,
    # The body is read before the case, which test_mensajes.py holds of another buffet.
    "api.mensajes.write": SIGNED_IN,
    "api.mensajes.release_one": ADMIN,
    "api.mensajes.discard_one": ADMIN,
    "api.notificaciones.index": STAFF,
    "api.notificaciones.detail": STAFF,
    "api.notificaciones.note_answer": STAFF,
    "api.solicitudes.index": ADMIN,
    "api.solicitudes.detail": ADMIN,
    "api.solicitudes.create": ADMIN,
    "api.importaciones.index": STAFF,
    "api.importaciones.move": STAFF,
    "api.encolar.vehicle_data": STAFF,
    "api.retencion.rules": ADMIN,
    "api.retencion.save": ADMIN,
    "api.retencion.remove": ADMIN,
    "api.retencion.proposals": ADMIN,
    "api.retencion.confirm": ADMIN,
    "api.retencion.keep": ADMIN,
    "api.retencion.release": ADMIN,
    "api.retencion.batches": ADMIN,
    "api.trabajos.index": STAFF,
    # An investigador gets in where he asked for the job: test_trabajos.py.
    "api.trabajos.detail": ADMIN,
    "api.trabajos.retry": ADMIN,
    "api.eventos.stream": SIGNED_IN,
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
    arguments = route_arguments(app, buffet, usuario_admin, [endpoint])
    adapter = app.url_map.bind("localhost")
    removed = False

    for rule in app.url_map.iter_rules(endpoint):
        url = adapter.build(endpoint, {name: arguments[name] for name in rule.arguments})
        for method in sorted(set(METHODS) & (rule.methods or set())):
            for spelling in (url.rstrip("/"), url.rstrip("/") + "/"):
                path = spelling.removeprefix("/api/v1")
                codes = {name: status_of(ask, method, path) for name, ask in people.items()}
                # Who comes after a deletion is let in and finds nothing.
                removed = removed or (method == "DELETE" and 204 in codes.values())
                told = {401, 403} if removed else {401, 403, 404}
                refused = {name for name, code in codes.items() if code in told}

                assert refused == EVERYBODY - PERMISSIONS[endpoint], f"{method} {path} {codes}"
                assert not {code for code in codes.values() if 300 <= code < 400 or code >= 500}
                if "anonimo" in refused:
                    assert codes["anonimo"] == 401


def status_of(ask, method, path):
    response = ask(method, path)
    response.close()  # a stream of events would go on
    return response.status_code


@pytest.mark.parametrize("role", [Rol.INVESTIGADOR, Rol.CLIENTE])
def test_a_role_that_may_not_is_told_so(role, app, api_of, usuario_investigador, usuario_cliente):
    usuario = usuario_cliente if role is Rol.CLIENTE else usuario_investigador
    response = api_of(usuario)("GET", "/buffets/")

    assert response.status_code == 403
    told = response.get_json()["detail"]
    assert told.startswith("Esta cuenta no tiene permiso para hacer esto. Pida a ")


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
