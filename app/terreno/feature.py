"""Work in the field on a phone."""

from __future__ import annotations

from app.feature import Feature
from app.terreno import pages
from app.web.navigation import Link, Menu

FEATURE = Feature(
    name="terreno",
    pages=(pages,),
    navigation=(
        Link(Menu.BAR, 30, "terreno.index", "Terreno", "walk"),
        Link(Menu.BOTTOM, 20, "terreno.index", "Terreno", "walk"),
    ),
)
