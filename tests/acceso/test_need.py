"""Access by need: one rule that pages, lists, search, exports, API and Terreno follow."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa

from app.acceso.models import Apertura
from app.ajustes.service import set_setting
from app.auditoria.models import Auditoria, Divulgacion
from app.auditoria.rules import CanalDivulgacion
from app.avisos.models import Aviso
from app.core.clock import utcnow
from app.db import db, transaction
from app.oficios.models import Investigacion, Oficio
from app.oficios.service import DireccionData, PropietarioData, assign_oficio
from app.usuarios.models import Usuario
from app.usuarios.rules import Rol
from app.usuarios.rules.por_necesidad import ACCESS_MODE, ALL, ASSIGNED
from tests.factories import PASSWORD, make_oficio, make_usuario

#: Where lists, files and programs would tell of it: none may name the case.
LISTS = (
    "/tablero",
    "/tablero/lista",
    "/tablero/lista?q=GZKT58",
    "/tablero?q=GZKT58",
    "/tablero/lista.csv?q=GZKT58",
    "/terreno",
    "/terreno/datos/lista",
    "/api/v1/oficios",
    "/api/v1/oficios?patente=GZKT58",
)


@pytest.fixture
def ajeno(app, buffet, usuario_admin):
    """A case that an admin wrote in and nobody has."""
    return make_oficio(
        app,
        buffet,
        usuario_admin,
        patente="GZKT58",
        propietario=PropietarioData(nombre="Rosa Soto"),
        direccion=DireccionData(direccion="Av. Grecia 1180", comuna="Ñuñoa"),
    )


@pytest.fixture
def mode(app):
    def choose(value):
        with app.app_context(), transaction():
            set_setting(ACCESS_MODE.clave, value)

    choose(ASSIGNED)
    return choose


def assign(app, oficio, usuario):
    with app.app_context(), transaction():
        row = db.session.get_one(Oficio, oficio.id)
        person = db.session.get_one(Usuario, usuario.id) if usuario else None
        assign_oficio(
            row, person, actor=db.session.get_one(Usuario, row.creado_por_id), now=utcnow()
        )


def sees(client, oficio):
    return client.get(f"/oficios/{oficio.id}").status_code == 200


def test_an_investigator_sees_what_they_have_and_an_admin_sees_all(
    app, investigador, admin, ajeno, mode, usuario_investigador
):
    assert not sees(investigador, ajeno)
    assert sees(admin, ajeno)
    assign(app, ajeno, usuario_investigador)
    assert sees(investigador, ajeno)
    assign(app, ajeno, None)
    assert not sees(investigador, ajeno)
    mode(ALL)
    assert sees(investigador, ajeno)


def test_two_people_ask_in_turn_and_each_sees_their_own(
    app, investigador, ajeno, oficio, mode, usuario_investigador, usuario_admin, sign_in
):
    other = make_usuario(app, Rol.INVESTIGADOR)
    colleague = sign_in(other)
    assign(app, ajeno, other)
    assign(app, oficio, usuario_investigador)

    for _ in range(2):
        assert (sees(investigador, oficio), sees(investigador, ajeno)) == (True, False)
        assert (sees(colleague, oficio), sees(colleague, ajeno)) == (False, True)


def test_no_list_page_file_or_program_tells_of_it(app, investigador, ajeno, mode, admin):
    assert "Rosa Soto" in admin.get(f"/oficios/{ajeno.id}/personas").text
    assert ajeno.numero_oficio in admin.get("/tablero/lista?q=GZKT58").text
    for path in LISTS:
        answer = investigador.get(path)
        assert answer.status_code < 500, path
        assert ajeno.numero_oficio not in answer.text, path
        assert "Rosa Soto" not in answer.text, path
        assert "Grecia 1180" not in answer.text, path


@pytest.mark.parametrize(
    "path",
    ["", "/fotos", "/personas", "/direcciones", "/avistamientos", "/notificaciones", "/vehiculo"],
)
def test_no_part_of_it_is_found_by_its_address(investigador, ajeno, mode, path):
    assert investigador.get(f"/oficios/{ajeno.id}{path}").status_code == 404


def test_who_writes_a_case_in_goes_on_with_it_until_somebody_has_it(
    app, investigador, oficio, mode, usuario_admin
):
    assert sees(investigador, oficio)
    assign(app, oficio, usuario_admin)
    assert not sees(investigador, oficio)


def test_a_case_is_opened_with_a_reason_which_others_read(
    app, investigador, ajeno, mode, rows, usuario_admin
):
    why = "El cliente llama y no está quien lo lleva"
    answer = investigador.post("/acceso", data={"buscado": "gz-kt-58", "motivo": why})

    assert answer.headers["Location"] == f"/oficios/{ajeno.id}"
    assert sees(investigador, ajeno)
    assert [row.motivo for row in rows(Apertura)] == [why]
    assert [row.entidad_id for row in rows(Auditoria, accion="acceso.abierto")] == [ajeno.id]
    assert any(why in row.descripcion for row in rows(Investigacion, oficio_id=ajeno.id))
    assert [row.usuario_id for row in rows(Aviso, oficio_id=ajeno.id)] == [usuario_admin.id]
    with app.app_context(), transaction():
        for row in db.session.scalars(sa.select(Apertura)):
            row.hasta_at = utcnow() - timedelta(minutes=1)
    assert not sees(investigador, ajeno)


@pytest.mark.parametrize(
    ("data", "status", "sentence"),
    [
        ({"buscado": "GZKT58", "motivo": "corto"}, 422, "al menos 10 letras"),
        ({"buscado": "GZKT5", "motivo": "Lo pide el tribunal hoy"}, 422, "No hay ningún caso"),
        ({"buscado": "", "motivo": "Lo pide el tribunal hoy"}, 422, "Escriba la patente"),
    ],
)
def test_without_a_reason_or_the_exact_plate_nothing_is_opened(
    investigador, ajeno, mode, rows, data, status, sentence
):
    answer = investigador.post("/acceso", data=data)

    assert answer.status_code == status
    assert sentence in answer.text
    assert data["buscado"] in answer.text
    assert rows(Apertura) == []


def test_a_cliente_and_a_stranger_ask_for_nothing(cliente, stranger, mode):
    assert cliente.get("/acceso").status_code == 404
    assert stranger.get("/acceso").status_code == 303


def test_the_menu_leads_there_only_while_it_is_needed(investigador, admin, mode):
    assert "Pedir un caso" in investigador.get("/tablero").text
    assert "Pedir un caso" not in admin.get("/tablero").text
    mode(ALL)
    assert "Pedir un caso" not in investigador.get("/tablero").text


def test_the_stream_of_events_is_not_for_who_sees_only_some_cases(
    app, stranger, usuario_investigador, mode
):
    login = {"email": usuario_investigador.email, "password": PASSWORD}
    token = stranger.post("/api/v1/auth/login", json=login).json["access_token"]

    answer = stranger.get("/api/v1/eventos", headers={"Authorization": f"Bearer {token}"})

    assert answer.status_code == 403
    assert "solo los casos asignados" in answer.json["detail"]


def test_who_reads_a_case_as_an_admin_is_written_down_once_an_hour(
    admin, investigador, ajeno, rows, usuario_admin
):
    for _ in range(2):
        admin.get(f"/oficios/{ajeno.id}")
        admin.get(f"/oficios/{ajeno.id}/personas")
    investigador.get(f"/oficios/{ajeno.id}")

    assert [(row.canal, row.oficio_id, row.usuario_id) for row in rows(Divulgacion)] == [
        (CanalDivulgacion.LECTURA, ajeno.id, usuario_admin.id)
    ]
    looks = admin.get(f"/admin/divulgaciones/quien-miro?numero={ajeno.numero_oficio}").text
    assert "Leyó el caso" in looks
    assert "Leyó el caso" not in admin.get("/admin/divulgaciones").text
