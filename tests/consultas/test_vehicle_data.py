"""What vehicle a plate is: asked of a provider, filled where it is empty, with its source."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.consultas.outside.vehicle_data import read_vehicle
from app.custodia.service import verify_all
from app.jobs.models import Trabajo
from app.jobs.rules import EstadoTrabajo
from app.oficios.models import Investigacion, Oficio
from app.vehiculos.models import Vehiculo
from tests.avistamientos.conftest import NOW
from tests.plugins.application import HTMX
from tests.plugins.provider import ProviderServer

Rows = Callable[..., list[Any]]
KEY = "una clave de prueba"
TOLD = {
    "status": "success",
    "data": {
        "plate": "BBCL12",
        "make": "TOYOTA",
        "model": "YARIS",
        "year": 2015,
        "engine": {"no": "texto"},
        "type": "AUTOMOVIL",
        "owner": {"name": "Nadie Nunca", "documentNumber": "11.111.111-1"},
    },
}


@pytest.fixture
def sources(provider_server: ProviderServer, configure: Callable[..., object]) -> ProviderServer:
    """A provider of vehicle data that the application is configured for."""
    configure(
        vehicle_data_url=f"{provider_server.url}/vehicle/{{patente}}.json",
        vehicle_data_key=KEY,
        vehicle_data_header="X-API-KEY",
        provider_allow_private=True,
        provider_timeout=10.0,
    )
    return provider_server


def test_only_what_is_empty_is_filled_with_its_source(
    app: Flask,
    oficio: Oficio,
    investigador: FlaskClient,
    cliente: FlaskClient,
    sources: ProviderServer,
    run_jobs: Callable[[], int],
    rows: Rows,
    change: Callable[..., None],
) -> None:
    change(rows(Vehiculo)[0], marca="NISSAN", modelo=None, anio=None)
    url = f"/oficios/{oficio.id}/vehiculo/consultar"
    sources.answer("/vehicle/BBCL12.json", body=TOLD)
    assert url in investigador.get(f"/oficios/{oficio.id}/vehiculo").text
    assert cliente.post(url).status_code in {403, 404}

    asked = investigador.post(url, headers=HTMX)
    assert 'hx-trigger="every 3s"' in asked.text
    investigador.post(url)
    assert len(rows(Trabajo, tipo="consultas.vehiculo")) == 1, "a second click is the same one"
    run_jobs()

    (car,) = rows(Vehiculo)
    assert (car.marca, car.modelo, car.anio, car.motor) == ("NISSAN", "YARIS", 2015, None)
    (request,) = sources.requests
    assert request.headers["X-API-KEY"] == KEY
    (entry,) = [one for one in rows(Investigacion) if one.respuesta_sha256]
    assert "según 127.0.0.1: Modelo (YARIS), Año (2015)" in entry.descripcion
    assert "Número de motor no se entiende" in entry.descripcion
    assert "Nadie" not in entry.descripcion
    page = investigador.get(f"/oficios/{oficio.id}/vehiculo").text
    assert "lo dijo 127.0.0.1" in page
    assert 'hx-trigger="every 3s"' not in investigador.get(url, headers=HTMX).text
    with app.app_context():
        assert [said for one in verify_all({oficio.id}) for said in one.problemas] == []


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ({"body": {"status": "error", "code": "V-02"}}, "no tiene datos de esta patente"),
        ({"status": 404, "body": {}}, "no tiene datos de esta patente"),
        ({"body": {"plate": "ZZZZ99", "make": "FIAT"}}, "nombra otra patente que la consultada"),
        ({"status": 401, "body": {}}, "Revise VEHICLE_DATA_KEY"),
        ({"body": {"status": "error", "code": "INVALID_API_KEY"}}, "Revise VEHICLE_DATA_KEY"),
    ],
)
def test_what_is_no_answer_fills_nothing_and_is_said(
    answer: dict[str, Any],
    said: str,
    oficio: Oficio,
    investigador: FlaskClient,
    sources: ProviderServer,
    run_jobs: Callable[[], int],
    rows: Rows,
    change: Callable[..., None],
) -> None:
    change(rows(Vehiculo)[0], marca=None)
    sources.answer("/vehicle/", **answer)
    investigador.post(f"/oficios/{oficio.id}/vehiculo/consultar")

    run_jobs()

    assert rows(Vehiculo)[0].marca is None
    assert said in rows(Investigacion)[-1].descripcion
    assert KEY not in rows(Investigacion)[-1].descripcion
    assert said in investigador.get(f"/oficios/{oficio.id}/vehiculo").text


def test_without_a_provider_nobody_is_asked_and_a_failure_is_tried_again(
    oficio: Oficio,
    investigador: FlaskClient,
    rows: Rows,
    request: pytest.FixtureRequest,
    change: Callable[..., None],
) -> None:
    change(rows(Vehiculo)[0], marca=None)
    url = f"/oficios/{oficio.id}/vehiculo/consultar"
    assert url not in investigador.get(f"/oficios/{oficio.id}/vehiculo").text
    refused = investigador.post(url, follow_redirects=True)
    assert "No hay un proveedor de datos de vehículos configurado" in refused.text
    assert rows(Trabajo, tipo="consultas.vehiculo") == []

    request.getfixturevalue("sources").answer("/vehicle/", status=503, body={})
    investigador.post(url)
    request.getfixturevalue("run_jobs")()

    (job,) = rows(Trabajo, tipo="consultas.vehiculo")
    assert job.estado is EstadoTrabajo.PROGRAMADO
    assert "datos de vehículos falló (respondió 503)" in job.error


@pytest.mark.parametrize(
    ("told", "datos", "omitted"),
    [
        ({"Marca": "KIA", "año": "2019", "vin": "-"}, {"marca": "KIA", "anio": 2019}, 0),
        ({"year": 1492, "brand": ["x"], "color": "ROJO"}, {"color": "ROJO"}, 2),
        ({"model": "x" * 500, "year": True, "chasis": "\x00"}, {}, 2),
        ({}, {}, 0),
    ],
)
def test_each_field_is_read_alone(
    told: dict[str, Any], datos: dict[str, Any], omitted: int
) -> None:
    found, left = read_vehicle(told, NOW.date())

    assert (found, len(left)) == (datos, omitted)
