"""What does not add up about a location: its photos, its position, its address.

Nothing of this is corrected or refused: whoever reads it sees both sides.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from app.adjuntos.rules.photo_doubts import list_mismatches, metres
from app.core.dates import format_fecha_hora
from app.ubicado.rules import COARSE_M

if TYPE_CHECKING:
    from app.adjuntos.models import Adjunto
    from app.direcciones.models import Direccion
    from app.ubicado.models import Ubicacion

#: A photo of the place is taken within this time of it.
_TIME_APART = timedelta(hours=2)
#: Metres, beyond what the phones said of their error.
_FAR = 500


def list_doubts(ubicacion: Ubicacion, direccion: Direccion | None = None) -> list[str]:
    """What a receptor or a court might ask about, in sentences."""
    found = []
    if ubicacion.exactitud_m is not None and ubicacion.exactitud_m > COARSE_M:
        found.append(
            f"La posición tiene un margen de ±{format_length(ubicacion.exactitud_m)}: guíese por "
            "la dirección y las fotos."
        )
    if direccion is not None and direccion.verificada_at != ubicacion.ubicado_at:
        distance = _apart(ubicacion, direccion.lat, direccion.lon, direccion.exactitud_m)
        if distance is not None:
            found.append(
                f"El teléfono estaba a {format_length(distance)} del punto que ya tenía esa "
                "dirección."
            )
    for photo in ubicacion.fotos:
        found += [f"«{photo.filename}»: {text}" for text in _photo_doubts(photo, ubicacion)]
    return found


def _photo_doubts(photo: Adjunto, ubicacion: Ubicacion) -> list[str]:
    """What the camera wrote down, against the server's clock and the phone's position."""
    found = list_mismatches(photo)
    said = photo.metadatos or {}
    moment = photo.tomada_at
    if moment is not None and abs(moment - ubicacion.ubicado_at) > _TIME_APART:
        found.append(
            f"La cámara dice {format_fecha_hora(moment, ubicacion.zona)} y se ubicó el "
            f"{format_fecha_hora(ubicacion.ubicado_at, ubicacion.zona)}."
        )
    gps = said.get("gps")
    distance = _apart(ubicacion, gps["lat"], gps["lon"], None) if gps else None
    if distance is not None:
        found.append(f"La cámara dice que estaba a {format_length(distance)} de la posición.")
    return found


def _apart(
    ubicacion: Ubicacion, lat: float | None, lon: float | None, error: float | None
) -> float | None:
    """Metres between the phone and a point, when they are more than both can err."""
    if ubicacion.lat is None or ubicacion.lon is None or lat is None or lon is None:
        return None
    distance = metres(ubicacion.lat, ubicacion.lon, lat, lon)
    return distance if distance > _FAR + (ubicacion.exactitud_m or 0) + (error or 0) else None


def format_length(distance: float) -> str:
    """Metres for people: ``340 m``, ``3,2 km``."""
    if distance < 1000:
        return f"{distance:.0f} m"
    return f"{distance / 1000:.1f}".replace(".", ",") + " km"
