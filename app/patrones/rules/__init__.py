"""When and where to go: what the sightings of a vehicle say about its habits."""

from __future__ import annotations

from app.patrones.rules.findings_text import (
    Sugerencia,
    next_day,
    suggest,
    what_ended,
    why_not,
)
from app.patrones.rules.summary import Patron, analyse
from app.patrones.rules.trips import Paso

__all__ = [
    "Paso",
    "Patron",
    "Sugerencia",
    "analyse",
    "next_day",
    "suggest",
    "what_ended",
    "why_not",
]
