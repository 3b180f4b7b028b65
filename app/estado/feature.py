"""How the installation is, on a page and by commands."""

from __future__ import annotations

from app.estado import pages
from app.estado.cli import config_cli, doctor, init, maintenance, reset_db
from app.estado.outside.private_data import keep_private
from app.feature import Feature, Preparation
from app.web.navigation import Audience, Link, Menu

FEATURE = Feature(
    name="estado",
    pages=(pages,),
    commands=(config_cli, init, doctor, maintenance, reset_db),
    prepares=Preparation(before_tables=keep_private),
    navigation=(
        Link(
            Menu.ADMIN,
            90,
            "estado.index",
            "Estado",
            "shield-check",
            audience=Audience.ADMIN,
            text="Versión, disco, respaldos y pruebas de cada parte.",
        ),
    ),
)
