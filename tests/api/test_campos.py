"""A field of a case is declared once; this names the place that a new one is missing in."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest

from app.api.v1.schemas.base import Shown
from app.api.v1.schemas.oficios import OficioChange, OficioNew, OficioShown, VehiculoShown
from app.api.v1.schemas.partes import (
    DireccionChange,
    DireccionNew,
    DireccionShown,
    PropietarioChange,
    PropietarioNew,
    PropietarioShown,
)
from app.direcciones.models import Direccion
from app.oficios.forms.direcciones import DireccionForm
from app.oficios.forms.oficio import DatosForm, NuevoForm
from app.oficios.forms.personas import PersonaForm
from app.oficios.forms.vehiculo import VehiculoForm
from app.oficios.models import Investigacion, Oficio, Propietario
from app.oficios.rules.campos import CAMPOS, Campo, GrupoDeCampos, column_of, fields_of
from app.oficios.rules.historial import changes_of
from app.oficios.service import DireccionData, OficioData, PropietarioData, VehiculoData
from app.planillas.pages.preview import GRUPOS
from app.planillas.rules.header_guess import guess_columns
from app.planillas.rules.oficio_fields import LAYOUT
from app.vehiculos.models import Vehiculo

OFICIOS_PY = "app/api/v1/schemas/oficios.py"
PARTES_PY = "app/api/v1/schemas/partes.py"
#: What a field that is read can hold, by its name or the type of its input.
SAMPLE = {
    "rol": "C-3030-2017",
    "tribunal": "1º Juzgado Civil de Santiago",
    "patente": "LGCR75",
    "anio": "2015",
    "vin": "JS2ZC83S4M6100723",
    "propietario_rut": "12345678-5",
    "tel": "+56912345678",
    "email": "rosa@correo.example",
    "comuna": "Ñuñoa",
    "date": "2026-11-18",
    "prioridad": "alta",
}

#: What a page tells in other words than it is typed.
WORDED = {"patente", "prioridad"}


@dataclass(frozen=True)
class Part:
    """A part of a case: what is declared of it, and the places that have to know a field."""

    grupos: tuple[GrupoDeCampos, ...]
    model: type[Any]
    #: Columns that no paper fills in by themselves.
    others: frozenset[str]
    #: Each place, and what it knows by the names of columns.
    places: dict[str, set[str]]
    #: What a case is opened with, under names of its own.
    opened: dict[str, set[str]]
    #: What the form of the part needs beside the fields.
    beside: dict[str, str]

    @property
    def fields(self) -> dict[str, Campo]:
        return {name: one for grupo in self.grupos for name, one in fields_of(grupo).items()}


def named(kind: type[Any]) -> set[str]:
    return {field.name for field in dataclasses.fields(kind)}


def inputs(form: type[Any], prefix: str = "") -> set[str]:
    found = (name for name in dir(form) if name.startswith(prefix) and not name.startswith("_"))
    return {name.removeprefix(prefix) for name in found}


def example(schema: type[Shown], key: str | None = None) -> set[str]:
    extra: Any = schema.model_config["json_schema_extra"]
    shown = extra["examples"][0]
    return {{"año": "anio"}.get(name, name) for name in (shown[key] if key else shown)}


def columns(words: str) -> frozenset[str]:
    return frozenset(words.split())


PARTS = {
    "oficio": Part(
        (GrupoDeCampos.OFICIO, GrupoDeCampos.PLAZOS, GrupoDeCampos.NOTAS),
        Oficio,
        columns(
            "id buffet_id vehiculo_n estado posicion version investigador_id "
            "advertencias_ingreso busqueda estado_desde ultima_actividad_at ultima_consulta_at "
            "creado_por_id modificado_por_id created_at updated_at"
        ),
        {
            "a column in app/oficios/models.py and a migration": set(Oficio.__table__.c.keys()),
            "OficioData in app/oficios/service/data.py": named(OficioData),
            f"OficioChange in {OFICIOS_PY}": set(OficioChange.model_fields),
            f"OficioShown in {OFICIOS_PY}": set(OficioShown.model_fields),
            f"the example of OficioShown in {OFICIOS_PY}": example(OficioShown),
            "the form of the oficio": inputs(DatosForm),
        },
        {f"OficioNew in {OFICIOS_PY}": set(OficioNew.model_fields), "its form": inputs(NuevoForm)},
        {"version": "1"},
    ),
    "vehiculo": Part(
        (GrupoDeCampos.VEHICULO,),
        Vehiculo,
        columns("id oficio_id patente_dv patente_confirmada"),
        {
            "a column in app/vehiculos/models.py and a migration": set(Vehiculo.__table__.c.keys()),
            "VehiculoData in app/oficios/service/data.py": named(VehiculoData),
            f"OficioChange in {OFICIOS_PY}": set(OficioChange.model_fields),
            f"VehiculoShown in {OFICIOS_PY}": set(VehiculoShown.model_fields),
            f"the example of OficioShown in {OFICIOS_PY}": example(OficioShown, "vehiculo"),
            "the form of the vehicle": inputs(VehiculoForm),
        },
        {f"OficioNew in {OFICIOS_PY}": set(OficioNew.model_fields), "its form": inputs(NuevoForm)},
        {"version": "1"},
    ),
    "personas": Part(
        (GrupoDeCampos.PERSONA,),
        Propietario,
        columns("id oficio_id tipo rut_confirmado notas created_at"),
        {
            "a column in app/oficios/models.py and a migration": set(
                Propietario.__table__.c.keys()
            ),
            "PropietarioData in app/oficios/service/data.py": named(PropietarioData),
            f"PropietarioNew in {PARTES_PY}": set(PropietarioNew.model_fields),
            f"PropietarioChange in {PARTES_PY}": set(PropietarioChange.model_fields),
            f"PropietarioShown in {PARTES_PY}": set(PropietarioShown.model_fields),
            f"the example of PropietarioShown in {PARTES_PY}": example(PropietarioShown),
            "the form of a person": inputs(PersonaForm),
        },
        {
            f"OficioNew in {OFICIOS_PY}": {column_of(name) for name in OficioNew.model_fields},
            "the form of a new oficio": inputs(NuevoForm, "persona_"),
        },
        {"tipo": "principal"},
    ),
    "direcciones": Part(
        (GrupoDeCampos.DIRECCION,),
        Direccion,
        columns(
            "id oficio_id tipo lat lon exactitud_m notas verificada verificada_at "
            "verificada_por_id version created_at"
        ),
        {
            "a column in app/direcciones/models.py and a migration": set(
                Direccion.__table__.c.keys()
            ),
            "DireccionData in app/oficios/service/data.py": named(DireccionData),
            # The region follows from the comuna.
            f"DireccionNew in {PARTES_PY}": {"region", *DireccionNew.model_fields},
            f"DireccionChange in {PARTES_PY}": {"region", *DireccionChange.model_fields},
            f"DireccionShown in {PARTES_PY}": set(DireccionShown.model_fields),
            f"the example of DireccionShown in {PARTES_PY}": example(DireccionShown),
            "the form of an address": {"region", *inputs(DireccionForm)},
        },
        {
            f"OficioNew in {OFICIOS_PY}": set(OficioNew.model_fields),
            "the form of a new oficio": {"region", *inputs(NuevoForm)},
        },
        {"tipo": "domicilio", "version": "1"},
    ),
}
PREVIEWED = {name for _grupo, names in GRUPOS for name in names}


def test_every_declared_field_belongs_to_a_part():
    assert {name for part in PARTS.values() for name in part.fields} == set(CAMPOS)


@pytest.mark.parametrize("part", PARTS)
def test_every_column_is_a_declared_field(part):
    of = PARTS[part]
    forgotten = set(of.model.__table__.c.keys()) - of.others - set(map(column_of, of.fields))

    assert not forgotten, f"Declare {sorted(forgotten)} in CAMPOS of app/oficios/rules/campos.py."


@pytest.mark.parametrize("part", PARTS)
def test_a_declared_field_is_known_in_every_place(part):
    declared = set(map(column_of, PARTS[part].fields))
    for place, known in (PARTS[part].places | PARTS[part].opened).items():
        assert not declared - known, f"{sorted(declared - known)} is missing in: {place}."
    assert set(PARTS[part].fields) <= PREVIEWED


@pytest.mark.parametrize("name", CAMPOS)
def test_a_column_of_that_name_is_found_in_a_list(name):
    header = CAMPOS[name].headers.split("|")[0]

    assert header, f"{name} has no header of lists in app/oficios/rules/campos.py."
    assert guess_columns([header], LAYOUT.synonyms) == {0: name}


@pytest.mark.parametrize("part", PARTS)
def test_no_column_is_longer_than_its_field_reads(part):
    of = PARTS[part]
    for name, campo in of.fields.items():
        length = getattr(of.model.__table__.c[column_of(name)].type, "length", None)
        fits = campo.read or length is None or campo.limit == length
        assert fits, f"The limit of {name} is not its column's."


def typed(part: Part) -> dict[str, str]:
    """A text for each field that its form asks for."""
    return {
        name: SAMPLE.get(name) or SAMPLE.get(campo.type) or f"Valor{name}"[: campo.limit]
        for name, campo in part.fields.items()
        if campo.asked
    }


def test_what_is_typed_is_shown_searched_told_and_exported(
    investigador, investigador_api, oficio, rows
):
    """Every field of each part, through its form to page, history, search and API."""
    for url, part in (("datos" if name == "oficio" else name, PARTS[name]) for name in PARTS):
        texts = typed(part)
        told = _store(investigador, investigador_api, f"/oficios/{oficio.id}", url, part, texts)
        page = investigador.get(f"/oficios/{oficio.id}/{url}").text.partition("card-footer")[0]
        entry = rows(Investigacion)[-1]
        changed = entry.detalle.get("despues")
        words = {change.campo for change in changes_of(entry)}
        for name, text in texts.items():
            campo = part.fields[name]
            assert str(told[{"anio": "año"}.get(name, column_of(name))]) == text
            if url != "direcciones":  # an address that is added is told of in a sentence
                assert str(changed[column_of(name)]) == text
                assert name == "patente" or campo.name in words, f"{name} is not in the history."
            if name not in WORDED:
                assert _as_shown(campo, text) in page, f"{name} is not on the page."
            if campo.searched:
                found = investigador_api("GET", f"/oficios/?q={text}").get_json()
                assert [row["id"] for row in found] == [oficio.id], f"{name} is not searched."


def _as_shown(campo: Campo, text: str) -> str:
    if campo.mask:
        return campo.mask(text)
    return campo.show(date.fromisoformat(text) if campo.type == "date" else text)


def _store(
    browser: Any, api: Any, base: str, url: str, part: Part, texts: dict[str, str]
) -> dict[str, Any]:
    """Send the form of a part, and ask the API what it knows since."""
    version = {"version": str(api("GET", base).get_json()["version"])}
    beside = part.beside if url == "direcciones" else {**part.beside, **version}
    data = {**beside, **{column_of(name): text for name, text in texts.items()}}
    answer = browser.post(f"{base}/{url}", data=data)
    assert answer.status_code == 303, answer.text
    if url in {"datos", "vehiculo"}:
        known = api("GET", base).get_json()
        return known if url == "datos" else known["vehiculo"]
    place = {"personas": "propietarios"}.get(url, url)
    listed: Iterable[dict[str, Any]] = api("GET", f"{base}/{place}").get_json()
    return list(listed)[-1]
