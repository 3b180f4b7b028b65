"""What a new installation shows its admin first."""

from __future__ import annotations

from app.feature import Feature
from app.inicio import pages
from app.web.navigation import Audience, Link, Menu

FEATURE = Feature(
    name="inicio",
    pages=(pages,),
    navigation=(
        Link(
            Menu.BAR,
            5,
            "inicio.index",
            "Primeros pasos",
            "list-check",
            audience=Audience.ADMIN,
            shows=pages.shows_steps,
        ),
    ),
    landing=pages.landing,
)
