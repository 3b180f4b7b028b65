"""A visit written down in the bitácora, with an address of the case or without."""

from __future__ import annotations

import pytest

from app.direcciones.models import Visita
from app.oficios.models import Investigacion
from app.oficios.rules import Actividad
from app.oficios.service import DireccionData
from tests.factories import make_oficio
from tests.oficios.acting import stored
from tests.oficios.textos import make_texto
from tests.plugins.application import HTMX, assert_fragment


@pytest.fixture
def case(app, buffet, usuario_admin):
    return make_oficio(
        app, buffet, usuario_admin, direccion=DireccionData(direccion="Av. Grecia 1180")
    )


@pytest.fixture
def direccion(app, case):
    return stored(app, case).direcciones[0]


def write(client, case, headers=None, **data):
    return client.post(
        f"/oficios/{case.id}/bitacora", data={"tipo": "terreno", **data}, headers=headers
    )


def test_a_visit_to_an_address_of_the_case_is_one_of_its_visits(
    app, investigador, case, direccion, usuario_admin, rows
):
    make_texto(app, usuario_admin, "Nadie abre", Actividad.TERRENO)
    response = write(
        investigador,
        case,
        HTMX,
        direccion_id=str(direccion.id),
        resultado="no_encontrado",
        frase=["", "Nadie abre"],
        descripcion="Timbre 4",
        lat="-33.45",
        lon="-70.6",
        exactitud_m="8",
    )

    assert_fragment(response, f"oficio-bitacora-{case.id}")
    (visita,) = rows(Visita)
    assert (visita.direccion_id, visita.notas) == (direccion.id, "Nadie abre. Timbre 4")
    assert (visita.lat, visita.lon, visita.exactitud_m) == (-33.45, -70.6, 8)
    (entry,) = rows(Investigacion, tipo=Actividad.TERRENO)
    assert entry.descripcion == "Visita a Av. Grecia 1180: no encontrado\nNadie abre. Timbre 4"


def test_a_visit_without_an_address_is_an_entry_alone(investigador, case, rows):
    assert write(investigador, case, resultado="exitosa").status_code == 303

    assert rows(Visita) == []
    (entry,) = rows(Investigacion, tipo=Actividad.TERRENO)
    assert entry.descripcion == "Visita sin dirección: exitosa"
    assert entry.detalle == {"resultado": "exitosa"}


def test_a_visit_without_an_address_keeps_where_it_was_made(investigador, case, rows):
    write(investigador, case, resultado="otro", lat="-33.45", lon="-70.6", exactitud_m="8")

    (entry,) = rows(Investigacion, tipo=Actividad.TERRENO)
    assert entry.detalle == {"resultado": "otro", "lat": -33.45, "lon": -70.6, "exactitud_m": 8}
    text = investigador.get(f"/oficios/{case.id}/bitacora").text
    assert "geo:-33.45,-70.6" in text
    assert "±8 m" in text


def test_a_visit_sent_twice_is_one(investigador, case, direccion, rows):
    for _ in range(2):
        write(
            investigador,
            case,
            direccion_id=str(direccion.id),
            resultado="otro",
            cliente_id="de-este-formulario",
        )

    assert len(rows(Visita)) == 1
    assert len(rows(Investigacion, tipo=Actividad.TERRENO)) == 1


def test_an_address_of_another_case_is_not_offered(
    app, investigador, case, buffet, usuario_admin, rows
):
    other = make_oficio(
        app, buffet, usuario_admin, direccion=DireccionData(direccion="Los Aromos 12")
    )
    foreign = stored(app, other).direcciones[0]
    response = write(investigador, case, direccion_id=str(foreign.id), resultado="otro")

    assert response.status_code == 422
    assert "Elija una de las opciones" in response.text
    assert rows(Visita) == []


def test_a_visit_of_tomorrow_is_explained_and_what_was_typed_stays(
    investigador, case, direccion, rows
):
    response = write(
        investigador,
        case,
        direccion_id=str(direccion.id),
        resultado="otro",
        descripcion="Volver",
        ocurrido_at="2098-01-01T10:00",
    )

    assert response.status_code == 422
    assert "todavía no llegan" in response.text
    assert "Volver</textarea>" in response.text
    assert f'<option selected value="{direccion.id}">Av. Grecia 1180</option>' in response.text
    assert rows(Visita) == []


def test_a_text_of_another_kind_is_ignored_and_an_unknown_one_refused(
    app, investigador, oficio, usuario_admin, rows
):
    make_texto(app, usuario_admin, "No contesta", Actividad.LLAMADA)
    url = f"/oficios/{oficio.id}/bitacora"
    both = {"tipo": "nota", "frase": "No contesta", "descripcion": "Hola"}
    investigador.post(url, data=both)
    assert rows(Investigacion, tipo=Actividad.NOTA)[0].descripcion == "Hola"

    refused = investigador.post(url, data={**both, "frase": "Inventado"})
    assert refused.status_code == 422
    assert len(rows(Investigacion, tipo=Actividad.NOTA)) == 1


def test_words_that_are_too_many_together_are_refused(app, investigador, oficio, usuario_admin):
    make_texto(app, usuario_admin, "No contesta", Actividad.LLAMADA)
    response = investigador.post(
        f"/oficios/{oficio.id}/bitacora",
        data={"tipo": "llamada", "frase": "No contesta", "descripcion": "x" * 4995},
    )

    assert response.status_code == 422
    assert "más de 5000" in response.text
