"""What a law firm sees through its link."""

from __future__ import annotations

from app.feature import Feature
from app.portal import pages
from app.portal.access import landing
from app.portal.pages import own_cases, own_messages
from app.web.navigation import Audience, Link, Menu

FEATURE = Feature(
    name="portal",
    pages=(pages, own_cases, own_messages),
    navigation=(
        Link(Menu.BAR, 10, "portal.home", "Mis oficios", "file-text", audience=Audience.CLIENTE),
    ),
    landing=landing,
)
