"""The directory of receptores judiciales."""

from __future__ import annotations

import pytest

from app.auditoria.models import Auditoria
from app.notificaciones.models import Receptor
from tests.notificaciones.rows import EMAIL, make_receptor

URL = "/admin/receptores"


@pytest.mark.parametrize("person", ["admin", "investigador"])
def test_everybody_of_the_firm_adds_receptores(person, request, rows):
    client = request.getfixturevalue(person)
    assert "El directorio está vacío" in client.get(URL).get_data(as_text=True)

    answer = client.post(
        f"{URL}/nuevo",
        data={"nombre": "Ema Soto", "email": "Ema@Actuarios.example", "telefono": "912345678"},
    )

    assert answer.headers["Location"] == URL
    [receptor] = rows(Receptor)
    assert (receptor.email, receptor.telefono) == ("ema@actuarios.example", "+56912345678")
    assert "Ema Soto" in client.get(URL).get_data(as_text=True)
    assert [row.accion for row in rows(Auditoria)] == ["receptor.creado"]


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("email", "a@uno.example,b@dos.example", "una sola dirección"),
        ("email", "", "Escriba el correo"),
        ("nombre", "", "Escriba el nombre"),
        ("telefono", "12", "no es un teléfono"),
        ("nombre", "a" * 161, "160 caracteres"),
    ],
)
def test_what_cannot_be_read_is_said_beside_its_field(field, value, sentence, investigador, rows):
    data = {"nombre": "Ema Soto", "email": EMAIL, "notas": "Atiende de tarde", field: value}

    answer = investigador.post(f"{URL}/nuevo", data=data)

    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert sentence in page
    assert "Atiende de tarde" in page
    assert rows(Receptor) == []


def test_an_address_belongs_to_one_receptor(app, investigador, usuario_investigador, rows):
    make_receptor(app, usuario_investigador)
    other = make_receptor(app, usuario_investigador, nombre="Luis Rojas", email="l@r.example")
    data = {"nombre": "Otra", "email": EMAIL.upper()}

    for url in (f"{URL}/nuevo", f"{URL}/{other.id}"):
        answer = investigador.post(url, data=data)
        assert answer.status_code == 422
        assert "ya es de Ema Soto" in answer.get_data(as_text=True)
    assert [row.email for row in rows(Receptor)] == [EMAIL, "l@r.example"]


def test_an_inactive_one_is_named_as_such(app, investigador, usuario_investigador):
    receptor = make_receptor(app, usuario_investigador)
    investigador.post(f"{URL}/{receptor.id}/activo", data={"activo": "0"})

    answer = investigador.post(f"{URL}/nuevo", data={"nombre": "Otra", "email": EMAIL})

    assert "está inactivo" in answer.get_data(as_text=True)


def test_a_receptor_is_edited_deactivated_and_brought_back(
    app, investigador, usuario_investigador, rows
):
    receptor = make_receptor(app, usuario_investigador, tribunales="1º Civil")
    url = f"{URL}/{receptor.id}"
    assert "1º Civil" in investigador.get(url).get_data(as_text=True)

    investigador.post(url, data={"nombre": "Ema Soto Vera", "email": EMAIL, "tribunales": ""})
    investigador.post(f"{url}/activo", data={"activo": "0"})
    assert "Inactivo" in investigador.get(URL).get_data(as_text=True)
    [changed] = rows(Receptor)
    assert (changed.nombre, changed.tribunales, changed.activo) == ("Ema Soto Vera", None, False)

    investigador.post(f"{url}/activo", data={"activo": "1"})
    assert rows(Receptor)[0].activo


@pytest.mark.parametrize("person", ["cliente", "cliente_ajeno", "stranger"])
def test_the_directory_is_the_firms_own(person, request, app, usuario_investigador, rows):
    client = request.getfixturevalue(person)
    receptor = make_receptor(app, usuario_investigador)
    answers = [client.get(url) for url in (URL, f"{URL}/nuevo", f"{URL}/{receptor.id}")]
    answers.append(client.post(f"{URL}/nuevo", data={"nombre": "X", "email": "x@y.example"}))
    answers.append(client.post(f"{URL}/{receptor.id}/activo", data={"activo": "0"}))

    assert {answer.status_code for answer in answers} == {303 if person == "stranger" else 404}
    assert rows(Receptor)[0].activo
