"""When and where to go, from what was seen and from what no source could tell."""

from __future__ import annotations

from app.feature import Feature
from app.oficios.pages.sections import Panel, Side
from app.patrones import pages
from app.patrones.rules.legal_hours import LEGAL_SETTINGS

FEATURE = Feature(
    name="patrones",
    pages=(pages,),
    panels=(Panel("cuando", Side.MAIN, 10, "patrones/_resumen.html", pages.load_brief),),
    settings=LEGAL_SETTINGS,
)
