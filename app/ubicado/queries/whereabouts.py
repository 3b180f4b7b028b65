"""Where and when the vehicle was found, as the notice to the receptor and the milestones ask."""

from __future__ import annotations

from collections.abc import Iterator

from app.core.dates import format_fecha_hora
from app.notificaciones.rules.avance import Hecho, Suceso
from app.notificaciones.rules.sources import Location
from app.ubicado.queries import find_current, list_times_of
from app.ubicado.rules import ResultadoRevision


def location_for_notice(oficio_id: int) -> Location | None:
    """The place on which the case stands; none when it is gone, undone, or searched again."""
    current = find_current(oficio_id)
    if current is None or current.is_gone:
        return None
    one = current.ubicacion
    later = current.visto_at if current.visto_at > one.ubicado_at else None
    return Location(
        donde=", ".join(part for part in (one.completa, one.region) if part),
        cuando=format_fecha_hora(one.ubicado_at, one.zona),
        quien=one.usuario.nombre,
        visto=format_fecha_hora(later, one.zona) if later else "",
        coordenadas=one.posicion or "",
        mapa=one.mapa or "",
        acceso=one.acceso or "",
        foto_ids=tuple(photo.id for photo in one.fotos),
        zona=one.zona,
        comuna=one.comuna or "",
    )


def found_for_milestones(oficio_ids: list[int]) -> Iterator[tuple[int, Hecho]]:
    """When the vehicles of these oficios were found, seen again there, and not any more.

    A place that another one had replaced before it was taken back is no loss.
    """
    rows = list_times_of(oficio_ids)
    for row in rows:
        yield row.oficio_id, Hecho(row.ubicado_at, Suceso.UBICADO, f"ubicacion:{row.id}")
        ends = [row.deshecho_at] if row.deshecho_at else []
        for resultado, moment in row.revisiones:
            if resultado is ResultadoRevision.SIGUE:
                yield row.oficio_id, Hecho(moment, Suceso.VISTO_OTRA_VEZ)
            else:
                ends.append(moment)
        if not ends:
            continue
        end = min(ends)
        replaced = any(
            other.oficio_id == row.oficio_id and row.ubicado_at < other.ubicado_at < end
            for other in rows
        )
        if not replaced:
            yield row.oficio_id, Hecho(end, Suceso.PERDIDO)
