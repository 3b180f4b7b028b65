"""From a paper that was read to the parts of a case."""

from __future__ import annotations

from typing import Any

from app.direcciones.rules import TipoDireccion
from app.oficios.rules import Prioridad, TipoPropietario
from app.oficios.rules.campos import GrupoDeCampos, column_of, fields_of
from app.oficios.rules.papel import Papel
from app.oficios.service.data import DireccionData, OficioData, PropietarioData, VehiculoData

#: Warnings that the models derive from stored values, so they are not stored themselves.
_DERIVED = frozenset({"patente", "propietario_rut"})
#: Street of an address of which a list gives the comuna alone.
SIN_CALLE = "Sin calle informada"


def oficio_of(papel: Papel, **known: Any) -> OficioData:
    """What the paper says of the order itself; ``known`` are facts that no text tells.

    The warnings of the whole paper are kept with it, but those that the models tell by themselves.
    """
    values = values_of(papel, GrupoDeCampos.OFICIO, GrupoDeCampos.PLAZOS, GrupoDeCampos.NOTAS)
    values["prioridad"] = Prioridad(values["prioridad"] or Prioridad.MEDIA.value)
    for power in ("fuerza_publica", "descerrajamiento"):
        values[power] = bool(values[power])
    return OficioData(**{**values, "advertencias_ingreso": warnings_of(papel), **known})


def values_of(papel: Papel, *grupos: GrupoDeCampos) -> dict[str, Any]:
    """What the paper says in the fields of some groups, by their columns; None for nothing."""
    return {
        column_of(name): papel.valores.get(name) for grupo in grupos for name in fields_of(grupo)
    }


def warnings_of(papel: Papel) -> dict[str, str]:
    """The warnings that are kept with an order until somebody corrects or confirms them."""
    return {
        column_of(name) if name in fields_of(GrupoDeCampos.NOTAS) else name: sentence
        for name, sentence in papel.advertencias.items()
        if name not in _DERIVED or name not in papel.valores
    }


def vehiculo_of(papel: Papel) -> VehiculoData:
    """The vehicle that the paper names."""
    values = values_of(papel, GrupoDeCampos.VEHICULO)
    return VehiculoData(patente_dv=papel.text("patente_dv"), **values)


def propietario_of(
    papel: Papel, tipo: TipoPropietario = TipoPropietario.PRINCIPAL, notas: str | None = None
) -> PropietarioData | None:
    """The person that the paper names; None when it names nobody."""
    persona = PropietarioData(tipo=tipo, notas=notas, **values_of(papel, GrupoDeCampos.PERSONA))
    return None if persona == PropietarioData(tipo=tipo) else persona


def direccion_of(
    papel: Papel, tipo: TipoDireccion = TipoDireccion.DOMICILIO, notas: str | None = None
) -> DireccionData | None:
    """The place that the paper names; None when it names none."""
    values = values_of(papel, GrupoDeCampos.DIRECCION)
    if not any(values.values()):
        return None
    values["direccion"] = values["direccion"] or SIN_CALLE
    return DireccionData(tipo=tipo, notas=notas, **values)
