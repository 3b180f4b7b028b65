"""The first day: six steps that tick themselves, on an admin's home until they are put away."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from app.ajustes.rules import LOGO_SETTING, OFFICE_NAME
from app.ajustes.service import set_setting
from app.core.clock import utcnow
from app.db import db, transaction
from app.estado.queries import list_partes
from app.inicio.queries import list_pasos
from app.inicio.service import remember_trial
from app.planillas.models import Importacion
from app.planillas.rules.oficio_outcomes import EstadoImportacion
from app.usuarios.models import Usuario
from app.usuarios.rules import Rol
from tests.factories import make_buffet, make_oficio, make_usuario

PROVIDER = {"provider_api_url": "https://proveedor.example", "provider_api_key": "k"}
MAIL = {"smtp_host": "correo.example", "smtp_from": "rastro@oficina.example"}


@pytest.fixture
def steps(app):
    """Which steps are done, by name, under a configuration."""

    def steps(config):
        with app.app_context():
            return {paso.clave for paso in list_pasos(config) if paso.hecho}

    return steps


def test_each_step_ticks_itself(app, configure, usuario_admin, steps):
    config = configure(**MAIL, **PROVIDER)
    assert steps(config) == set()

    with app.app_context(), transaction():
        set_setting(OFFICE_NAME.clave, "Búsquedas Cordillera")
    assert steps(config) == set(), "a name without a logo is half of it"
    with app.app_context(), transaction():
        set_setting(LOGO_SETTING, "a" * 64)
        remember_trial("correo", worked=True, config=config)
        remember_trial("porticos", worked=True, config=config)
    assert steps(config) == {"oficina", "correo", "proveedor"}

    buffet = make_buffet(app)
    make_usuario(app, Rol.CLIENTE, buffet)
    assert steps(config) == {"oficina", "correo", "proveedor", "buffet"}
    make_usuario(app, Rol.INVESTIGADOR)
    with app.app_context(), transaction():
        db.session.add(
            Importacion(
                buffet_id=buffet.id,
                usuario_id=usuario_admin.id,
                nombre_archivo="lista.xlsx",
                sha256="0" * 64,
                contenido=b"",
                estado=EstadoImportacion.IMPORTADA,
            )
        )
    assert len(steps(config)) == 6
    # With another server, nobody knows again.
    assert "correo" not in steps(configure(**{**MAIL, "smtp_host": "otro.example"}, **PROVIDER))


def test_a_part_that_nobody_tried_is_untried_until_it_was_tried_as_it_is_now(app, configure):
    config = configure(**MAIL, **PROVIDER)

    def tones():
        with app.app_context():
            found = {part.nombre: part.tono for part in list_partes(config, utcnow())}
        return found["Correo"], found["Pórticos"]

    assert tones() == ("neutral", "neutral")
    with app.app_context(), transaction():
        remember_trial("correo", worked=True, config=config)
        remember_trial("porticos", worked=False, config=config)
    assert tones() == ("ok", "neutral")


def test_an_admin_without_a_case_begins_there_and_can_put_it_away(
    app, admin, investigador, buffet, usuario_admin
):
    assert admin.get("/").headers["Location"] == "/primeros-pasos"
    assert investigador.get("/").headers["Location"] == "/tablero"
    page = admin.get("/primeros-pasos").text
    assert len(re.findall(r'<li class="step', page)) == 6
    assert page.count("is-open") == 1
    assert "2 de 6 · quedan 4" in page  # there is a buffet, and somebody else
    # The step that comes next holds its action, and only that one.
    opened = page.partition("is-open")[2].partition("</li>")[0]
    assert re.search(
        r'btn-primary"\s+href="/admin/ajustes".*Poner nombre y logo', opened, re.DOTALL
    )
    assert page.count("step-act") == 1

    make_oficio(app, buffet, usuario_admin)
    assert admin.get("/").headers["Location"] == "/tablero"
    assert "Primeros pasos" in admin.get("/tablero").text
    assert "Primeros pasos" not in investigador.get("/tablero").text

    answer = admin.post("/primeros-pasos/esconder", follow_redirects=True)
    assert "ya no se muestran" in answer.text
    assert "topbar-link" in answer.text
    assert "/primeros-pasos" not in admin.get("/tablero").text
    assert admin.get("/primeros-pasos").status_code == 200


def test_an_installation_that_is_not_new_is_not_told(app, admin):
    with app.app_context(), transaction():
        for row in db.session.query(Usuario):
            row.created_at = utcnow() - timedelta(days=90)

    assert admin.get("/").headers["Location"] == "/tablero"
    assert "/primeros-pasos" not in admin.get("/tablero").text
