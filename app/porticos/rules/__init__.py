"""What a gantry is, how far its point is to be trusted, and how a sighting was tied to one."""

from __future__ import annotations

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
    #: Only the road is known: the source names a company and no place.
    VIA = "via", "Solo se conoce la vía"
    NINGUNO = "ninguno", "Sin identificar"


def catalogue_key(autopista: str, codigo: str) -> str:
    """What makes a gantry the same one: its road and its code, however they are spelled."""
    return f"{fold(autopista)}/{fold(codigo)}"


def alias_key(ubicacion: str | None, empresa: str | None) -> tuple[str, str]:
    """A provider's text for remembering: case, accents and spaces do not tell two apart."""
    return fold(ubicacion or ""), fold(empresa or "")


def parse_grados(text: str) -> float:
    """Read decimal degrees, with a comma or a dot: «-33,4489».

    Raises:
        InvalidValue: it is not a number.
    """
    plain = text.strip().replace("\u2212", "-").replace(",", ".")
    if not re.fullmatch(r"[+-]?\d{1,3}(\.\d{1,12})?", plain):
        raise InvalidValue("Escriba los grados con decimales, por ejemplo -33,4489.")
    return float(plain)
