"""The case page and its own sections; other features bring theirs."""

from __future__ import annotations

from app.oficios.queries import count_entries
from app.oficios.sections import Section
from app.oficios.views import bitacora
from app.oficios.views.blueprint import bp

__all__ = ["SECTIONS", "bitacora", "bp"]

#: In the order of the page; photos, sightings and notices come in between or after.
BITACORA = Section("bitacora", "Bitácora", "note", "oficios.detail", count_entries)
SECTIONS = (BITACORA,)
