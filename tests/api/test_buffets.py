"""Law firms through the API."""

from __future__ import annotations

from datetime import datetime

import pytest

from app.auditoria.models import Auditoria, Divulgacion
from app.buffets.models import Buffet, Enlace
from app.usuarios.rules import Rol
from tests.factories import make_buffet, make_link, make_usuario

NEW = {
    "nombre": "Estudio Soto",
    "rut": "76123456-0",
    "email_principal": "contacto@soto.example",
}


def test_a_new_buffet_comes_with_the_token_of_its_dashboard(admin_api, stranger, rows):
    full = {**NEW, "telefono": "9 1234 5678", "contacto_nombre": "  Rosa   Soto "}
    response = admin_api("POST", "/buffets/", full)

    assert response.status_code == 201
    body = response.get_json()
    (row,) = rows(Buffet)
    assert datetime.fromisoformat(body.pop("created_at")) == row.created_at
    token = body.pop("token_tablero")
    assert body == {
        "id": row.id,
        "nombre": "Estudio Soto",
        "rut": "76.123.456-0",
        "email_principal": "contacto@soto.example",
        "telefono": "+56912345678",
        "contacto_nombre": "Rosa Soto",
        "activo": True,
        "version": 1,
        "advertencias": [],
    }
    assert stranger.get(f"/b/{token}").status_code == 200
    assert [entry.accion for entry in rows(Auditoria)] == ["buffet.creado"]


def test_what_may_be_left_out_may_be_empty(admin_api):
    empty = {**NEW, "telefono": "", "contacto_nombre": None}
    response = admin_api("POST", "/buffets/", empty)

    assert response.status_code == 201
    assert response.get_json()["telefono"] is None
    assert response.get_json()["contacto_nombre"] is None


def test_a_rut_exists_once_however_it_is_written(admin_api, rows):
    admin_api("POST", "/buffets/", NEW)

    for rut in ("76.123.456-0", "761234560", "76123456-5"):
        response = admin_api("POST", "/buffets/", {**NEW, "rut": rut})
        assert response.status_code == 400
        assert response.get_json() == {"detail": "Ya existe un buffet con este RUT"}
    assert len(rows(Buffet)) == 1


def test_a_wrong_check_digit_is_kept_and_flagged(admin_api):
    response = admin_api("POST", "/buffets/", {**NEW, "rut": "76.123.456-7"})

    assert response.status_code == 201
    assert response.get_json()["rut"] == "76.123.456-7"
    (warning,) = response.get_json()["advertencias"]
    assert "debería ser 0" in warning


def test_the_list_comes_in_parts_with_the_total_beside_it(app, admin_api):
    for number in range(23):
        make_buffet(app, nombre=f"Estudio {number:02d}", activo=number % 2 == 0)

    def names(query: str) -> list[str]:
        response = admin_api("GET", f"/buffets{query}")
        assert response.status_code == 200
        return [row["nombre"][-2:] for row in response.get_json()]

    assert names("") == [f"{number:02d}" for number in range(20)]
    assert names("?skip=20") == ["20", "21", "22"]
    assert names("/?skip=2&limit=3") == ["02", "03", "04"]
    assert names("?skip=50") == []
    assert names("?activo=false&limit=2&skip=1") == ["03", "05"]
    totals = {
        query: admin_api("GET", f"/buffets/{query}").headers["X-Total-Count"]
        for query in ("", "?activo=true", "?activo=false&limit=1", "?skip=50")
    }
    assert totals == {
        "": "23",
        "?activo=true": "12",
        "?activo=false&limit=1": "11",
        "?skip=50": "23",
    }


def test_one_buffet_is_shown_as_in_the_list(admin_api, buffet):
    one = admin_api("GET", f"/buffets/{buffet.id}").get_json()

    assert one["nombre"] == "González y Asociados"
    assert one["token_tablero"] is None
    assert [one] == admin_api("GET", "/buffets/").get_json()


def test_only_what_is_given_changes(admin_api, buffet, rows):
    url = f"/buffets/{buffet.id}"
    response = admin_api("PATCH", url, {"nombre": "Otro nombre", "telefono": "912345678"})

    assert response.status_code == 200
    assert response.get_json()["nombre"] == "Otro nombre"
    (row,) = rows(Buffet)
    assert (row.rut, row.email_principal) == (buffet.rut, buffet.email_principal)
    assert (row.telefono, row.version) == ("+56912345678", 2)
    assert admin_api("PATCH", url, {"telefono": None}).get_json()["telefono"] is None
    assert admin_api("PATCH", url, {}).status_code == 200
    assert [entry.accion for entry in rows(Auditoria)] == ["buffet.modificado"] * 2


