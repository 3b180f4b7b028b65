"""The vehicle of a case: how its facts are read, and correcting it."""

from __future__ import annotations

import pytest

from app.core.errors import InvalidValue
from app.oficios.models import Investigacion
from app.vehiculos.models import Vehiculo
from app.vehiculos.rules import parse_cifras, parse_vin, refuse_anio
from tests.factories import make_oficio
from tests.oficios.acting import stored
from tests.plugins.application import HTMX, assert_fragment


@pytest.fixture
def url(oficio):
    return f"/oficios/{oficio.id}/vehiculo"


@pytest.mark.parametrize("text", ["1900", "2027"])
def test_a_year_up_to_the_next_is_a_model_year(text):
    assert refuse_anio(parse_cifras(text), 2026) is None


@pytest.mark.parametrize("anio", [2028, 1899])
def test_other_years_are_refused(anio):
    assert "no es creíble" in (refuse_anio(anio, 2026) or "")


@pytest.mark.parametrize("text", ["15", "20 15", "²⁰¹⁵", "-201", "dos mil"])
def test_what_is_no_year_is_refused(text):
    with pytest.raises(InvalidValue, match="no es un año"):
        parse_cifras(text)


def test_a_vin_loses_its_separators_and_nothing_else():
    assert parse_vin("js2zc-83s4.m61 00723") == "JS2ZC83S4M6100723"
    for text in ("¡no!", "AB", "A" * 31):
        with pytest.raises(InvalidValue):
            parse_vin(text)


def test_a_vehicle_is_corrected(investigador, url, oficio, rows):
    response = investigador.post(
        url,
        data={
            "patente": "gg.zl-12 - 1",
            "marca": "Kia",
            "modelo": "Morning",
            "anio": "2019",
            "color": "Rojo",
            "vin": "JS2ZC83S4M6100723",
            "version": "1",
        },
    )

    assert response.status_code == 303
    (car,) = rows(Vehiculo)
    assert (car.patente, car.patente_dv, car.anio) == ("GGZL12", "1", 2019)
    assert rows(Investigacion)[-1].descripcion == "Patente corregida: de BB·CL·12 a GG·ZL·12"
    page = investigador.get(url).text
    assert "Kia Morning 2019" in page
    assert "VIN" in page


BAD = [
    ({"patente": ""}, "patente", "Escriba la patente"),
    ({"patente": "\x00"}, "patente", "Escriba la patente"),
    ({"patente": "hola"}, "patente", "no es una patente chilena"),
    ({"patente": "=cmd|' /C calc'!A0"}, "patente", "no es una patente chilena"),
    ({"patente": "GGZL12", "marca": "x" * 61}, "marca", "más de 60"),
    ({"patente": "GGZL12", "color": "x" * 41}, "color", "más de 40"),
    ({"patente": "GGZL12", "anio": "15"}, "anio", "cuatro cifras"),
    ({"patente": "GGZL12", "anio": "2199"}, "anio", "no es creíble"),
    ({"patente": "GGZL12", "vin": "¡no!"}, "vin", "solo letras y números"),
]


@pytest.mark.parametrize("headers", [{}, HTMX], ids=["page", "htmx"])
@pytest.mark.parametrize(("data", "name", "sentence"), BAD)
def test_what_cannot_be_read_is_explained_beside_its_field(
    data, name, sentence, headers, investigador, url, oficio, rows
):
    response = investigador.post(url, data={**data, "version": "1"}, headers=headers)

    assert response.status_code == 422
    assert sentence in response.text.partition(f'id="{name}-error"')[2].partition("</div>")[0]
    if "GGZL12" in data["patente"]:
        assert 'value="GGZL12"' in response.text
    if headers:
        assert_fragment(response, f"oficio-vehiculo-{oficio.id}")
    assert rows(Vehiculo)[0].patente == "BBCL12"
    assert len(rows(Investigacion)) == 1


def test_an_older_copy_does_not_overwrite_and_keeps_what_was_typed(investigador, url, oficio, rows):
    first = {"patente": "BBCL12", "marca": "Kia", "version": "1"}
    assert investigador.post(url, data=first).status_code == 303

    late = {"patente": "BBCL12", "marca": "Fiat", "version": "1"}
    refused = investigador.post(url, data=late, headers=HTMX)

    assert refused.status_code == 409
    text = assert_fragment(refused, f"oficio-vehiculo-{oficio.id}")
    assert "Carla Muñoz lo cambió" in text
    assert 'value="Fiat"' in text
    assert rows(Vehiculo)[0].marca == "Kia"
    again = investigador.post(url, data={**late, "version": "2"})
    assert again.status_code == 303
    assert rows(Vehiculo)[0].marca == "Fiat"


def test_a_year_of_the_papers_that_cannot_be_stays_until_it_is_corrected(
    app, investigador, buffet, usuario_admin
):
    case = make_oficio(
        app, buffet, usuario_admin, advertencias_ingreso={"anio": "El año no es creíble."}
    )
    url = f"/oficios/{case.id}/vehiculo"
    assert f'href="{url}"' in investigador.get(url).text
    investigador.post(url, data={"patente": "BBCL12", "anio": "2015", "version": "1"})

    now = stored(app, case)
    assert now.vehiculo.anio == 2015
    assert now.advertencias_ingreso == {}


def test_the_vehicle_is_for_the_firm_alone(cliente, cliente_ajeno, stranger, url, rows):
    for client in (cliente, cliente_ajeno, stranger):
        response = client.post(url, data={"patente": "GGZL12", "version": "1"})
        assert response.status_code in {303, 404}
    assert rows(Vehiculo)[0].patente == "BBCL12"
