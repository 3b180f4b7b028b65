"""The vehicle of a case is corrected."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from app.core.patente import format_patente
from app.oficios.models import Oficio
from app.oficios.rules import Actividad, Parte
from app.oficios.rules.campos import CAMPOS, GrupoDeCampos, column_of, fields_of
from app.oficios.service.bitacora import apply, differences, record
from app.oficios.service.data import VehiculoData
from app.oficios.service.search_text import refresh_search
from app.oficios.service.versions import check_version, touch
from app.usuarios.models import Usuario

#: Key among the warnings of an order of what a provider told of its vehicle.
TOLD_BY_PROVIDER = "vehiculo_consultado"


def empty_fields(oficio: Oficio) -> list[str]:
    """The fields of the vehicle that nobody has filled in, by their names in ``CAMPOS``."""
    return [
        name
        for name in fields_of(GrupoDeCampos.VEHICULO)
        if name != "patente" and getattr(oficio.vehiculo, column_of(name)) in (None, "")
    ]


def complete_vehiculo(
    oficio: Oficio,
    told: Mapping[str, Any],
    *,
    fuente: str,
    actor: Usuario | None,
    now: datetime,
) -> dict[str, Any]:
    """Fill the empty fields of a vehicle with what a source tells, and return them.

    What a person or a paper has said stays. What came is marked with its source until somebody
    confirms that it fits the paper.
    """
    filled = {name: told[name] for name in empty_fields(oficio) if name in told}
    if not filled:
        return {}
    for name, value in filled.items():
        setattr(oficio.vehiculo, column_of(name), value)
    names = ", ".join(f"{CAMPOS[name].label} ({value})" for name, value in filled.items())
    sentence = f"El documento no lo dice; lo dijo {fuente}: {names}. Compárelo con el documento."
    oficio.advertencias_ingreso = {**oficio.advertencias_ingreso, TOLD_BY_PROVIDER: sentence}
    touch(oficio, actor=actor, now=now)
    refresh_search(oficio)
    return filled


def update_vehiculo(
    oficio: Oficio,
    data: VehiculoData,
    version: int,
    *,
    advertencias: Mapping[str, str] | None = None,
    actor: Usuario,
    now: datetime,
) -> None:
    """Correct the vehicle.

    ``advertencias`` say by field what does not add up in ``data``. A changed field takes its old
    warning with it; a new one counts only for a field that changed: what was confirmed stays so.

    Another plate is checked anew, by its digit and soon by the gantries: what was confirmed and
    asked was about the old one.

    Raises:
        StaleOficio: somebody changed the oficio since the actor saw it.
    """
    check_version(oficio, version, now)
    vehiculo = oficio.vehiculo
    detalle = differences(vehiculo, data)
    if not detalle:
        return
    text = "Datos del vehículo modificados"
    if (data.patente, data.patente_dv) != (vehiculo.patente, vehiculo.patente_dv):
        vehiculo.patente_confirmada = False
    if data.patente != vehiculo.patente:
        oficio.ultima_consulta_at = None
        text = (
            f"Patente corregida: de {format_patente(vehiculo.patente)} "
            f"a {format_patente(data.patente)}"
        )
    changed = detalle["despues"]
    oficio.advertencias_ingreso = {
        **{k: text for k, text in oficio.advertencias_ingreso.items() if k not in changed},
        **{k: text for k, text in (advertencias or {}).items() if k in changed},
    }
    apply(vehiculo, data)
    touch(oficio, actor=actor, now=now)
    refresh_search(oficio)
    record(
        oficio,
        Actividad.SISTEMA,
        text,
        actor=actor,
        now=now,
        detalle=detalle,
        parte=Parte.VEHICULO,
    )
