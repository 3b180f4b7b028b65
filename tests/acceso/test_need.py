"""Access by need: one rule that pages, lists, search, exports, API and Terreno follow."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO
from uuid import uuid4

import pytest
import sqlalchemy as sa

from app.acceso.models import Apertura
from app.ajustes.service import set_setting
from app.auditoria.models import Auditoria, Divulgacion
from app.auditoria.rules import CanalDivulgacion
from app.avisos.models import Aviso
from app.bandeja.models import Ingreso, Origen
from app.bandeja.rules import EstadoIngreso
from app.core.clock import utcnow
from app.db import db, transaction
from app.direcciones.models import Visita
from app.oficios.models import Investigacion, Oficio
from app.oficios.service import DireccionData, PropietarioData, assign_oficio
from app.planillas.models import Importacion
from app.planillas.rules.oficio_outcomes import EstadoImportacion
from app.usuarios.models import Usuario
from app.usuarios.rules import Rol
from app.usuarios.rules.por_necesidad import ACCESS_MODE, ALL, ASSIGNED
from tests.adjuntos.files import jpeg
from tests.architecture.permissions import NOBODY, PERMISSIONS
from tests.architecture.world import url_arguments
from tests.bandeja.rows import make_item
from tests.factories import PASSWORD, make_oficio, make_usuario
from tests.planillas.listados import make_importacion
from tests.terreno.places import make_place, sent_visit

#: Where lists, files and programs would tell of it: none may name the case.
LISTS = (
    "/tablero",
    "/tablero/lista",
    "/tablero/lista?q=GZKT58",
    "/tablero?q=GZKT58",
    "/tablero/lista.csv?q=GZKT58",
    "/tablero/lista-completa.csv?q=GZKT58",
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
    for typed in ("GZKT58", "rosa soto", "rosa zoto"):
        assert ajeno.numero_oficio in admin.post("/tablero/saltar", data={"q": typed}).text
        jumped = investigador.post("/tablero/saltar", data={"q": typed}).text
        assert ajeno.numero_oficio not in jumped, typed
        assert "Rosa Soto" not in jumped, typed


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


def test_who_of_the_office_reads_a_case_is_written_down_once_an_hour(
    admin, investigador, cliente, ajeno, rows, usuario_admin, usuario_investigador
):
    for _ in range(2):
        admin.get(f"/oficios/{ajeno.id}")
        admin.get(f"/oficios/{ajeno.id}/personas")
    investigador.get(f"/oficios/{ajeno.id}")
    investigador.head(f"/oficios/{ajeno.id}/personas")
    assert cliente.get(f"/oficios/{ajeno.id}").status_code == 404

    assert [(row.canal, row.oficio_id, row.usuario_id) for row in rows(Divulgacion)] == [
        (CanalDivulgacion.LECTURA, ajeno.id, usuario_admin.id),
        (CanalDivulgacion.LECTURA, ajeno.id, usuario_investigador.id),
    ]
    looks = admin.get(f"/admin/divulgaciones/quien-miro?numero={ajeno.numero_oficio}").text
    assert "Leyó el caso" in looks
    assert "Leyó el caso" not in admin.get("/admin/divulgaciones").text


def test_no_route_shows_a_colleague_a_case_that_they_do_not_need(
    app, investigador, buffet, usuario_admin, ajeno, mode
):
    """Every page and file that an investigator may open, with arguments of somebody else's case."""
    arguments = url_arguments(app, buffet, usuario_admin)
    app.config["EVENTS_SECONDS"] = 0
    with app.app_context():
        oficio = db.session.get_one(Oficio, arguments["oficio_id"])
        # Their plate is an example of forms; the other case has one of its own.
        numbers = (oficio.numero_oficio, ajeno.numero_oficio)
    of_the_case = (*numbers, "GZKT58", "Rosa Soto", "Grecia 1180")
    adapter = app.url_map.bind("localhost")
    opened, told = [], []
    for rule in app.url_map.iter_rules():
        who = PERMISSIONS.get(rule.endpoint, NOBODY)
        if "GET" not in (rule.methods or ()) or "investigador" not in who or "anonimo" in who:
            continue
        values = {name: arguments[name] for name in rule.arguments}
        answer = investigador.get(adapter.build(rule.endpoint, values))
        assert answer.status_code < 500, rule.endpoint
        opened.append(rule.endpoint)
        told += [(rule.endpoint, word) for word in of_the_case if word.encode() in answer.data]
        if "oficio_id" in rule.arguments or "adjunto_id" in rule.arguments:
            assert answer.status_code == 404, rule.endpoint
        answer.close()

    app.config.pop("EVENTS_SECONDS")
    assert len(opened) > 60
    assert told == []


