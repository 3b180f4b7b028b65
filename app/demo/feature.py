"""The demonstration's mailbox."""

from __future__ import annotations

from app.ajustes.pages.marca import shows_demo
from app.demo import pages
from app.demo.service.seed import fill_new
from app.feature import Feature, Preparation
from app.web.navigation import Link, Menu

FEATURE = Feature(
    name="demo",
    pages=(pages,),
    navigation=(
        Link(
            Menu.BAR,
            40,
            "demo.mailbox",
            "Buzón",
            "mailbox",
            full_label="Buzón de demostración",
            shows=shows_demo,
        ),
    ),
    prepares=Preparation(last=fill_new),
)
