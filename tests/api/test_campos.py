"""A field of the vehicle is declared once; this names the place that a new one is missing in."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from app.api.v1.schemas.oficios import OficioChange, OficioNew, OficioShown, VehiculoShown
from app.oficios.forms.oficio import NuevoForm
from app.oficios.forms.vehiculo import VehiculoForm
from app.oficios.models import Investigacion
from app.oficios.rules.campos import CAMPOS, GrupoDeCampos, fields_of
from app.oficios.service import VehiculoData
from app.planillas.pages.preview import GRUPOS
from app.planillas.rules.header_guess import guess_columns
from app.planillas.rules.oficio_fields import LAYOUT
from app.vehiculos.models import Vehiculo

#: Columns of a vehicle that no paper fills in by themselves.
NOT_OF_A_PAPER = {"id", "oficio_id", "patente_dv", "patente_confirmada"}
#: What two kinds of fields can hold, to follow it through the pages.
SAMPLE = {"patente": "LGCR75", "anio": "2015", "vin": "JS2ZC83S4M6100723"}
DECLARED = fields_of(GrupoDeCampos.VEHICULO)
SCHEMA_EXTRA: Any = OficioShown.model_config["json_schema_extra"]
EXAMPLE = SCHEMA_EXTRA["examples"][0]
#: Each place that has to know a field, and the fields that it knows.
PLACES = {
    "a column in app/vehiculos/models.py and a migration": set(Vehiculo.__table__.columns.keys()),
    "VehiculoData in app/oficios/service/data.py": {
        field.name for field in dataclasses.fields(VehiculoData)
    },
    "OficioNew in app/api/v1/schemas/oficios.py": set(OficioNew.model_fields),
    "OficioChange in app/api/v1/schemas/oficios.py": set(OficioChange.model_fields),
    "VehiculoShown in app/api/v1/schemas/oficios.py": set(VehiculoShown.model_fields),
    "the example of OficioShown": {{"año": "anio"}.get(name, name) for name in EXAMPLE["vehiculo"]},
    "the form of a new oficio": {name for name in dir(NuevoForm) if not name.startswith("_")},
    "the form of the vehicle": {name for name in dir(VehiculoForm) if not name.startswith("_")},
    "the preview of a list": {name for _grupo, names in GRUPOS for name in names},
    "headers of lists, in app/oficios/rules/campos.py": {
        name for name, campo in CAMPOS.items() if campo.headers
    },
}


def test_every_column_of_a_vehicle_is_a_declared_field():
    forgotten = set(Vehiculo.__table__.columns.keys()) - NOT_OF_A_PAPER - set(DECLARED)

    assert not forgotten, f"Declare {sorted(forgotten)} in CAMPOS of app/oficios/rules/campos.py."


@pytest.mark.parametrize("place", PLACES)
def test_a_declared_field_is_known_in_every_place(place):
    forgotten = set(DECLARED) - PLACES[place]

    assert not forgotten, f"{sorted(forgotten)} is missing in: {place}."


@pytest.mark.parametrize("name", DECLARED)
def test_a_column_of_that_name_is_found_in_a_list(name):
    header = CAMPOS[name].headers.split("|")[0]

    assert guess_columns([header], LAYOUT.synonyms) == {0: name}


def test_no_column_is_longer_than_its_field_reads():
    columns = Vehiculo.__table__.columns
    for name, campo in DECLARED.items():
        length = getattr(columns[name].type, "length", None)
        assert campo.read or campo.limit == length, f"The limit of {name} is not its column's."


def test_what_is_typed_is_shown_searched_told_and_exported(
    investigador, investigador_api, oficio, rows
):
    """Every field of the vehicle, through its form to page, history, search and API."""
    typed = {
        name: SAMPLE.get(name, f"Valor{name}"[: campo.limit]) for name, campo in DECLARED.items()
    }
    url = f"/oficios/{oficio.id}/vehiculo"
    assert investigador.post(url, data={**typed, "version": "1"}).status_code == 303

    page = investigador.get(url).text
    told = investigador_api("GET", f"/oficios/{oficio.id}").get_json()["vehiculo"]
    history = investigador.get(f"/oficios/{oficio.id}/historial").text
    changed = rows(Investigacion)[-1].detalle["despues"]
    for name, campo in DECLARED.items():
        if name != "patente":
            assert typed[name] in page.partition("card-footer")[0], f"{name} is not on the page."
            assert campo.name in history, f"{name} is not in the history."
        assert str(told[{"anio": "año"}.get(name, name)]) == typed[name]
        assert str(changed[name]) == typed[name]
        if campo.searched:
            found = investigador_api("GET", f"/oficios/?q={typed[name]}").get_json()
            assert [row["id"] for row in found] == [oficio.id], f"{name} is not searched."
