"""Kinds of address and outcomes of a visit."""

from __future__ import annotations

from app.core.comunas import Comuna, find_comuna, suggest_comuna
from app.core.errors import InvalidValue
from app.core.labels import Labelled
from app.core.text import shortened


class TipoDireccion(Labelled):
    """Whose address it is."""

    DOMICILIO = "domicilio", "Domicilio"
    TRABAJO = "trabajo", "Trabajo"
    FAMILIAR = "familiar", "Familiar"
    OTRO = "otro", "Otro"


class ResultadoVisita(Labelled):
    """What a visit in the field found."""

    EXITOSA = "exitosa", "Exitosa", "ok"
    NO_ENCONTRADO = "no_encontrado", "No encontrado"
    DIRECCION_INCORRECTA = "direccion_incorrecta", "Dirección incorrecta", "danger"
    SE_MUDO = "se_mudo", "Se mudó", "danger"
    RECHAZO_ATENCION = "rechazo_atencion", "Rechazó la atención", "warn"
    OTRO = "otro", "Otro resultado"


def parse_comuna(text: str) -> Comuna:
    """Read the name of a comuna, however its accents and capitals are written.

    Raises:
        InvalidValue: there is none of that name; the sentence offers the one most like it.
    """
    if comuna := find_comuna(text):
        return comuna
    raise InvalidValue(unknown_comuna(text))


def unknown_comuna(text: str) -> str:
    """What to say of a name that no comuna has; it offers the one most like it."""
    hint = suggest_comuna(text)
    what = (
        f"¿Será «{hint.nombre}»?"
        if hint
        else "Revise el nombre en el documento. Elíjala de la lista."
    )
    return f"La comuna «{shortened(text)}» no existe. {what}"
