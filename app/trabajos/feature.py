"""The jobs of the ledger on screen."""

from __future__ import annotations

from app.feature import Feature
from app.jobs.registry import announce_failure
from app.oficios.pages.sections import Section
from app.trabajos import pages
from app.trabajos.jobs import forget_periodic
from app.trabajos.queries import count_open
from app.trabajos.rules import KEPT_JOBS_DAYS
from app.trabajos.service import tell_of_failure
from app.web.navigation import Audience, Group, Link, Menu

FEATURE = Feature(
    name="trabajos",
    pages=(pages,),
    jobs=(forget_periodic,),
    settings=(KEPT_JOBS_DAYS,),
    provides=(announce_failure.by(tell_of_failure),),
    sections=(Section("trabajos", "Trabajos", "activity", "trabajos.section", 90, count_open),),
    navigation=(
        Link(
            Menu.ADMIN,
            70,
            "trabajos.index",
            "Trabajos",
            "activity",
            audience=Audience.ADMIN,
            mark=pages.waiting_decisions,
            text="Lo que Rastro hace por su cuenta, y lo que espera su decisión.",
            group=Group.QUE_HA_PASADO,
        ),
    ),
)
