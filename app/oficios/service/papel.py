"""From a paper that was read to the parts of a case."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

from app.direcciones.rules import TipoDireccion
from app.oficios.rules import Prioridad, TipoPropietario
from app.oficios.rules.papel import Papel
from app.oficios.service.data import DireccionData, OficioData, PropietarioData, VehiculoData

#: The models tell these from what is stored, for as long as it does not add up.
_DERIVED = frozenset({"patente", "propietario_rut"})
#: Columns that are not called as the field of the paper.
_COLUMNS = {"notas": "notas_generales"}
#: A list may name the comuna alone.
SIN_CALLE = "Sin calle informada"


def oficio_of(papel: Papel, **known: Any) -> OficioData:
    """What the paper says of the order itself; ``known`` are facts that no text tells.

    The warnings of the whole paper are kept with it, but those that the models tell by themselves.
    """
    values: dict[str, Any] = {
        "numero_oficio": str(papel.valores["numero_oficio"]),
        "rol": papel.text("rol"),
        "tribunal": papel.text("tribunal"),
        "caratulado": papel.text("caratulado"),
        "fecha_oficio": papel.day("fecha_oficio"),
        "fecha_ingreso": papel.day("fecha_ingreso"),
        "fecha_limite": papel.day("fecha_limite"),
        "prioridad": Prioridad(papel.text("prioridad") or Prioridad.MEDIA.value),
        "notas_generales": papel.text("notas"),
        "advertencias_ingreso": warnings_of(papel),
    }
    return OficioData(**{**values, **known})


def warnings_of(papel: Papel) -> dict[str, str]:
    """The warnings that are kept with an order until somebody corrects or confirms them."""
    return {
        _COLUMNS.get(name, name): sentence
        for name, sentence in papel.advertencias.items()
        if name not in _DERIVED or name not in papel.valores
    }


def vehiculo_of(papel: Papel) -> VehiculoData:
    """The vehicle that the paper names."""
    values: dict[str, Any] = {
        field.name: papel.valores.get(field.name) for field in fields(VehiculoData)
    }
    return VehiculoData(**values)


def propietario_of(
    papel: Papel, tipo: TipoPropietario = TipoPropietario.PRINCIPAL, notas: str | None = None
) -> PropietarioData | None:
    """The person that the paper names; None when it names nobody."""
    persona = PropietarioData(
        tipo=tipo,
        nombre=papel.text("propietario_nombre"),
        rut=papel.text("propietario_rut"),
        email=papel.text("propietario_email"),
        telefono=papel.text("propietario_telefono"),
        notas=notas,
    )
    return None if persona == PropietarioData(tipo=tipo) else persona


def direccion_of(
    papel: Papel, tipo: TipoDireccion = TipoDireccion.DOMICILIO, notas: str | None = None
) -> DireccionData | None:
    """The place that the paper names; None when it names none."""
    calle, comuna, region = (papel.text(name) for name in ("direccion", "comuna", "region"))
    if not (calle or comuna or region):
        return None
    return DireccionData(
        direccion=calle or SIN_CALLE, comuna=comuna, region=region, tipo=tipo, notas=notas
    )
