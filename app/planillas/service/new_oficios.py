"""From a row that could be read to a case, and its text while it waits to be stored."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from enum import Enum
from typing import Any

from app.direcciones.rules import TipoDireccion
from app.oficios.rules import Prioridad, TipoPropietario
from app.oficios.rules.papel import Papel
from app.oficios.service import (
    CasoData,
    DireccionListada,
    OficioData,
    PropietarioData,
    VehiculoData,
)
from app.oficios.service.papel import direccion_of, oficio_of, propietario_of, vehiculo_of
from app.planillas.rules.map_points import LAT, LON, MARGIN, VERIFIED
from app.planillas.rules.oficio_outcomes import FilaOficio

_DAYS = ("fecha_oficio", "fecha_ingreso", "fecha_limite")


def case_of(fila: FilaOficio) -> CasoData:
    """The case that a row describes, with its vehicle, its persons and its addresses."""
    notes = dict(fila.advertencias)
    if "rut_sin_dv" in fila.valores and "propietario_rut" in notes:
        # Under a name of its own: of the RUT itself a case keeps only what its digit tells.
        notes["rut_sin_dv"] = notes["propietario_rut"]
    papel = Papel(fila.datos, notes)
    papers = [papel, *(Papel(other) for other in fila.otros)]
    return CasoData(
        oficio=oficio_of(papel),
        vehiculo=vehiculo_of(papel),
        personas=tuple(
            persona for one in papers if (persona := propietario_of(one, *_standing(one)))
        ),
        direcciones=tuple(place for one in papers if (place := _place_of(one))),
    )


def text_of_case(caso: CasoData) -> str:
    """A case as JSON, for the row that waits to be stored."""
    return json.dumps(
        {
            "oficio": vars(caso.oficio),
            "vehiculo": vars(caso.vehiculo),
            "personas": [vars(one) for one in caso.personas],
            "direcciones": [vars(one) for one in caso.direcciones],
        },
        ensure_ascii=False,
        default=_plain,
    )


def case_from_text(text: str) -> CasoData:
    """The case that ``text_of_case`` wrote."""
    found = json.loads(text)
    oficio = found["oficio"]
    days = {name: date.fromisoformat(oficio[name]) for name in _DAYS if oficio[name]}
    return CasoData(
        oficio=OficioData(**{**oficio, **days, "prioridad": Prioridad(oficio["prioridad"])}),
        vehiculo=VehiculoData(**found["vehiculo"]),
        personas=tuple(
            PropietarioData(**{**one, "tipo": TipoPropietario(one["tipo"])})
            for one in found["personas"]
        ),
        direcciones=tuple(
            DireccionListada(
                **{
                    **one,
                    "tipo": TipoDireccion(one["tipo"]),
                    "verificada_at": _moment(one.get("verificada_at")),
                }
            )
            for one in found["direcciones"]
        ),
    )


def _plain(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Enum):
        return value.value
    raise TypeError(type(value).__name__)


def _standing(papel: Papel) -> tuple[TipoPropietario, str | None]:
    """How a person stands to the vehicle, and what else the row says of them."""
    tipo = papel.text("propietario_tipo") or TipoPropietario.PRINCIPAL.value
    return TipoPropietario(tipo), papel.text("propietario_notas")


def _place_of(papel: Papel) -> DireccionListada | None:
    """The place that a row names, with where it is on the map and when it was verified."""
    place = direccion_of(papel, *_kind_of_place(papel))
    if place is None:
        return None
    lat, lon, margin = (_number(papel.text(name)) for name in (LAT, LON, MARGIN))
    moment = _moment(papel.text(VERIFIED))
    return DireccionListada(
        **vars(place),
        lat=lat,
        lon=lon,
        exactitud_m=margin,
        verificada=moment is not None,
        verificada_at=moment,
    )


def _number(text: str | None) -> float | None:
    return float(text) if text else None


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text).astimezone(UTC) if text else None


def _kind_of_place(papel: Papel) -> tuple[TipoDireccion, str | None]:
    """Whose address it is, and what else the row says of it."""
    tipo = papel.text("direccion_tipo") or TipoDireccion.DOMICILIO.value
    return TipoDireccion(tipo), papel.text("direccion_notas")
