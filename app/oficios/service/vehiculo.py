"""The vehicle of a case is corrected."""

from __future__ import annotations

from datetime import datetime

from app.core.patente import format_patente
from app.oficios.models import Oficio
from app.oficios.rules import Actividad, Parte
from app.oficios.service.bitacora import apply, differences, record
from app.oficios.service.data import VehiculoData
from app.oficios.service.versions import check_version, refresh_search, touch
from app.usuarios.models import Usuario


def update_vehiculo(
    oficio: Oficio, data: VehiculoData, version: int, *, actor: Usuario, now: datetime
) -> None:
    """Correct the vehicle.

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
    kept = oficio.advertencias_ingreso
    oficio.advertencias_ingreso = {
        name: warning for name, warning in kept.items() if name not in detalle["despues"]
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
