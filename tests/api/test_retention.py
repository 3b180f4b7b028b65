"""Retention by programs: rules, proposals, and a confirmation that asks for a fresh token."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa

from app.api.v1.tokens import make_token
from app.auditoria.models import Auditoria, Divulgacion, DivulgacionCaso
from app.core.clock import utcnow
from app.cumplimiento.models.retencion import LoteRetencion, PropuestaRetencion
from app.cumplimiento.rules.retencion import EstadoPropuesta
from app.cumplimiento.service.retencion import propose_some
from app.custodia.service import execute_sealed
from app.db import transaction
from app.oficios.models import Oficio
from app.oficios.rules import Estado
from tests.api.conftest import ApiClient
from tests.factories import make_oficio

RULE = {
    "caso_estado": "finalizado_encontrado",
    "meses": 24,
    "accion": "borrar",
    "fundamento": "Plazo del encargo",
}


@pytest.fixture(autouse=True)
def own_list(configure, tmp_path):
    """The list of erasures lies beside the backups; that of another test is not read here."""
    configure(backup_dir=tmp_path / "respaldos")


@pytest.fixture
def proposals(app, admin_api, buffet, usuario_admin, rows):
    """The ids of the proposals of two cases that were closed 30 months ago."""
    for _ in range(2):
        make_oficio(app, buffet, usuario_admin, estado=Estado.ENCONTRADO)
    assert admin_api("POST", "/retencion/reglas", RULE).status_code == 201
    with app.app_context():
        with transaction():
            ago = utcnow() - timedelta(days=915)
            execute_sealed(sa.update(Oficio).values(estado_desde=ago))
        with transaction():
            assert propose_some(utcnow()) == 2
    return [row.id for row in rows(PropuestaRetencion)]


def test_rules_are_written_listed_and_taken_away(admin_api, buffet, usuario_admin, rows):
    made = admin_api("POST", "/retencion/reglas", RULE).get_json()
    own = admin_api("POST", "/retencion/reglas", {**RULE, "buffet_id": buffet.id, "meses": 6})
    again = admin_api("POST", "/retencion/reglas", {**RULE, "meses": 36})

    assert again.get_json()["id"] == made["id"], "one rule for a firm and a state"
    listed = admin_api("GET", "/retencion/reglas").get_json()
    assert [(row["buffet_id"], row["meses"]) for row in listed] == [(None, 36), (buffet.id, 6)]
    for wrong in ({"caso_estado": "pendiente"}, {"buffet_id": 99999}, {"meses": 601}):
        assert admin_api("POST", "/retencion/reglas", {**RULE, **wrong}).status_code == 422
    path = f"/retencion/reglas/{own.get_json()['id']}"
    assert [admin_api("DELETE", path).status_code for _ in range(2)] == [204, 404]
    assert len(rows(Auditoria, accion="retencion.regla", usuario_id=usuario_admin.id)) == 3


def test_proposals_are_kept_released_and_confirmed(admin_api, proposals, rows):
    one, other = proposals
    kept = {"propuestas": [one], "motivo": "Juicio abierto"}
    assert admin_api("POST", "/retencion/propuestas/conservar", kept).get_json() == {"casos": 1}
    held = admin_api("GET", "/retencion/propuestas?estado=retenida").get_json()
    assert [(row["id"], row["motivo"]) for row in held] == [(one, "Juicio abierto")]
    past = {**kept, "hasta": "2020-01-01"}
    assert admin_api("POST", "/retencion/propuestas/conservar", past).status_code == 422
    released = admin_api("POST", "/retencion/propuestas/soltar", {"propuestas": [one]})
    assert released.get_json() == {"casos": 1}

    url = "/retencion/propuestas/confirmar"
    assert admin_api("POST", url, {"propuestas": [one]}).status_code == 422
    assert admin_api("POST", url, {"propuestas": [one], "irreversible": False}).status_code == 422
    stranger = {"propuestas": [one, 99999], "irreversible": True}
    assert admin_api("POST", url, stranger).status_code == 409
    assert rows(LoteRetencion) == []
    done = admin_api("POST", url, {"propuestas": proposals, "irreversible": True})
    assert (done.status_code, done.get_json()["casos"]) == (201, 2)
    assert [row.estado for row in rows(PropuestaRetencion)] == [EstadoPropuesta.CONFIRMADA] * 2
    again = admin_api("POST", url, {"propuestas": [other], "irreversible": True})
    assert again.status_code == 409
    assert admin_api("GET", "/retencion/lotes").get_json()[0]["numero"] == done.get_json()["numero"]


def test_what_cannot_be_undone_asks_for_a_token_of_a_moment_ago(
    app, make_key, usuario_admin, proposals, rows
):
    body = {"propuestas": proposals, "irreversible": True}
    _, by_key = make_key(usuario_admin)
    earlier = utcnow() - timedelta(minutes=11)
    token = make_token(usuario_admin, str(app.secret_key), now=earlier, minutes=30)

    for program in (by_key, ApiClient(app, token)):
        refused = program("POST", "/retencion/propuestas/confirmar", body)
        assert refused.status_code == 403
        assert "10 minutos" in refused.get_json()["detail"]
    assert rows(LoteRetencion) == []
    assert len(by_key("GET", "/retencion/propuestas").get_json()) == 2
    (told,) = rows(Divulgacion)
    assert len(rows(DivulgacionCaso, divulgacion_id=told.id)) == 2, "what a key reads is recorded"
