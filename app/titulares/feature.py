"""Persons and their data."""

from __future__ import annotations

from app.feature import Feature
from app.titulares.pages import person_search
from app.web.navigation import Audience, Link, Menu

FEATURE = Feature(
    name="titulares",
    pages=(person_search,),
    navigation=(
        Link(
            Menu.ADMIN,
            65,
            "titulares.search",
            "Personas y sus datos",
            "id",
            audience=Audience.ADMIN,
        ),
    ),
)
