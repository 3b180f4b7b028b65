"""Law firms and their links."""

from __future__ import annotations

from app.buffets import pages
from app.buffets.models import Buffet, Enlace
from app.feature import Feature
from app.web.navigation import Audience, Group, Link, Menu

FEATURE = Feature(
    name="buffets",
    models=(Buffet, Enlace),
    pages=(pages,),
    navigation=(
        Link(
            Menu.ADMIN,
            20,
            "buffets.index",
            "Buffets",
            "briefcase",
            audience=Audience.ADMIN,
            text="Sus enlaces y cómo reciben los correos sobre el avance.",
            group=Group.CON_QUIEN,
        ),
    ),
)
