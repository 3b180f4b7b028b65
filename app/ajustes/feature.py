"""The office's settings, their page, and its logo."""

from __future__ import annotations

from app.ajustes import pages
from app.ajustes.models import Ajuste, Logo
from app.ajustes.rules import SETTINGS
from app.feature import Feature

FEATURE = Feature(
    name="ajustes",
    models=(Ajuste, Logo),
    pages=(pages,),
    settings=SETTINGS,
)
