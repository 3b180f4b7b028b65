"""The office's settings, their page, and its logo."""

from __future__ import annotations

from app.ajustes import pages
from app.ajustes.models import Ajuste, Logo
from app.ajustes.pages import administracion
from app.ajustes.pages.marca import init_mark, refuse_demo
from app.ajustes.rules import SETTINGS
from app.feature import Feature, Preparation
from app.web.navigation import Audience, Link, Menu

FEATURE = Feature(
    name="ajustes",
    models=(Ajuste, Logo),
    pages=(pages, administracion),
    settings=SETTINGS,
    navigation=(
        Link(
            Menu.ADMIN,
            80,
            "ajustes.index",
            "Ajustes",
            "settings",
            audience=Audience.ADMIN,
            text="Nombre y logo, límites, textos y plantillas de la oficina.",
            lists=Menu.SETTINGS,
        ),
    ),
    prepares=Preparation(last=refuse_demo),
    init=init_mark,
)
