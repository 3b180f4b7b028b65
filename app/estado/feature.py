"""How the installation is, on a page and by commands."""

from __future__ import annotations

from app.estado import pages
from app.estado.cli import config_cli, doctor, init, maintenance, reset_db
from app.feature import Feature

FEATURE = Feature(
    name="estado",
    pages=(pages,),
    commands=(config_cli, init, doctor, maintenance, reset_db),
)
