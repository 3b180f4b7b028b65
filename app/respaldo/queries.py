"""What is known of the last backup."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime

from app.ajustes.queries import find_setting

#: The setting that keeps it, so that every process knows of it, also on another machine.
LAST_BACKUP = "respaldo.ultimo"


@dataclass(frozen=True)
class LastBackup:
    """The newest backup that was finished. ``wrong`` counts files that were missing or altered."""

    name: str
    at: datetime
    size: int
    rows: int
    files: int
    wrong: int
    bucket: str
    encrypted: bool


def last_backup() -> LastBackup | None:
    """The last one, or None when there never was any."""
    stored = find_setting(LAST_BACKUP)
    if stored is None:
        return None
    values = json.loads(stored)
    return LastBackup(**{**values, "at": datetime.fromisoformat(values["at"])})
