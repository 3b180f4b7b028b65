"""How an erasure is decided, what stands in the place of what it took, and what proves it."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from app.core.labels import Labelled
from app.core.patente import ERASED_PLATE
from app.core.personal_data import EMPTIED as EMPTIED
from app.titulares.rules.identidad import Buscado, Clave, Identificador

#: What stands in a text where something was cut.
MARK = "[borrado]"
#: The same where the column is too short for it.
EMPTIED_SHORT = ERASED_PLATE


class EstadoSupresion(Labelled):
    """How far an erasure is."""

    CONFIRMADA = "confirmada", "En curso", "warn"
    HECHA = "hecha", "Hecha", "ok"


class Trato(Labelled):
    """What becomes of one case."""

    ANONIMIZAR = "anonimizar", "Borrar el caso entero"
    #: What identifies goes; make, colour, court and region stay.
    HECHOS = "hechos", "Anonimizar: dejar solo hechos que no identifican"
    RECORTAR = "recortar", "Borrar solo a esta persona"
    CONSERVAR = "conservar", "Conservarlo"


#: What empties a case.
EMPTYING = (Trato.ANONIMIZAR, Trato.HECHOS)


def proof_of(supresion_numero: str, motivo: str, hechos: dict[str, Any]) -> str:
    """The SHA-256 of what an erasure did: counts and numbers of rows, nothing of a person."""
    content = {"numero": supresion_numero, "motivo": motivo, "hechos": hechos}
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


def pack(buscado: Buscado) -> list[list[str]]:
    """By what the person is known, as the erasure keeps it while it is at work."""
    return [[each.clave.value, each.valor] for each in buscado.identificadores]


def unpack(packed: list[list[str]]) -> Buscado:
    """The same, read again."""
    return Buscado(tuple(Identificador(Clave(clave), valor) for clave, valor in packed))


def cut_text(text: str, buscado: Buscado) -> str:
    """A text without the person; a mark alone where that cannot be done word by word."""
    for identificador in buscado.identificadores:
        text = identificador.cut_from(text, MARK)
    return MARK if buscado.found_in(text) else text


def cut_value(value: Any, buscado: Buscado) -> Any:
    """A JSON value without the person, in texts and names of fields."""
    if isinstance(value, str):
        return cut_text(value, buscado)
    if isinstance(value, list):
        return [cut_value(each, buscado) for each in value]
    if isinstance(value, dict):
        return {cut_text(key, buscado): cut_value(each, buscado) for key, each in value.items()}
    if isinstance(value, int) and not isinstance(value, bool) and buscado.found_in(str(value)):
        return MARK
    return value
