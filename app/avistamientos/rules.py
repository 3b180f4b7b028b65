"""Where a sighting comes from, and when two sightings are the same one."""

from __future__ import annotations

import enum
import hashlib
from datetime import date, datetime

from app.core.texto import fold


class Fuente(enum.Enum):
    """Who or what saw the vehicle."""

    PORTICO = "portico"
    MULTA = "multa"
    TERRENO = "terreno"
    MANUAL = "manual"

    @property
    def label(self) -> str:
        """Its name on screen."""
        return {"portico": "Pórtico", "multa": "Multa", "terreno": "Terreno", "manual": "Manual"}[
            self.value
        ]


def sighting_key(
    fuente: Fuente,
    fecha: date,
    fecha_hora: datetime | None,
    ubicacion: str | None,
    empresa: str | None,
    monto: int | None,
) -> str:
    """What makes a sighting the same one however often a provider answers it."""
    parts = (
        fuente.value,
        fecha_hora.isoformat() if fecha_hora else fecha.isoformat(),
        fold(ubicacion or ""),
        fold(empresa or ""),
        str(monto if monto is not None else ""),
    )
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()
