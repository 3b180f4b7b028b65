"""Where a sighting comes from, when two are the same one, and when the law lets us look."""

from __future__ import annotations

import hashlib
from datetime import UTC, date, datetime

from app.ajustes.rules import Setting
from app.core.labels import Labelled
from app.core.texto import fold

_LEGAL_HELP = (
    "Código de Procedimiento Civil, art. 59. Fuera de ellas el receptor pide habilitación."
)
#: The hours of the law, in case it changes them.
LEGAL_FROM = Setting(
    "horas_habiles.desde",
    grupo="Horas hábiles",
    place=40,
    etiqueta="Comienzan a las",
    defecto=8,
    ayuda=_LEGAL_HELP,
    unidad="horas",
    maximo=12,
)
LEGAL_UNTIL = Setting(
    "horas_habiles.hasta",
    grupo="Horas hábiles",
    place=40,
    etiqueta="Terminan a las",
    defecto=20,
    ayuda=_LEGAL_HELP,
    unidad="horas",
    minimo=13,
    maximo=24,
)
LEGAL_SETTINGS = (LEGAL_FROM, LEGAL_UNTIL)


class Fuente(Labelled):
    """Who or what saw the vehicle."""

    PORTICO = "portico", "Pórtico", "primary"
    MULTA = "multa", "Multa", "warn"
    TERRENO = "terreno", "Terreno", "ok"
    MANUAL = "manual", "Manual"


#: What a person may write down; gantry crossings come from a provider and are evidence.
WRITTEN_SOURCES = (Fuente.MANUAL, Fuente.TERRENO, Fuente.MULTA)


#: Whose text names a gantry or a road; an address that a person saw does not.
MATCHED_SOURCES = (Fuente.PORTICO, Fuente.MULTA)


class ResultadoConsulta(Labelled):
    """What came of a look-up."""

    PENDIENTE = "pendiente", "En curso", "info"
    NUEVOS = "nuevos", "Con avistamientos nuevos", "ok"
    SIN_NOVEDADES = "sin_novedades", "Sin novedades"
    FALLIDA = "fallida", "Falló", "danger"
    CANCELADA = "cancelada", "Cancelada", "warn"
    #: The order was no longer in force when its turn came, so nobody was asked.
    NO_VIGENTE = "no_vigente", "No se consultó: la orden no estaba vigente", "warn"
    NO_CONFIGURADA = "no_configurada", "No se consultó: sin proveedor", "warn"


class EstadoListado(Labelled):
    """Where a concessionaire's list stands."""

    BORRADOR = "borrador", "Por importar"
    IMPORTADO = "importado", "Importado"
    DESCARTADO = "descartado", "Descartado"


def sighting_key(
    fuente: Fuente,
    fecha: date,
    fecha_hora: datetime | None,
    ubicacion: str | None,
    empresa: str | None,
    monto: int | None,
    *,
    ordinal: int = 1,
) -> str:
    """What makes a sighting the same one however often a provider answers it.

    ``ordinal`` counts those of one answer that look alike because their hour is not known: two
    crossings of a day at the same price are two.
    """
    parts = [
        fuente.value,
        fecha_hora.astimezone(UTC).isoformat() if fecha_hora else fecha.isoformat(),
        fold(ubicacion or ""),
        fold(empresa or ""),
        str(monto if monto is not None else ""),
    ]
    if fecha_hora is None and ordinal > 1:
        parts.append(str(ordinal))
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()