def test_what_a_buffet_needs_cannot_be_taken_away(admin_api, buffet, rows):
    nothing = {"nombre": None, "rut": None, "email_principal": None, "activo": None}
    response = admin_api("PATCH", f"/buffets/{buffet.id}", nothing)

    assert response.status_code == 422
    assert {problem["msg"] for problem in response.get_json()["detail"]} == {
        "No puede quedar vacío."
    }
    assert {problem["loc"][1] for problem in response.get_json()["detail"]} == set(nothing)
    (row,) = rows(Buffet)
    assert (row.nombre, row.version) == (buffet.nombre, 1)


def test_a_rut_of_another_buffet_is_refused_and_nothing_changes(
    admin_api, buffet, otro_buffet, rows
):
    response = admin_api(
        "PATCH", f"/buffets/{buffet.id}", {"rut": otro_buffet.rut, "activo": False}
    )

    assert response.status_code == 400
    assert response.get_json() == {"detail": "Ya existe un buffet con este RUT"}
    (row,) = rows(Buffet, id=buffet.id)
    assert (row.rut, row.activo) == (buffet.rut, True)


def test_deleting_closes_and_nothing_is_erased(admin_api, cliente_api, stranger, buffet, rows):
    url = f"/buffets/{buffet.id}"
    token = admin_api("POST", f"{url}/rotar-token").get_json()["token_tablero"]

    for _ in range(2):
        response = admin_api("DELETE", url)
        assert (response.status_code, response.data) == (204, b"")
    closed = admin_api("GET", url).get_json()
    assert closed["activo"] is False
    assert closed["token_tablero"] is None
    assert stranger.get(f"/b/{token}").status_code == 404
    assert cliente_api("GET", "/auth/me").status_code == 401
    assert [entry.accion for entry in rows(Auditoria)] == ["enlace.rotado", "buffet.desactivado"]

    assert admin_api("PATCH", url, {"activo": True}).get_json()["token_tablero"] == token
    assert cliente_api("GET", "/auth/me").status_code == 200


def test_a_rotated_token_replaces_the_old_one(admin_api, usuario_admin, stranger, buffet, rows):
    url = f"/buffets/{buffet.id}/rotar-token"
    old = admin_api("POST", url).get_json()["token_tablero"]
    response = admin_api("POST", f"{url}/")

    assert response.status_code == 200
    new = response.get_json()["token_tablero"]
    assert stranger.get(f"/b/{old}").status_code == 404
    assert stranger.get(f"/b/{new}").status_code == 200
    assert {row.creado_por_id for row in rows(Enlace)} == {usuario_admin.id}


def test_the_people_of_a_buffet_are_listed(app, admin_api, buffet, usuario_cliente, usuario_ajeno):
    make_usuario(app, Rol.CLIENTE, buffet, nombre="Ana Antes", activo=False)
    response = admin_api("GET", f"/buffets/{buffet.id}/usuarios")

    assert [row["nombre"] for row in response.get_json()] == ["Ana Antes", "Luis Cliente"]
    assert response.headers["X-Total-Count"] == "2"
    assert "password_hash" not in response.get_json()[0]
    part = admin_api("GET", f"/buffets/{buffet.id}/usuarios/?limit=1&skip=1")
    assert [row["nombre"] for row in part.get_json()] == ["Luis Cliente"]


@pytest.mark.parametrize(
    ("method", "path", "json"),
    [
        ("GET", "", None),
        ("PATCH", "", {}),
        ("DELETE", "", None),
        ("GET", "/usuarios", None),
        ("POST", "/rotar-token", None),
    ],
)
def test_a_buffet_that_does_not_exist_is_a_404(method, path, json, admin_api):
    for buffet_id in (0, 999):
        response = admin_api(method, f"/buffets/{buffet_id}{path}", json)
        assert response.status_code == 404
        assert response.get_json() == {"detail": "Buffet no encontrado"}

    # No row can have this number: the router refuses it before the database would choke on it.
    assert admin_api(method, f"/buffets/{10**20}{path}", json).status_code in {404, 405}


def test_who_may_only_read_gets_no_link_and_that_others_saw_it_is_recorded(
    app, api_of, admin_api, token_of, usuario_admin, buffet, rows
):
    reader = type(admin_api)(app, token_of(usuario_admin, ("lectura", "datos_personales")))
    make_link(app, buffet)

    assert reader("GET", f"/buffets/{buffet.id}").get_json()["token_tablero"] is None
    (listed,) = reader("GET", "/buffets/").get_json()
    assert listed["token_tablero"] is None
    assert rows(Divulgacion) == []

    for path in (f"/buffets/{buffet.id}", "/buffets/"):
        assert admin_api("GET", path).status_code == 200
    assert [row.que for row in rows(Divulgacion)] == [
        f"Enlace al tablero de {buffet.nombre}, por la API",
        "Enlaces a los tableros de los buffets, por la API",
    ]
