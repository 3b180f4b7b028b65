"""Promises to buffets: what is promised, how each stands, and why a clock stood."""

from __future__ import annotations

from app.ajustes.service import follow_settings
from app.eventos.service.emitting import follow_cases
from app.feature import Feature
from app.oficios.pages.sections import Panel, Section, Side
from app.promesas.jobs import recompute
from app.promesas.models import Compromiso, Pausa, Promesa
from app.promesas.pages import buffet_view, case_clock, promise_terms
from app.promesas.queries import count_commitments
from app.promesas.rules import SETTINGS
from app.promesas.service.promising import follow_calendar
from app.promesas.service.standing import refresh_cases

FEATURE = Feature(
    name="promesas",
    models=(Compromiso, Pausa, Promesa),
    pages=(case_clock, promise_terms, buffet_view),
    sections=(
        Section("promesas", "Promesas", "hourglass", "promesas.section", 90, count_commitments),
    ),
    panels=(Panel("promesas", Side.RAIL, 5, "promesas/_resumen.html", case_clock.load_panel),),
    watches=(case_clock.watch_promises,),
    settings=SETTINGS,
    jobs=(recompute,),
    provides=(follow_cases.by(refresh_cases), follow_settings.by(follow_calendar)),
)
