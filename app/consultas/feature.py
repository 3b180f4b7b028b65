"""Looking plates up: who is asked, within which quota, and the log of it."""

from __future__ import annotations

from app.avistamientos.pages.lookups import lookups_of
from app.consultas import pages
from app.consultas.jobs import ask_for_vehicle, check_gantries, sweep_cases
from app.consultas.models import Consulta
from app.consultas.pages import log, vehicle_data
from app.consultas.rules.alcance import SETTINGS
from app.feature import Feature
from app.web.navigation import Audience, Group, Link, Menu

FEATURE = Feature(
    name="consultas",
    models=(Consulta,),
    pages=(pages, log, vehicle_data),
    settings=SETTINGS,
    jobs=(check_gantries, sweep_cases, ask_for_vehicle),
    provides=(lookups_of.by(pages.read_lookups),),
    navigation=(
        Link(
            Menu.ADMIN,
            50,
            "consultas.index",
            "Consultas",
            "radar-2",
            audience=Audience.ADMIN,
            text="Qué patente se consultó, por qué orden y qué respondió el proveedor.",
            group=Group.QUE_HA_PASADO,
        ),
    ),
)
