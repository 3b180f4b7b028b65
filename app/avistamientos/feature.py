"""Where the vehicle was seen."""

from __future__ import annotations

from app.avistamientos import pages
from app.avistamientos.jobs import rematch_sightings
from app.avistamientos.models import Avistamiento, Listado
from app.avistamientos.pages import portico_correction
from app.avistamientos.queries import count_sightings
from app.avistamientos.queries.newest_sightings import list_for_notice
from app.avistamientos.service.portico_matching import rematch_older
from app.feature import Feature, Preparation
from app.notificaciones.rules.sources import list_sightings
from app.oficios.pages.sections import Section, Tab

FEATURE = Feature(
    name="avistamientos",
    models=(Avistamiento, Listado),
    pages=(pages, portico_correction),
    sections=(
        Section(
            "avistamientos",
            "Avistamientos",
            "radar-2",
            "avistamientos.section",
            20,
            count_sightings,
            tab=Tab.AVISTAMIENTOS,
        ),
    ),
    jobs=(rematch_sightings,),
    provides=(list_sightings.by(list_for_notice),),
    prepares=Preparation(rows=rematch_older),
)
