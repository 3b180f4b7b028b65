"""What the office keeps of its own compliance."""

from __future__ import annotations

from app.cumplimiento import pages
from app.cumplimiento.models.brechas import Brecha, ComunicacionBrecha
from app.cumplimiento.models.evaluaciones import EvaluacionImpacto
from app.cumplimiento.models.politica import Politica
from app.cumplimiento.pages import brechas, evaluaciones, politica
from app.cumplimiento.rules.politica import SETTINGS
from app.cumplimiento.service.politica import publish_for_demo
from app.feature import Feature, Preparation
from app.web.navigation import Audience, Link, Menu

FEATURE = Feature(
    name="cumplimiento",
    models=(Brecha, ComunicacionBrecha, EvaluacionImpacto, Politica),
    pages=(pages, brechas, evaluaciones, politica),
    settings=SETTINGS,
    navigation=(
        Link(
            Menu.ADMIN,
            66,
            "cumplimiento.disclosures",
            "Divulgaciones",
            "send",
            audience=Audience.ADMIN,
        ),
        Link(
            Menu.ADMIN,
            68,
            "brechas.index",
            "Brechas de seguridad",
            "alert-triangle",
            audience=Audience.ADMIN,
        ),
        Link(
            Menu.ADMIN,
            69,
            "politica.edit",
            "Política de privacidad",
            "shield-check",
            audience=Audience.ADMIN,
        ),
        Link(
            Menu.ADMIN,
            71,
            "evaluaciones.index",
            "Evaluación de impacto",
            "map-2",
            audience=Audience.ADMIN,
        ),
    ),
    prepares=Preparation(last=publish_for_demo),
)
