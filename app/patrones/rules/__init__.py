"""When and where to go: what the sightings of a vehicle say about its habits."""

from __future__ import annotations

from app.patrones.rules.palabras import Sugerencia, suggest, what_ended, why_not
from app.patrones.rules.pasos import Paso
from app.patrones.rules.resumen import Patron, analyse

__all__ = ["Paso", "Patron", "Sugerencia", "analyse", "suggest", "what_ended", "why_not"]
