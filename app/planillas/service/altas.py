"""From a row that could be read to an oficio."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from app.oficios.models import Oficio
from app.oficios.rules import Prioridad
from app.oficios.service import (
    DireccionData,
    OficioData,
    PropietarioData,
    VehiculoData,
    create_oficio,
)
from app.planillas.rules.oficio_outcomes import FilaOficio
from app.usuarios.models import Usuario

#: The models tell these from what is stored, for as long as it does not add up.
_DERIVED = frozenset({"patente", "propietario_rut"})
#: A list may name the comuna alone.
SIN_CALLE = "Sin calle informada"


def create_from_row(fila: FilaOficio, *, buffet_id: int, actor: Usuario, now: datetime) -> Oficio:
    """Open the case that a row describes, with its vehicle, its person and its address.

    Raises:
        NumeroTaken: the buffet already sent that number.
    """
    return create_oficio(
        _oficio(fila),
        _vehiculo(fila),
        buffet_id=buffet_id,
        propietario=_propietario(fila),
        direccion=_direccion(fila),
        actor=actor,
        now=now,
    )


def _oficio(fila: FilaOficio) -> OficioData:
    return OficioData(
        numero_oficio=str(fila.datos["numero_oficio"]),
        rol=_text(fila, "rol"),
        tribunal=_text(fila, "tribunal"),
        caratulado=_text(fila, "caratulado"),
        fecha_oficio=_day(fila, "fecha_oficio"),
        fecha_ingreso=_day(fila, "fecha_ingreso"),
        fecha_limite=_day(fila, "fecha_limite"),
        prioridad=Prioridad(fila.datos.get("prioridad", Prioridad.MEDIA.value)),
        notas_generales=_text(fila, "notas"),
        advertencias_ingreso={
            campo: sentence
            for campo, sentence in fila.advertencias.items()
            if campo not in _DERIVED or campo not in fila.datos
        },
    )


def _vehiculo(fila: FilaOficio) -> VehiculoData:
    anio: Any = fila.datos.get("anio")
    return VehiculoData(
        patente=str(fila.datos["patente"]),
        patente_dv=_text(fila, "patente_dv"),
        marca=_text(fila, "marca"),
        modelo=_text(fila, "modelo"),
        anio=anio,
        color=_text(fila, "color"),
        vin=_text(fila, "vin"),
    )


def _propietario(fila: FilaOficio) -> PropietarioData | None:
    persona = PropietarioData(
        nombre=_text(fila, "propietario_nombre"),
        rut=_text(fila, "propietario_rut"),
        email=_text(fila, "propietario_email"),
        telefono=_text(fila, "propietario_telefono"),
    )
    return None if persona == PropietarioData() else persona


def _direccion(fila: FilaOficio) -> DireccionData | None:
    calle, comuna, region = (_text(fila, name) for name in ("direccion", "comuna", "region"))
    if not (calle or comuna or region):
        return None
    return DireccionData(direccion=calle or SIN_CALLE, comuna=comuna, region=region)


def _text(fila: FilaOficio, name: str) -> str | None:
    value = fila.datos.get(name)
    return str(value) if value is not None else None


def _day(fila: FilaOficio, name: str) -> date | None:
    value = fila.datos.get(name)
    return value if isinstance(value, date) else None
