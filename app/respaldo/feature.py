"""Backups."""

from __future__ import annotations

from app.feature import Feature
from app.respaldo.cli import backup_cli
from app.respaldo.jobs import back_up

FEATURE = Feature(
    name="respaldo",
    commands=(backup_cli,),
    jobs=(back_up,),
)
