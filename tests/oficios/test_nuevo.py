"""Entering one oficio by hand."""

from __future__ import annotations

import pytest

from app.direcciones.models import Direccion
from app.oficios.models import Investigacion, Oficio, Propietario
from app.vehiculos.models import Vehiculo
from tests.factories import make_buffet, make_oficio
from tests.plugins.application import HTMX

URL = "/oficios/nuevo"


@pytest.fixture
def data(buffet):
    return {
        "buffet_id": str(buffet.id),
        "numero_oficio": "OF-2026-100",
        "prioridad": "media",
        "patente": "BBCL12",
        "persona_tipo": "principal",
        "direccion_tipo": "domicilio",
    }


def test_an_oficio_is_entered_with_all_that_the_paper_says(
    investigador, data, usuario_investigador, rows
):
    response = investigador.post(
        URL,
        data={
            **data,
            "rol": "C-3030-2017",
            "tribunal": "19º Juzgado Civil de Santiago",
            "patente": "lgcr.75-1",
            "marca": "Suzuki",
            "anio": "2021",
            "investigador_id": str(usuario_investigador.id),
            "persona_nombre": "Rosa Soto",
            "persona_rut": "12.345.678-5",
            "direccion": "Av. Grecia 1180",
            "comuna": "nunoa",
        },
    )

    (case,) = rows(Oficio)
    assert response.status_code == 303
    assert response.headers["Location"] == f"/oficios/{case.id}"
    assert (case.numero_oficio, case.rol) == ("OF-2026-100", "C-3030-2017")
    assert case.investigador_id == usuario_investigador.id
    (car,) = rows(Vehiculo)
    assert (car.patente, car.patente_dv, car.anio) == ("LGCR75", "1", 2021)
    assert rows(Propietario)[0].rut == "12345678-5"
    assert (rows(Direccion)[0].comuna, rows(Direccion)[0].region) == (
        "Ñuñoa",
        "Metropolitana de Santiago",
    )
    told = [entry.descripcion for entry in rows(Investigacion)]
    assert told == ["Oficio ingresado", "Asignado a Carla Muñoz"]


def test_number_and_plate_are_enough(investigador, data, rows):
    assert investigador.post(URL, data=data).status_code == 303
    assert len(rows(Oficio)) == 1
    assert rows(Propietario) == rows(Direccion) == []


def test_what_does_not_add_up_is_stored_and_said(investigador, data):
    response = investigador.post(
        URL,
        data={
            **data,
            "patente": "SPRT44-1",
            "persona_nombre": "Rosa Soto",
            "persona_rut": "12.345.678-9",
            "tribunal": "Juzgado de la Luna",
        },
        follow_redirects=True,
    )

    flashes = "".join(response.text.split("data-flash")[1:])
    for sentence in ("debería ser K", "debería ser 5", "no está en la lista"):
        assert sentence in flashes


def test_the_only_buffet_is_chosen_already(app, investigador, buffet):
    assert f'selected value="{buffet.id}"' in investigador.get(URL).text
    make_buffet(app)
    assert f'selected value="{buffet.id}"' not in investigador.get(URL).text


def test_without_buffets_the_page_says_who_makes_them(investigador):
    assert "un administrador los crea" in investigador.get(URL).text


def test_a_number_that_the_buffet_used_is_refused_beside_the_field(
    app, investigador, data, buffet, usuario_admin, rows
):
    make_oficio(app, buffet, usuario_admin, numero_oficio="OF-2026-100")

    response = investigador.post(URL, data={**data, "marca": "Kia"})

    assert response.status_code == 422
    beside = response.text.partition('id="numero_oficio-error"')[2].partition("</div>")[0]
    assert "Ya existe un oficio con este número" in beside
    assert 'value="Kia"' in response.text
    assert len(rows(Oficio)) == 1


BAD = [
    ({"buffet_id": ""}, "buffet_id", "Elija el buffet"),
    ({"buffet_id": "999"}, "buffet_id", "Elija una de las opciones"),
    ({"buffet_id": "1; DROP TABLE"}, "buffet_id", "Elija una de las opciones"),
    ({"numero_oficio": " "}, "numero_oficio", "Escriba el número"),
    ({"patente": "A1"}, "patente", "no es una patente"),
    ({"patente": "=cmd|' /C calc'!A0"}, "patente", "no es una patente"),
    ({"patente": ""}, "patente", "Escriba la patente"),
    ({"anio": "99"}, "anio", "cuatro cifras"),
    ({"rol": "C-0-2017"}, "rol", "no es un rol"),
    ({"fecha_ingreso": "31/02/2026"}, "fecha_ingreso", "no existe"),
    ({"persona_rut": "hola"}, "persona_rut", "no es un RUT"),
    ({"persona_email": "ana@estudio.example"}, "persona_nombre", "nombre o el RUT"),
    ({"persona_nombre": "A", "persona_email": "no"}, "persona_email", "no es un correo"),
    ({"persona_nombre": "A", "persona_telefono": "1"}, "persona_telefono", "teléfono"),
    ({"persona_tipo": "tío"}, "persona_tipo", "Elija una de las opciones"),
    ({"comuna": "Arica"}, "direccion", "Escriba la calle"),
    ({"direccion": "Los Aromos 12", "comuna": "Narnia"}, "comuna", "no existe"),
    ({"direccion": "x" * 201}, "direccion", "más de 200"),
    ({"prioridad": "\x00"}, "prioridad", "Elija una de las opciones"),
]


@pytest.mark.parametrize(("change", "name", "sentence"), BAD)
def test_what_cannot_be_read_is_explained_beside_its_field(
    change, name, sentence, investigador, data, rows
):
    response = investigador.post(URL, data={**data, "modelo": "Morning", **change})

    assert response.status_code == 422
    assert sentence in response.text.partition(f'id="{name}-error"')[2].partition("</div>")[0]
    assert 'value="Morning"' in response.text
    assert rows(Oficio) == rows(Vehiculo) == rows(Investigacion) == []


def test_an_inactive_buffet_sends_nothing(app, investigador, data, rows):
    closed = make_buffet(app, activo=False)

    response = investigador.post(URL, data={**data, "buffet_id": str(closed.id)})

    assert response.status_code == 422
    assert rows(Oficio) == []


def test_htmx_is_sent_to_the_new_case(investigador, data, rows):
    response = investigador.post(URL, data=data, headers=HTMX)

    assert response.headers["HX-Redirect"] == f"/oficios/{rows(Oficio)[0].id}"


def test_only_the_firm_enters_oficios(cliente, stranger, data, rows):
    assert cliente.post(URL, data=data).status_code == 404
    assert stranger.post(URL, data=data).headers["Location"].startswith("/entrar")
    assert rows(Oficio) == []
