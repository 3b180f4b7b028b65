"""Art. 16 sexies: who works here is told how their position is used before one is taken."""

from __future__ import annotations

import re

import pytest
import sqlalchemy as sa

from app.auditoria.models import Auditoria
from app.core.sealed import OFFICE_CHAIN
from app.cumplimiento.models.ubicacion_personal import InformacionUbicacion, LecturaUbicacion
from app.cumplimiento.rules.ubicacion_personal import propose_information
from app.custodia.service import verify
from app.db import db

ADMIN, OWN = "/admin/ubicacion-personal", "/mi-ubicacion"
BUTTON = "data-position>"


@pytest.fixture
def publish(admin):
    """Publish the next version."""

    def send(texto, version):
        return admin.post(ADMIN, data={"texto": texto, "version": version})

    return send


def take_pages(oficio):
    return ("/terreno", f"/oficios/{oficio.id}/ubicado")


def test_an_office_that_published_nothing_asks_nobody(investigador, oficio):
    for path in take_pages(oficio):
        assert investigador.get(path).status_code == 200
    assert BUTTON in investigador.get(f"/oficios/{oficio.id}/direcciones").text
    assert "todavía no publica" in investigador.get(OWN).text


def test_no_page_takes_a_position_before_its_person_read_the_text(
    publish, investigador, admin, oficio, rows, usuario_investigador
):
    assert publish("La posición se usa así.", 0).status_code == 303

    for path in take_pages(oficio):
        sent = investigador.get(path)
        assert sent.status_code == 303
        assert sent.headers["Location"].startswith(OWN)
    case = investigador.get(f"/oficios/{oficio.id}/direcciones").text
    assert BUTTON not in case
    assert "Lea antes cómo se usa su posición" in case

    shown = investigador.get(investigador.get("/terreno?orden=1").headers["Location"]).text
    assert "La posición se usa así." in shown
    [seguir] = re.findall(r'name="seguir"[^>]*value="([^"]*)"', shown)
    assert seguir == "/terreno?orden=1"
    done = investigador.post(OWN, data={"version": "1", "seguir": seguir})

    assert (done.status_code, done.headers["Location"]) == (303, seguir)
    [read] = rows(LecturaUbicacion)
    assert read.usuario_id == usuario_investigador.id
    for path in take_pages(oficio):
        assert investigador.get(path).status_code == 200
        assert admin.get(path).status_code == 303, "each person reads it"
    assert BUTTON in investigador.get(f"/oficios/{oficio.id}/direcciones").text
    assert "Usted la leyó el" in investigador.get(OWN).text
    assert len(rows(Auditoria, accion="ubicacion_personal.leida")) == 1


def test_said_twice_it_stands_once_and_a_newer_version_is_read_again(
    publish, investigador, rows, admin
):
    publish("Primera.", 0)
    for _ in range(2):
        assert investigador.post(OWN, data={"version": "1"}).status_code == 303
    assert len(rows(LecturaUbicacion)) == 1
    assert publish("Primera.", 1).status_code == 409
    assert publish("Segunda.", 0).status_code == 409
    assert publish("Segunda.", 1).status_code == 303

    assert investigador.get("/terreno").status_code == 303
    assert investigador.post(OWN, data={"version": "1"}).status_code == 409
    assert investigador.post(OWN, data={"version": "²"}).status_code == 409
    assert "falta la 2" in admin.get(ADMIN).text
    assert investigador.post(OWN, data={"version": "2"}).status_code == 303
    assert [row.numero for row in rows(InformacionUbicacion)] == [1, 2]
    assert len(rows(LecturaUbicacion)) == 2


@pytest.mark.parametrize("target", ["https://evil.example", "//evil.example", "/\\evil.example"])
def test_going_on_leads_nowhere_outside(publish, investigador, target):
    publish("Texto.", 0)
    done = investigador.post(OWN, data={"version": "1", "seguir": target})

    assert done.headers["Location"] == OWN


def test_both_are_evidence_of_the_office(app, publish, investigador):
    publish("Texto.", 0)
    investigador.post(OWN, data={"version": "1"})
    with app.app_context():
        assert verify(OFFICE_CHAIN).problemas == []
    for statement in (
        "UPDATE ubicacion_informaciones SET texto = 'Otro.'",
        "UPDATE ubicacion_lecturas SET leida_at = '2020-01-01 00:00:00'",
    ):
        with app.app_context(), db.engine.begin() as connection:
            connection.execute(sa.text(statement))
    with app.app_context():
        told = " ".join(one.texto for one in verify(OFFICE_CHAIN).problemas)
    assert "la información sobre la ubicación del personal" in told
    assert "la lectura de la información" in told


def test_the_proposal_names_the_office_and_marks_what_only_it_can_say(admin):
    assert propose_information("Oficina Sur").startswith("Oficina Sur usa Rastro")
    assert "[por completar: nombre de la oficina]" in propose_information("")
    assert "Nunca en segundo plano" in admin.get(ADMIN).text
