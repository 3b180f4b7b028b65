"""What a gantry is, how far its point is to be trusted, and how a sighting was tied to one."""

from __future__ import annotations

import math
import re

from app.core.errors import InvalidValue
from app.core.labels import Labelled
from app.core.text import fold


class TipoPortico(Labelled):
    """What stands across the road."""

    PORTICO = "portico", "Pórtico"
    PLAZA = "plaza", "Plaza de peaje"


class Confianza(Labelled):
    """How far the coordinates of a gantry are to be trusted."""

    ALTA = "alta", "Alta"
    MEDIA = "media", "Media"
    BAJA = "baja", "Baja"


class Metodo(Labelled):
    """How a sighting was tied to a gantry of the catalogue, or why it was not."""

    CORREGIDO = "corregido", "Corregido por una persona"
    CODIGO = "codigo", "Por el código"
    NOMBRE = "nombre", "Por el nombre"
    PARECIDO = "parecido", "Por parecido"
    #: The gantry of one direction stands for both: the source does not say which.
    SIN_SENTIDO = "sin_sentido", "Sin el sentido del tránsito"
    #: Only the road is known: the source names a company and no place.
    VIA = "via", "Solo se conoce la vía"
    NINGUNO = "ninguno", "Sin identificar"


class CambioLista(Labelled):
    """What a newer list of the product does to a gantry of the catalogue."""

    NUEVO = "nuevo", "Se agrega"
    RENOMBRADO = "renombrado", "Cambia de tramo"
    MOVIDO = "movido", "Cambia de lugar"
    UBICADO = "ubicado", "Gana coordenadas"
    CON_SENTIDO = "con_sentido", "Gana sentido"
    #: Several stand in its place: it goes out of use, and its sightings keep it.
    REEMPLAZADO = "reemplazado", "Se reemplaza"
    #: The office's own row stays; the list has nothing for it or would add it twice.
    PROPIO = "propio", "Queda el de la oficina"
    IGUAL = "igual", "No cambia"


def catalogue_key(autopista: str, codigo: str, sentido: str | None = None) -> str:
    """What makes a gantry the same one: its road, code and direction, however they are spelled."""
    key = f"{fold(autopista)}/{fold(codigo)}"
    return f"{key}/{fold(sentido)}" if sentido else key


def alias_key(ubicacion: str | None, empresa: str | None) -> tuple[str, str]:
    """A provider's text for remembering: case, accents and spaces do not tell two apart."""
    return fold(ubicacion or ""), fold(empresa or "")


def metres_between(one: tuple[float, float], other: tuple[float, float]) -> int:
    """How far apart two points are, on a plane: good for the few kilometres of a correction."""
    north = (one[0] - other[0]) * 111_320
    east = (one[1] - other[1]) * 111_320 * math.cos(math.radians(one[0]))
    return round(math.hypot(north, east))


def parse_grados(text: str) -> float:
    """Read decimal degrees, with a comma or a dot: «-33,4489».

    Raises:
        InvalidValue: it is not a number.
    """
    plain = text.strip().replace("\u2212", "-").replace(",", ".")
    if not re.fullmatch(r"[+-]?\d{1,3}(\.\d{1,12})?", plain):
        raise InvalidValue("Escriba los grados con decimales, por ejemplo -33,4489.")
    return float(plain)
