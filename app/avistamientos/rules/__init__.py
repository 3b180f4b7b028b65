"""Where a sighting comes from, and when two are the same one."""

from __future__ import annotations

import hashlib
from datetime import UTC, date, datetime

from app.core.labels import Labelled
from app.core.text import fold


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
