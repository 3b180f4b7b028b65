"""When and where to go: what the sightings of a vehicle say about its habits."""

from __future__ import annotations

from app.patrones.rules.findings_text import (
    VISIT,
    Sugerencia,
    is_visit_at,
    next_day,
    suggest,
    visit_note,
    what_ended,
    why_not,
)
from app.patrones.rules.summary import Patron, analyse
from app.patrones.rules.trips import Paso

__all__ = [
    "VISIT",
    "Paso",
    "Patron",
    "Sugerencia",
    "analyse",
    "is_visit_at",
    "next_day",
    "suggest",
    "visit_note",
    "what_ended",
    "why_not",
]
