"""Asking how far a job is."""

from __future__ import annotations

from datetime import datetime
from uuid import uuid4

import pytest

from app.core.clock import utcnow
from app.jobs.rules import EstadoTrabajo
from tests.factories import make_trabajo


def test_a_job_is_shown_as_the_contract_has_it(app, admin_api, oficio):
    now = utcnow().replace(microsecond=0)
    task_id = make_trabajo(
        app, oficio_id=oficio.id, created_at=now, iniciado_at=now, terminado_at=now
    )
    response = admin_api("GET", f"/trabajos/{task_id}")

    assert response.status_code == 200
    body = response.get_json()
    for name in ("creado", "iniciado", "terminado"):
        assert datetime.fromisoformat(body.pop(name)) == now
    assert body == {
        "task_id": task_id,
        "tipo": "avistamientos.consultar",
        "estado": "fallido",
        "oficio_id": oficio.id,
        "intentos": 4,
        "error": "El proveedor no responde.",
    }


@pytest.mark.parametrize("estado", list(EstadoTrabajo))
def test_every_state_has_its_word(estado, app, admin_api):
    task_id = make_trabajo(app, estado=estado, error=None)
    body = admin_api("GET", f"/trabajos/{task_id}/").get_json()

    words = {"pendiente", "programado", "ejecutando", "hecho", "fallido", "cancelado", "incierta"}
    assert body["estado"] in words
    assert (body["iniciado"], body["oficio_id"]) == (None, None)


def test_an_investigador_sees_what_he_asked_for_and_nothing_else(
    app, investigador_api, usuario_investigador, usuario_admin
):
    own = make_trabajo(app, usuario_id=usuario_investigador.id)
    others = [make_trabajo(app, usuario_id=usuario_admin.id), make_trabajo(app), str(uuid4())]

    assert investigador_api("GET", f"/trabajos/{own}").status_code == 200
    answers = [investigador_api("GET", f"/trabajos/{task_id}") for task_id in others]
    assert {(a.status_code, a.get_json()["detail"]) for a in answers} == {
        (404, "Trabajo no encontrado")
    }


@pytest.mark.parametrize("task_id", ["1", "x" * 500, "%00", "00000000-0000-0000-0000-000000000000"])
def test_what_is_no_job_is_a_404(task_id, admin_api):
    response = admin_api("GET", f"/trabajos/{task_id}")

    assert response.status_code == 404
    assert set(response.get_json()) == {"detail"}
