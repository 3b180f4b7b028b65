"""Schemas that follow from another one say the same as if they were written out."""

from __future__ import annotations

from typing import Annotated

import pytest
from pydantic import Field, ValidationError

from app.api.v1.schemas.base import Body, Change, Shown
from app.api.v1.schemas.cliente import OficioDelBuffet, VehiculoDelBuffet
from app.api.v1.schemas.derived import change_of, part_of
from app.api.v1.schemas.fields import Maybe, Name
from app.api.v1.schemas.oficios import OficioChange, OficioNew, OficioShown


class CosaNew(Body):
    """A thing to create."""

    nombre: Name
    tono: str = "gris"
    nota: Maybe[Name] = None
    anio: Annotated[int | None, Field(alias="año")] = None
    dueno: int


@change_of(CosaNew, without=("dueno",))
class CosaChange(Change):
    """What to correct of a thing."""

    NOT_NULL = frozenset({"activo"})

    activo: bool | None = None


class CosaShown(Shown):
    """A thing."""

    id: int
    secreto: str
    anio: Annotated[int | None, Field(alias="año")]


@part_of(CosaShown, "anio", "id")
class CosaDelBuffet(Shown):
    """A thing, for a cliente."""

    paso: str


def test_a_change_takes_what_the_creation_takes_and_all_of_it_may_be_left_out():
    assert list(CosaChange.model_fields) == ["nombre", "tono", "nota", "anio", "activo"]
    assert CosaChange().given() == {}
    assert CosaChange.model_validate({"año": 2015, "nota": None}).given() == {
        "anio": 2015,
        "nota": None,
    }
    assert CosaChange.__doc__ == "What to correct of a thing."
    assert CosaChange.__module__ == __name__


@pytest.mark.parametrize("name", ["nombre", "tono", "activo"])
def test_what_the_creation_needs_a_change_does_not_empty(name):
    with pytest.raises(ValidationError, match="No puede quedar vacío"):
        CosaChange.model_validate({name: None})
    shown = CosaChange.model_json_schema()["properties"][name]
    assert "anyOf" not in shown
    assert "default" not in shown


@pytest.mark.parametrize("sent", [{"dueno": 1}, {"otro": 1}, {"nombre": "  "}, {"tono": 7}])
def test_a_change_refuses_what_the_creation_would(sent):
    with pytest.raises(ValidationError):
        CosaChange.model_validate(sent)


def test_a_part_shows_the_named_fields_and_its_own():
    part = CosaDelBuffet(id=1, anio=2015, paso="Buscar", secreto="x")

    assert part.model_dump(by_alias=True) == {"año": 2015, "id": 1, "paso": "Buscar"}
    assert list(CosaDelBuffet.model_fields) == ["anio", "id", "paso"]


def test_a_client_s_case_has_no_field_of_the_office():
    assert "notas_generales" in OficioShown.model_fields
    assert not {"notas_generales", "investigador_id", "advertencias", "version"} & set(
        OficioDelBuffet.model_fields
    )
    assert set(VehiculoDelBuffet.model_fields) == {
        *("patente", "patente_dv", "marca", "modelo", "anio")
    }


def test_a_new_field_of_an_oficio_can_be_changed_unless_it_is_left_out_by_name():
    once = set(OficioNew.model_fields) - set(OficioChange.model_fields)

    assert once == {
        *("buffet_id", "direccion", "comuna", "region", "propietario_rut"),
        *("propietario_nombre", "propietario_email", "propietario_telefono"),
    }
