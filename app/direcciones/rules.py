"""Kinds of address and outcomes of a visit."""

from __future__ import annotations

import enum

from app.core.comunas import Comuna, find_comuna, suggest_comuna
from app.core.errors import InvalidValue


class TipoDireccion(enum.Enum):
    """Whose address it is."""

    DOMICILIO = "domicilio"
    TRABAJO = "trabajo"
    FAMILIAR = "familiar"
    OTRO = "otro"

    @property
    def label(self) -> str:
        """Its name on screen."""
        return self.value.capitalize()


class ResultadoVisita(enum.Enum):
    """What a visit in the field found."""

    EXITOSA = "exitosa"
    NO_ENCONTRADO = "no_encontrado"
    DIRECCION_INCORRECTA = "direccion_incorrecta"
    SE_MUDO = "se_mudo"
    RECHAZO_ATENCION = "rechazo_atencion"
    OTRO = "otro"

    @property
    def label(self) -> str:
        """Its name on screen."""
        return {
            "exitosa": "Exitosa",
            "no_encontrado": "No encontrado",
            "direccion_incorrecta": "Dirección incorrecta",
            "se_mudo": "Se mudó",
            "rechazo_atencion": "Rechazó la atención",
            "otro": "Otro resultado",
        }[self.value]


def parse_comuna(text: str) -> Comuna:
    """Read the name of a comuna, however its accents and capitals are written.

    Raises:
        InvalidValue: there is none of that name; the sentence offers the one most like it.
    """
    if comuna := find_comuna(text):
        return comuna
    hint = suggest_comuna(text)
    what = f"¿Será «{hint.nombre}»?" if hint else "Elíjala de la lista."
    raise InvalidValue(f"La comuna «{text[:40]}» no existe. {what}")
