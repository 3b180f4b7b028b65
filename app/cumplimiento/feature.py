"""What the office keeps of its own compliance."""

from __future__ import annotations

from app.cumplimiento import pages
from app.feature import Feature
from app.web.navigation import Audience, Link, Menu

FEATURE = Feature(
    name="cumplimiento",
    pages=(pages,),
    navigation=(
        Link(
            Menu.ADMIN,
            66,
            "cumplimiento.disclosures",
            "Divulgaciones",
            "send",
            audience=Audience.ADMIN,
        ),
    ),
)
