"""Where the vehicle was found, in the words of the notice to the receptor judicial."""

from __future__ import annotations

from app.core.fechas import format_fecha_hora
from app.notificaciones.sources import Location
from app.ubicado.queries import find_current


def location_for_notice(oficio_id: int) -> Location | None:
    """The place on which the case stands; none when it is gone, undone, or searched again."""
    current = find_current(oficio_id)
    if current is None or current.is_gone:
        return None
    one = current.ubicacion
    later = current.visto_at if current.visto_at > one.ubicado_at else None
    return Location(
        donde=", ".join(part for part in (one.completa, one.region) if part),
        cuando=format_fecha_hora(one.ubicado_at),
        quien=one.usuario.nombre,
        visto=format_fecha_hora(later) if later else "",
        coordenadas=one.posicion or "",
        mapa=one.mapa or "",
        acceso=one.acceso or "",
    )