def test_the_tray_shows_what_waits_and_of_what_is_decided_only_ones_own(
    app, investigador, admin, buffet, ajeno, mode, usuario_investigador, usuario_admin
):
    made, refused, waiting = (
        make_item(app, buffet, data=name.encode(), nombre=name)
        for name in ("hecho.txt", "rechazado.txt", "espera.txt")
    )
    lists = [make_importacion(app, buffet, usuario_admin) for _ in range(2)]
    with app.app_context(), transaction():
        db.session.get_one(Ingreso, made).estado = EstadoIngreso.CREADO
        db.session.get_one(Ingreso, refused).estado = EstadoIngreso.RECHAZADO
        db.session.add(Origen(oficio_id=ajeno.id, ingreso_id=made))
        db.session.get_one(Importacion, lists[0]).estado = EstadoImportacion.IMPORTADA

    def seen(client):
        pages = [f"/bandeja/{each}" for each in (made, refused, waiting)]
        pages += [f"/importar/{each}" for each in lists]
        return [client.get(page, follow_redirects=True).status_code for page in pages]

    assert seen(admin) == [200] * 5
    assert seen(investigador) == [404, 404, 200, 404, 200]
    assert "hecho.txt" not in investigador.get("/bandeja").text
    assert "espera.txt" in investigador.get("/bandeja").text
    assign(app, ajeno, usuario_investigador)
    assert seen(investigador) == [200, 404, 200, 404, 200]


def test_a_visit_that_waited_on_a_phone_is_asked_about_when_its_case_is_somebody_elses(
    app, investigador, buffet, mode, rows, usuario_investigador, usuario_admin
):
    """Nothing that its person did is lost, and who never had the address is told nothing."""
    oficio_id, direccion_id = make_place(app, buffet, usuario_investigador)
    body = sent_visit(direccion_id)
    assert "Rosa Soto" in investigador.get("/terreno/datos/lista").text
    with app.app_context(), transaction():
        db.session.get_one(Oficio, oficio_id).investigador_id = usuario_admin.id
    assert "Rosa Soto" not in investigador.get("/terreno/datos/lista").text

    asked = investigador.post("/terreno/datos/visitas", json=body)
    guessed = investigador.post(
        "/terreno/datos/visitas", json={**body, "direccion": "Otra 1, Ñuñoa"}
    )
    stored = investigador.post("/terreno/datos/visitas", json={**body, "aceptados": ["reasignado"]})

    assert (asked.status_code, asked.json["motivo"]) == (409, "reasignado")
    assert (guessed.status_code, guessed.json["motivo"]) == (409, "eliminada")
    assert usuario_admin.nombre not in guessed.text
    assert stored.status_code == 201
    [visita] = rows(Visita)
    photo = investigador.post(
        f"/terreno/datos/visitas/{visita.cliente_id}/fotos",
        data={"cliente_id": str(uuid4()), "archivo": (BytesIO(jpeg()), "foto.jpg")},
    )
    assert photo.status_code == 201
    assert not sees(investigador, rows(Oficio, id=oficio_id)[0])
