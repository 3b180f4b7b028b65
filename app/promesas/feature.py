"""Promises to buffets: what is promised, how each stands, and why a clock stood."""

from __future__ import annotations

from app.ajustes.service import follow_settings
from app.eventos.service.emitting import follow_cases
from app.feature import Feature
from app.promesas.jobs import recompute
from app.promesas.models import Compromiso, Pausa, Promesa
from app.promesas.rules import SETTINGS
from app.promesas.service.promising import follow_calendar
from app.promesas.service.standing import refresh_cases

FEATURE = Feature(
    name="promesas",
    models=(Compromiso, Pausa, Promesa),
    settings=SETTINGS,
    jobs=(recompute,),
    provides=(follow_cases.by(refresh_cases), follow_settings.by(follow_calendar)),
)
