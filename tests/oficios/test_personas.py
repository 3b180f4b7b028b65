"""The people of a case: added, corrected, removed, and refused when they cannot be read."""

from __future__ import annotations

import pytest

from app.oficios.models import Investigacion, Propietario
from app.oficios.service import PropietarioData
from tests.factories import make_oficio
from tests.oficios.acting import stored
from tests.plugins.application import HTMX, assert_fragment

ROSA = PropietarioData(nombre="Rosa Soto", rut="12345678-9", telefono="+56912345678")


@pytest.fixture
def case(app, buffet, usuario_admin):
    return make_oficio(app, buffet, usuario_admin, propietario=ROSA)


@pytest.fixture
def url(case):
    return f"/oficios/{case.id}/personas"


@pytest.fixture
def persona(app, case):
    return stored(app, case).propietarios[0]


def test_a_person_is_added_as_papers_write_it(app, investigador, url, case, rows):
    response = investigador.post(
        url,
        data={
            "tipo": "aval",
            "nombre": "  José   Núñez ",
            "rut": "76.123.456-0",
            "email": "JOSE@Correo.example",
            "telefono": "912345678",
        },
    )

    assert response.status_code == 303
    assert response.headers["Location"] == url
    added = rows(Propietario)[-1]
    assert (added.nombre, added.rut) == ("José Núñez", "76123456-0")
    assert added.telefono == "+56912345678"
    entry = rows(Investigacion)[-1]
    assert entry.descripcion == "Persona agregada: José Núñez (aval)"
    assert entry.detalle["despues"]["rut"] == "76123456-0"
    assert "jose nunez" in stored(app, case).busqueda


def test_a_wrong_digit_is_kept_flagged_and_confirmed_anew_when_corrected(
    app, investigador, url, case, persona, rows
):
    assert "debería ser 5" in investigador.get(url).text
    investigador.post(f"/oficios/{case.id}/confirmar", data={"clave": f"rut-{persona.id}"})
    assert "debería ser" not in investigador.get(url).text

    response = investigador.post(
        f"{url}/{persona.id}",
        data={"tipo": "principal", "nombre": "Rosa Soto", "rut": "12.345.679-9"},
        headers=HTMX,
    )

    text = assert_fragment(response, f"oficio-personas-{case.id}")
    assert "12.•••.•••-•" in text
    assert "12.345.679-9" not in text
    assert "Dígito no cuadra" in text
    assert rows(Investigacion)[-1].detalle["antes"]["rut"] == "12345678-9"


BAD = [
    ({"tipo": "principal", "nombre": "", "rut": ""}, "nombre", "Escriba el nombre o el RUT"),
    ({"tipo": "tío", "nombre": "Ana"}, "tipo", "Elija una de las opciones"),
    ({"tipo": "aval", "nombre": "x" * 161}, "nombre", "más de 160"),
    ({"tipo": "aval", "nombre": "\x00", "rut": ""}, "nombre", "Escriba el nombre o el RUT"),
    ({"tipo": "aval", "rut": "hola"}, "rut", "no es un RUT"),
    ({"tipo": "aval", "rut": "1234"}, "rut", "no es un RUT"),
    ({"tipo": "aval", "nombre": "Ana", "email": "ana@"}, "email", "no es un correo"),
    (
        {"tipo": "aval", "nombre": "Ana", "email": "a@b.example\nBcc: x@y.example"},
        "email",
        "una sola",
    ),
    ({"tipo": "aval", "nombre": "Ana", "telefono": "12"}, "telefono", "teléfono"),
    ({"tipo": "aval", "nombre": "Ana", "notas": "x" * 5001}, "notas", "más de 5000"),
]


@pytest.mark.parametrize("headers", [{}, HTMX], ids=["page", "htmx"])
@pytest.mark.parametrize(("data", "name", "sentence"), BAD)
@pytest.mark.parametrize("editing", [False, True], ids=["adding", "editing"])
def test_what_cannot_be_read_is_explained_beside_its_field(
    editing, data, name, sentence, headers, investigador, url, case, persona, rows
):
    response = investigador.post(
        f"{url}/{persona.id}" if editing else url, data=data, headers=headers
    )

    assert response.status_code == 422
    beside = response.text.partition(f'id="{name}-error"')[2].partition("</div>")[0]
    assert sentence.casefold() in beside.casefold()
    typed = data.get(name, "")
    if name not in {"tipo", "notas"} and "\x00" not in typed and "\n" not in typed:
        assert f'value="{typed}"' in response.text
    (unchanged,) = rows(Propietario)
    assert (unchanged.nombre, unchanged.rut) == ("Rosa Soto", "12345678-9")
    assert len(rows(Investigacion)) == 1


def test_the_form_to_edit_comes_filled_with_and_without_htmx(investigador, url, case, persona):
    for headers in ({}, HTMX):
        response = investigador.get(f"{url}/{persona.id}", headers=headers)
        assert 'value="Rosa Soto"' in response.text
    assert_fragment(response, f"oficio-personas-{case.id}")


def test_saving_without_changes_writes_nothing(investigador, url, persona, rows):
    data = {"tipo": "principal", "nombre": "Rosa Soto", "rut": "12345678-9"}
    investigador.post(f"{url}/{persona.id}", data={**data, "telefono": "+56 9 1234 5678"})

    assert len(rows(Investigacion)) == 1


def test_a_person_is_taken_out_once_and_the_bitacora_remembers(investigador, url, persona, rows):
    for _ in range(2):
        response = investigador.post(f"{url}/{persona.id}/quitar")
        assert response.status_code == 303

    assert rows(Propietario) == []
    told = [entry.descripcion for entry in rows(Investigacion)][1:]
    assert told == ["Persona quitada: Rosa Soto (principal)"]


def test_a_person_of_another_case_is_not_there(app, investigador, oficio, persona):
    url = f"/oficios/{oficio.id}/personas/{persona.id}"

    assert investigador.get(url).status_code == 404
    assert investigador.post(url, data={"nombre": "Otra"}).status_code == 404
    investigador.post(f"{url}/quitar")
    assert (
        investigador.get(f"/oficios/{persona.oficio_id}/personas/{persona.id}").status_code == 200
    )


def test_people_are_for_the_firm_alone(cliente, cliente_ajeno, stranger, url, persona, rows):
    for client in (cliente, cliente_ajeno, stranger):
        for path in (url, f"{url}/{persona.id}", f"{url}/{persona.id}/quitar"):
            assert client.post(path, data={"nombre": "Otra"}).status_code in {303, 404}
    assert [row.nombre for row in rows(Propietario)] == ["Rosa Soto"]
