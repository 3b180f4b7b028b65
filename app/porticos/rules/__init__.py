"""What a gantry is, how far its point is to be trusted, and how a sighting was tied to one."""

from __future__ import annotations

import enum
import re

from app.core.errors import InvalidValue
from app.core.texto import fold


class TipoPortico(enum.Enum):
    """What stands across the road."""

    PORTICO = "portico"
    PLAZA = "plaza"

    @property
    def label(self) -> str:
        """Its name on screen."""
        return {"portico": "Pórtico", "plaza": "Plaza de peaje"}[self.value]


class Confianza(enum.Enum):
    """How far the coordinates of a gantry are to be trusted."""

    ALTA = "alta"
    MEDIA = "media"
    BAJA = "baja"

    @property
    def label(self) -> str:
        """Its name on screen."""
        return self.value.capitalize()


class Metodo(enum.Enum):
    """How a sighting was tied to a gantry of the catalogue, or why it was not."""

    CORREGIDO = "corregido"
    CODIGO = "codigo"
    NOMBRE = "nombre"
    PARECIDO = "parecido"
    #: Only the road is known: the source names a company and no place.
    VIA = "via"
    NINGUNO = "ninguno"

    @property
    def label(self) -> str:
        """Its name on screen."""
        return {
            "corregido": "Corregido por una persona",
            "codigo": "Por el código",
            "nombre": "Por el nombre",
            "parecido": "Por parecido",
            "via": "Solo se conoce la vía",
            "ninguno": "Sin identificar",
        }[self.value]


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
