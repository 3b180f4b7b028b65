"""When and where to go, from what was seen and from what no source could tell."""

from __future__ import annotations

from app.feature import Feature
from app.patrones import pages
from app.patrones.rules.legal_hours import LEGAL_SETTINGS

FEATURE = Feature(
    name="patrones",
    pages=(pages,),
    settings=LEGAL_SETTINGS,
)
