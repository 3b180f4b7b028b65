"""A vehicle is found."""

from __future__ import annotations

from app.feature import Feature
from app.notificaciones.rules.sources import find_location, list_found
from app.oficios.pages.sections import Section, Tab
from app.ubicado.jobs import find_waiting
from app.ubicado.models import Revisado, Ubicacion
from app.ubicado.pages import phone, section, waiting_locations
from app.ubicado.queries import count_locations
from app.ubicado.queries.whereabouts import found_for_milestones, location_for_notice
from app.ubicado.rules import SETTINGS

FEATURE = Feature(
    name="ubicado",
    models=(Revisado, Ubicacion),
    pages=(phone, section, waiting_locations),
    sections=(
        Section(
            "ubicacion",
            "Ubicación",
            "map-pin-check",
            "ubicado.section",
            45,
            count_locations,
            tab=Tab.LUGARES,
        ),
    ),
    settings=SETTINGS,
    jobs=(find_waiting,),
    provides=(find_location.by(location_for_notice), list_found.by(found_for_milestones)),
)
