"""Requests of persons, registered and followed by a program of an admin."""

from __future__ import annotations

import pytest

from app.auditoria.models import Auditoria, Divulgacion
from app.auditoria.rules import CanalDivulgacion
from app.titulares.models import Solicitud
from tests.api.conftest import ApiClient
from tests.titulares.rows import make_answered_request

NEW = {
    "tipo": "supresion",
    "canal": "carta",
    "nombre": "Rosa Soto",
    "rut": "12.345.678-5",
    "correo": "rosa@correo.example",
    "detalle": "Borren mis datos.",
    "pide_bloqueo": True,
    "recibida": "2026-11-02",
}


def test_a_request_is_registered_listed_and_followed(app, admin_api, usuario_admin, rows):
    made = admin_api("POST", "/solicitudes/", NEW)
    answered = make_answered_request(app, usuario_admin)

    assert made.status_code == 201
    body = made.get_json()
    assert (body["estado"], body["vence"], body["rut"]) == ("recibida", "2026-12-02", "12345678-5")
    assert body["bloqueo_vence"] == "2026-11-04"
    (told,) = rows(Auditoria, accion="solicitud.recibida", entidad_id=body["id"])
    assert told.usuario_id == usuario_admin.id
    assert "Rosa" not in str(told.detalle)

    waiting = admin_api("GET", "/solicitudes/?abiertas=true").get_json()
    assert [row["numero"] for row in waiting] == [body["numero"]]
    done = admin_api("GET", f"/solicitudes/{answered}").get_json()
    assert (done["estado"], done["quedan"]) == ("acogida", None)
    assert done["resuelta_at"]
    assert admin_api("GET", "/solicitudes/?abiertas=false").headers["X-Total-Count"] == "1"
    assert admin_api("GET", "/solicitudes/99999").status_code == 404
    read = [row.que for row in rows(Divulgacion, canal=CanalDivulgacion.LECTURA)]
    assert read == [
        "Leyó solicitudes de personas (API)",
        f"Leyó la solicitud {done['numero']} (API)",
    ]


@pytest.mark.parametrize(
    ("method", "path", "json"),
    [
        ("GET", "/solicitudes/", None),
        ("GET", "/solicitudes/1", None),
        ("POST", "/solicitudes/", NEW),
    ],
)
def test_without_the_scope_for_people_s_data_there_is_nothing(
    app, token_of, usuario_admin, rows, method, path, json
):
    refused = ApiClient(app, token_of(usuario_admin, ()))(method, path, json)

    assert refused.status_code == 403
    assert "datos_personales" in refused.get_json()["detail"]
    assert rows(Solicitud) == []
    assert rows(Divulgacion) == []
