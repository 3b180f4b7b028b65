"""What a buffet may read of its own cases: the one rule for every door.

A person of the buffet with an account, whoever holds its magic link, its programs (tokens, keys,
live events, webhooks), its files and its expedientes are shown the same, and it is named here:
the head of a case, its step and next step, its milestones, what was approved for the client, and
what it and the office wrote to each other.
Everything else is the office's: a kind of data that is not listed in ``BUFFET_READS`` is hidden.
"""

from __future__ import annotations

import enum


class Materia(enum.Enum):
    """A kind of data of a case, as far as it is shown or hidden as a whole."""

    CABECERA = "cabecera"
    HITOS = "hitos"
    FOTOS_APROBADAS = "fotos_aprobadas"
    EXPEDIENTE_DEL_BUFFET = "expediente_del_buffet"
    #: What it and the office wrote to each other, and nothing that waits to be released.
    MENSAJES = "mensajes"
    #: Whether what was promised to it was kept, and how much time is left; only if the office
    #: wishes it (``promesas.portal``), and never why a clock stands.
    PROMESAS = "promesas"
    PERSONAS = "personas"
    DIRECCIONES = "direcciones"
    AVISTAMIENTOS = "avistamientos"
    UBICACIONES = "ubicaciones"
    BITACORA = "bitacora"
    NOTIFICACIONES = "notificaciones"
    ORIGINALES = "originales"
    TRABAJOS = "trabajos"


BUFFET_READS = frozenset(
    {
        Materia.CABECERA,
        Materia.HITOS,
        Materia.FOTOS_APROBADAS,
        Materia.EXPEDIENTE_DEL_BUFFET,
        Materia.MENSAJES,
        Materia.PROMESAS,
    }
)

#: The head of a case, by the columns of the oficio and of its vehicle. Not the VIN, the priority,
#: who has it, its warnings and notes, nor when it was last worked on.
HEAD_FIELDS = (
    "numero_oficio",
    "rol",
    "tribunal",
    "caratulado",
    "fecha_oficio",
    "fecha_ingreso",
    "fecha_limite",
    "estado",
    "estado_desde",
)
HEAD_VEHICLE_FIELDS = ("patente", "patente_dv", "marca", "modelo", "anio")

#: What a buffet may look its cases up by. A filter on anything else would answer, by what it finds,
#: a question about data that is hidden.
BUFFET_FILTERS = frozenset({"estado", "buffet_id", "q", "patente", "skip", "limit"})


def buffet_reads(materia: Materia) -> bool:
    """Whether a buffet is shown that kind of data of its own cases."""
    return materia in BUFFET_READS


def hidden_filters(given: set[str]) -> set[str]:
    """Those filters of a request that a buffet may not use."""
    return given - BUFFET_FILTERS
