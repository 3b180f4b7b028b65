"""What a picture says of itself against what people say of it.

Neither is proof: a camera's clock may be wrong, and a photo may be of another day. So a mismatch
is a warning that everybody sees, and nothing is corrected or refused.
"""

from __future__ import annotations

import math
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from app.adjuntos.rules.photo_time import (
    FIRST_YEAR,
    camera_time,
    format_camera_time,
    read_moment,
    unreadable_time,
)
from app.core.dates import format_fecha_hora

if TYPE_CHECKING:
    from app.adjuntos.models import Adjunto
    from app.direcciones.models import Visita

NOT_DRAWN = (
    "Esta foto es demasiado grande para dibujar una copia: en su lugar se ve una tarjeta que lo "
    "dice. El original está guardado entero y se puede descargar; para mostrarla o enviarla, suba "
    "además una versión más chica."
)
#: A photo of a visit is taken within this time of it.
_TIME_APART = timedelta(hours=2)
#: Metres. A block and the error of two telephones, beyond what the telephone said of its error.
_FAR = 500
_EARTH = 6_371_000


def list_mismatches(adjunto: Adjunto) -> list[str]:
    """What does not add up between a file and what is said of it, in sentences."""
    said = adjunto.metadatos or {}
    found = [NOT_DRAWN] if said.get("sin_copia") else []
    found += _about_clock(said, adjunto)
    moment = adjunto.tomada_at
    if said.get("gps_nula"):
        found.append("La cámara anotó la posición 0,0: no sabía dónde estaba.")
    if adjunto.visita is not None:
        found += _against_visit(said, moment, adjunto.visita)
    return found


def _about_clock(said: dict[str, Any], adjunto: Adjunto) -> list[str]:
    """What makes the camera's hour useless or doubtful, if anything does."""
    if text := unreadable_time(said):
        return [
            f"La cámara anotó «{text}», que no se puede leer como fecha y hora: la foto queda sin "
            "hora de la cámara."
        ]
    written, reading = camera_time(said), read_moment(said, adjunto.zona)
    if written is None or reading is None:
        return []
    if written.year < FIRST_YEAR:
        return [
            f"La cámara dice que era el año {written.year}: su reloj no estaba puesto, así que la "
            "hora no sirve."
        ]
    if adjunto.tomada_at is None:
        told = format_camera_time(said, adjunto.zona)
        return [f"La cámara dice {told}, que es después de que se subió."]
    return [f"La hora de la cámara no trae zona. {reading.duda}"] if reading.duda else []


def _against_visit(said: dict[str, Any], moment: datetime | None, visita: Visita) -> list[str]:
    found = []
    if moment is not None and abs(moment - visita.fecha_hora) > _TIME_APART:
        found.append(
            f"La cámara dice {format_fecha_hora(moment, visita.direccion.zona)} y la visita fue el "
            f"{format_fecha_hora(visita.fecha_hora, visita.direccion.zona)}."
        )
    lat, lon, error = visita.lat, visita.lon, visita.exactitud_m
    if lat is None or lon is None:
        place = visita.direccion
        lat, lon, error = place.lat, place.lon, place.exactitud_m
    gps = said.get("gps")
    if gps and lat is not None and lon is not None:
        distance = metres(gps["lat"], gps["lon"], lat, lon)
        if distance > _FAR + (error or 0):
            found.append(f"La cámara dice que estaba a {_length(distance)} del lugar de la visita.")
    return found


def metres(lat1: float, lon1: float, lat2: float, lon2: float) -> float:
    """The distance between two points on the globe, in metres."""
    one, two = math.radians(lat1), math.radians(lat2)
    half = (
        math.sin((two - one) / 2) ** 2
        + math.cos(one) * math.cos(two) * math.sin(math.radians(lon2 - lon1) / 2) ** 2
    )
    return 2 * _EARTH * math.asin(math.sqrt(min(1.0, half)))


def _length(distance: float) -> str:
    if distance < 1000:
        return f"{distance:.0f} m"
    return f"{distance / 1000:.1f}".replace(".", ",") + " km"
