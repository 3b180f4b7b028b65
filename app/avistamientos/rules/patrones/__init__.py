"""When and where to go: what the sightings of a vehicle say about its habits."""

from __future__ import annotations

from app.avistamientos.rules.patrones.cobertura import Tramo
from app.avistamientos.rules.patrones.palabras import Sugerencia, suggest, what_ended, why_not
from app.avistamientos.rules.patrones.pasos import Paso
from app.avistamientos.rules.patrones.resumen import Patron, analyse

__all__ = ["Paso", "Patron", "Sugerencia", "Tramo", "analyse", "suggest", "what_ended", "why_not"]
