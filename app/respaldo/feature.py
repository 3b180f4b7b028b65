"""Backups."""

from __future__ import annotations

from app.feature import Feature, Preparation
from app.respaldo.cli import backup_cli, copy_database
from app.respaldo.jobs import back_up, watch_backups
from app.respaldo.service.restored_notes import audit_restored
from app.respaldo.service.soundness import check_database, mark_known

FEATURE = Feature(
    name="respaldo",
    commands=(backup_cli, copy_database),
    jobs=(back_up, watch_backups),
    prepares=Preparation(
        before_tables=check_database, after_tables=mark_known, rows=audit_restored
    ),
)
