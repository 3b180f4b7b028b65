"""A found vehicle through the other door: the same deed, the same refusals."""

from __future__ import annotations

import pytest

from app.oficios.models import Oficio
from app.oficios.rules import Estado
from app.ubicado.models import Ubicacion
from tests.adjuntos.files import make_adjunto
from tests.api.conftest import admin_api, api_of, cliente_api, investigador_api, token_of
from tests.ubicado.rows import make_location

__all__ = ["admin_api", "api_of", "cliente_api", "investigador_api", "token_of"]


@pytest.fixture
def body(app, searched, usuario_investigador):
    photo = make_adjunto(app, searched, usuario_investigador)
    return {
        "cliente_id": "uno",
        "tipo": "via_publica",
        "lugar": "Frente al 1180",
        "comuna": "nunoa",
        "lat": -33.456,
        "lon": -70.612,
        "exactitud_m": 12,
        "acceso": "Se ve desde la calle",
        "adjuntos_ids": [photo.id],
    }


def test_a_program_writes_it_down_once(investigador_api, searched, body, rows):
    path = f"/oficios/{searched.id}/ubicaciones"

    first = investigador_api("POST", path, body)
    again = investigador_api("POST", path, body)

    assert first.status_code == again.status_code == 201, first.text
    shown = first.get_json()
    assert again.get_json() == shown
    assert shown["vigente"]
    assert shown["comuna"] == "Ñuñoa"
    assert shown["usuario_nombre"] == "Carla Muñoz"
    assert shown["adjuntos_ids"] == body["adjuntos_ids"]
    assert len(rows(Ubicacion)) == 1
    assert rows(Oficio, id=searched.id)[0].estado is Estado.NOTIFICACION
    listed = investigador_api("GET", path)
    assert listed.get_json() == [shown]
    assert listed.headers["X-Total-Count"] == "1"
    assert investigador_api("GET", f"{path}/{shown['id']}").get_json() == shown


def test_a_second_program_is_told_who_was_first(investigador_api, admin_api, searched, body):
    path = f"/oficios/{searched.id}/ubicaciones"
    investigador_api("POST", path, body)

    refused = admin_api("POST", path, {**body, "cliente_id": "dos"})

    assert refused.status_code == 409
    assert "Carla Muñoz ya lo ubicó" in refused.get_json()["detail"]


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"adjuntos_ids": [999_999]}, "ya no está en este caso"),
        ({"adjuntos_ids": []}, "Falta la foto"),
        ({"lon": None}, "Media posición no sirve"),
        ({"lat": 0, "lon": 0}, "La posición 0,0"),
        ({"comuna": "Ñuñoaa"}, "¿Será «Ñuñoa»?"),
        ({"tipo": "direccion", "direccion_id": 999_999}, "ya no está en este caso"),
        ({"tipo": "direccion", "comuna": None}, "la calle, el número y la comuna"),
        ({"lat": None, "lon": None, "lugar": None}, "Escriba una referencia"),
        ({"ubicado_at": "2020-01-01T00:00:00Z"}, "no existe aquí"),
    ],
)
def test_what_cannot_be_is_refused_in_words(
    changed, sentence, investigador_api, searched, body, rows
):
    refused = investigador_api("POST", f"/oficios/{searched.id}/ubicaciones", {**body, **changed})

    assert refused.status_code == 422
    detail = refused.get_json()["detail"]
    words = detail if isinstance(detail, str) else " ".join(one["msg"] for one in detail)
    assert sentence in words
    assert rows(Ubicacion) == []


def test_an_address_without_a_position_says_why_there_is_none(investigador_api, searched, body):
    nowhere = {"lat": None, "lon": None, "exactitud_m": None}
    shown = investigador_api(
        "POST",
        f"/oficios/{searched.id}/ubicaciones",
        {**body, **nowhere, "tipo": "direccion", "lugar": "San Diego 20", "comuna": "Santiago"},
    ).get_json()

    assert (shown["lat"], shown["sin_posicion"]) == (None, "no_disponible")
    assert shown["direccion_id"]


def test_looking_again_and_taking_back(
    app, investigador_api, admin_api, searched, usuario_investigador
):
    found = make_location(app, searched, usuario_investigador)
    path = f"/oficios/{searched.id}/ubicaciones/{found.id}"
    look = {"cliente_id": "r1", "resultado": "sigue"}

    first = investigador_api("POST", f"{path}/revisiones", look)
    again = investigador_api("POST", f"{path}/revisiones", look)
    assert (first.status_code, again.get_json()) == (201, first.get_json())

    assert investigador_api("POST", f"{path}/deshacer", {"motivo": "x"}).status_code == 403
    undone = admin_api("POST", f"{path}/deshacer", {"motivo": "Era otro"})
    assert undone.status_code == 200
    assert undone.get_json()["deshecho_motivo"] == "Era otro"
    assert not undone.get_json()["vigente"]
    assert admin_api("POST", f"{path}/deshacer", {"motivo": "x"}).status_code == 409
    assert (
        investigador_api("POST", f"{path}/revisiones", {**look, "cliente_id": "r2"}).status_code
        == 409
    )


def test_a_cliente_learns_nothing_of_the_place(
    app, cliente_api, investigador_api, searched, usuario_investigador
):
    found = make_location(app, searched, usuario_investigador)

    assert cliente_api("GET", f"/oficios/{searched.id}/ubicaciones").status_code == 403
    missing = investigador_api("GET", f"/oficios/{searched.id}/ubicaciones/{found.id + 9}")
    assert missing.status_code == 404


def test_the_document_tells_of_it(app):
    document = app.test_client().get("/openapi.json").get_json()

    for path in ("", "/{ubicacion_id}", "/{ubicacion_id}/revisiones", "/{ubicacion_id}/deshacer"):
        assert f"/api/v1/oficios/{{oficio_id}}/ubicaciones{path}" in {
            known.rstrip("/") for known in document["paths"]
        }
    assert {"name": "Vehículos ubicados"} in document["tags"]
