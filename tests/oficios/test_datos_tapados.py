"""RUT, telephone and e-mail of people are masked until somebody asks, and asking is recorded."""

from __future__ import annotations

import pytest

from app.auditoria.models import Auditoria
from app.oficios.models import Investigacion
from app.oficios.service import PropietarioData
from tests.factories import make_oficio
from tests.oficios.acting import stored
from tests.plugins.application import HTMX, assert_fragment

ROSA = PropietarioData(
    nombre="Rosa Soto",
    rut="15987654-9",
    telefono="+56998765432",
    email="rosa.soto@correo.example",
)
SECRETS = ("15.987.654", "15987654", "+56 9 9876", "rosa.soto@")
SECTIONS = ("", "/historial", "/personas", "/direcciones", "/vehiculo", "/datos", "/custodia")


@pytest.fixture
def case(app, buffet, usuario_admin):
    return make_oficio(app, buffet, usuario_admin, propietario=ROSA)


@pytest.fixture
def url(case):
    return f"/oficios/{case.id}/personas"


@pytest.fixture
def persona(app, case):
    return stored(app, case).propietarios[0]


def secrets_in(text):
    return [secret for secret in SECRETS if secret in text]


@pytest.mark.parametrize("path", SECTIONS)
def test_no_section_shows_who_can_be_called(path, investigador, url, case, persona):
    """Also after the person was changed and taken out: the entries tell of it in masks."""
    other = {"tipo": "aval", "nombre": "Rosa Soto", "rut": "15.987.654-9"}
    investigador.post(f"{url}/{persona.id}", data={**other, "telefono": "998765499"})
    investigador.post(url, data={"tipo": "aval", "rut": "15.987.654-3", "telefono": "998765499"})
    before = investigador.get(f"/oficios/{case.id}{path}").text
    investigador.post(f"{url}/{persona.id}/quitar")
    after = investigador.get(f"/oficios/{case.id}{path}").text

    assert secrets_in(before) == secrets_in(after) == []
    assert "15.•••.•••-•" in before, "the warning over the page names it by its mask"


def test_asking_shows_one_person_once_and_is_written_down(
    investigador, url, case, persona, usuario_investigador, rows
):
    investigador.post(url, data={"tipo": "aval", "nombre": "Luis", "rut": "76.123.456-0"})
    response = investigador.post(f"{url}/{persona.id}/mostrar", headers=HTMX)

    text = assert_fragment(response, f"oficio-personas-{case.id}")
    assert "15.987.654-9" in text
    assert 'href="tel:+56998765432"' in text
    assert 'href="mailto:rosa.soto@correo.example"' in text
    assert "76.123.456-0" not in text
    (record,) = rows(Auditoria, accion="persona.datos_mostrados")
    assert (record.usuario_id, record.entidad_id) == (usuario_investigador.id, persona.id)
    assert record.oficio_id == case.id
    assert secrets_in(str(record.detalle)) == []


def test_without_htmx_the_next_page_shows_it_and_the_one_after_does_not(
    investigador, url, persona, rows
):
    response = investigador.post(f"{url}/{persona.id}/mostrar")

    assert (response.status_code, response.headers["Location"]) == (303, url)
    assert "15.987.654-9" in investigador.get(url).text
    assert secrets_in(investigador.get(url).text) == []
    investigador.post(f"{url}/{persona.id}/mostrar")
    assert len(rows(Auditoria, accion="persona.datos_mostrados")) == 2


def test_the_form_shows_what_it_edits_and_that_is_written_down(investigador, url, persona, rows):
    assert 'value="15.987.654-9"' in investigador.get(f"{url}/{persona.id}").text

    (record,) = rows(Auditoria, accion="persona.datos_mostrados")
    assert record.detalle == {"motivo": "editar"}


def test_who_asked_is_read_in_the_history(admin, investigador, url, case, persona):
    investigador.post(f"{url}/{persona.id}/mostrar")
    investigador.get(f"{url}/{persona.id}")

    text = admin.get(f"/oficios/{case.id}/historial?ambito=acceso").text
    assert "Carla Muñoz" in text
    assert "Pidió ver el RUT y los contactos de Rosa Soto." in text
    assert "Pidió ver el RUT y los contactos de Rosa Soto, para editarlos." in text
    investigador.post(f"{url}/{persona.id}/quitar")
    assert "una persona que ya no está" in admin.get(f"/oficios/{case.id}/historial").text


def test_what_people_write_by_themselves_is_shown_as_they_wrote_it(investigador, case):
    investigador.post(
        f"/oficios/{case.id}/bitacora",
        data={"tipo": "nota", "descripcion": "El conserje dio el RUT 12.345.678-5"},
    )

    assert "RUT 12.345.678-5" in investigador.get(f"/oficios/{case.id}").text


def test_nothing_is_offered_for_a_person_known_by_name_alone(
    app, investigador, buffet, usuario_admin
):
    known = make_oficio(app, buffet, usuario_admin, propietario=PropietarioData(nombre="Rosa"))
    text = investigador.get(f"/oficios/{known.id}/personas").text

    assert "/mostrar" not in text
    assert "Sin RUT" in text


def test_asking_is_for_the_firm_alone(
    app, investigador, cliente, cliente_ajeno, stranger, url, persona, oficio, rows
):
    for client in (cliente, cliente_ajeno, stranger):
        response = client.post(f"{url}/{persona.id}/mostrar", headers=HTMX)
        assert secrets_in(response.text) == []
    elsewhere = f"/oficios/{oficio.id}/personas/{persona.id}/mostrar"
    assert investigador.post(elsewhere).status_code == 404
    assert rows(Auditoria, accion="persona.datos_mostrados") == []
    assert len(rows(Investigacion)) == 2, "looking leaves nothing in the bitácora"
