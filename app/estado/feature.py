"""How the installation is, on a page and by commands."""

from __future__ import annotations

from app.db import refresh_statistics
from app.estado import pages
from app.estado.cli import config_cli, doctor, init, maintenance, reset_db
from app.estado.jobs import measure_tables, put_counts_together
from app.estado.outside.private_data import keep_private
from app.feature import Feature, Preparation
from app.web.navigation import Audience, Link, Menu
from config import Config


def _measure_tables(_config: Config) -> dict[str, object]:
    refresh_statistics()
    return {}


FEATURE = Feature(
    name="estado",
    pages=(pages,),
    commands=(config_cli, init, doctor, maintenance, reset_db),
    jobs=(measure_tables, put_counts_together),
    prepares=Preparation(before_tables=keep_private, last=_measure_tables),
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
