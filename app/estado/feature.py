"""How the installation is, on a page and by commands."""

from __future__ import annotations

from app.estado import pages
from app.estado.cli import config_cli, doctor, init, maintenance, reset_db
from app.feature import Feature
from app.web.navigation import Audience, Link, Menu

FEATURE = Feature(
    name="estado",
    pages=(pages,),
    commands=(config_cli, init, doctor, maintenance, reset_db),
    navigation=(
        Link(Menu.ADMIN, 90, "estado.index", "Estado", "info-circle", audience=Audience.ADMIN),
        Link(
            Menu.SETTINGS,
            60,
            "estado.index",
            "Estado",
            "info-circle",
            audience=Audience.ADMIN,
            text="Versión, disco, respaldos y pruebas de cada parte.",
        ),
    ),
)
