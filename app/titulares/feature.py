"""Persons and their data."""

from __future__ import annotations

from app.db import hide_rows
from app.feature import Feature
from app.jobs.registry import why_stopped
from app.notificaciones.rules.enclosures import find_purpose, list_enclosures
from app.titulares.jobs import draw_answer, read_texts, watch_arrivals, watch_terms
from app.titulares.models import Bloqueo, Solicitud, TextoDeArchivo
from app.titulares.pages import bloqueos, data_requests, person_search
from app.titulares.queries.bloqueos import hiding_option, tell_block
from app.titulares.queries.enclosed_answers import enclosures_of, purpose_of
from app.titulares.rules.solicitudes import SETTINGS
from app.web.navigation import Audience, Group, Link, Menu

hide_rows(hiding_option)

FEATURE = Feature(
    name="titulares",
    models=(Bloqueo, Solicitud, TextoDeArchivo),
    pages=(person_search, bloqueos, data_requests),
    settings=SETTINGS,
    jobs=(draw_answer, read_texts, watch_arrivals, watch_terms),
    provides=(
        why_stopped.by(tell_block),
        list_enclosures.by(enclosures_of),
        find_purpose.by(purpose_of),
    ),
    navigation=(
        Link(
            Menu.ADMIN,
            65,
            "titulares.search",
            "Titulares",
            "id",
            audience=Audience.ADMIN,
            full_label="Personas y sus datos",
            mark=data_requests.waiting_requests,
            text="Dónde están los datos de una persona, y lo que ha pedido.",
            group=Group.DATOS,
        ),
    ),
)
