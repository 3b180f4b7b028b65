"""Where the vehicle was seen, and who is asked."""

from __future__ import annotations

from app.avistamientos import pages
from app.avistamientos.jobs import barrido, consultar, emparejar
from app.avistamientos.models import Avistamiento, Consulta, Listado
from app.avistamientos.pages import consultas, identificacion, panorama
from app.avistamientos.queries import count_sightings
from app.avistamientos.queries.aviso import list_for_notice
from app.avistamientos.rules import LEGAL_SETTINGS
from app.avistamientos.rules.alcance import SETTINGS as SOURCE_SETTINGS
from app.feature import Feature
from app.notificaciones.rules.sources import list_sightings
from app.oficios.pages.sections import Section

FEATURE = Feature(
    name="avistamientos",
    models=(Avistamiento, Consulta, Listado),
    pages=(pages, panorama, identificacion, consultas),
    sections=(
        Section(
            "avistamientos",
            "Avistamientos",
            "radar-2",
            "avistamientos.section",
            20,
            count_sightings,
        ),
    ),
    settings=(*LEGAL_SETTINGS, *SOURCE_SETTINGS),
    jobs=(consultar, barrido, emparejar),
    provides=(list_sightings.by(list_for_notice),),
)
