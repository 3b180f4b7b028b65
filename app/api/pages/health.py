"""``GET /health``: whether the parts that the product stands on are up."""

from __future__ import annotations

import shutil
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path

import sqlalchemy as sa
from alembic.config import Config as AlembicConfig
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Blueprint, jsonify
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import SQLAlchemyError

from app.adjuntos.outside.salud import storage_trouble
from app.api.outside.probes import LOCKED, OK, has_missing_file, probe_database, probe_queue
from app.core.clock import utcnow
from app.db import db, release
from app.extensions import current_config
from app.jobs.pulse import take_pulse
from app.jobs.skew import is_skewed
from config import ROOT

bp = Blueprint("health", __name__)


@lru_cache(maxsize=1)
def _newest_migration() -> str | None:
    alembic = AlembicConfig()
    alembic.set_main_option("script_location", str(ROOT / "migrations"))
    return ScriptDirectory.from_config(alembic).get_current_head()


PARTS = ("database", "migrations", "job_consumer", "job_sweep", "queue", "storage")
#: Less room than this share of a disk, or than this many bytes, is a warning.
DISK_SHARE = 0.10
DISK_BYTES = 2 * 1024**3


@dataclass
class Checked:
    """Each part by name and whether it is up; why one is not, if known; and what is not well."""

    parts: dict[str, bool] = field(default_factory=lambda: dict.fromkeys(PARTS, False))
    #: ``full``, ``read_only``, ``missing``, ``damaged``, ``unreadable``, by the part's name.
    causes: dict[str, str] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)


def check_parts() -> Checked:
    """Look at each part, with small writes that are tried at most every some seconds."""
    found = Checked()
    parts = found.parts
    try:
        db.session.execute(sa.text("SELECT 1"))
        parts["database"] = True
        current = MigrationContext.configure(db.session.connection()).get_current_revision()
        parts["migrations"] = current is not None and current == _newest_migration()
        if parts["migrations"]:
            pulse = take_pulse(utcnow())
            parts["job_consumer"] = pulse.is_alive
            parts["job_sweep"] = pulse.is_swept
            if pulse.is_queue_growing:
                found.warnings.append("job_queue")
            if is_skewed(utcnow()):
                found.warnings.append("clock")
    except SQLAlchemyError:
        db.session.rollback()
    # No transaction stays open while others are asked.
    release()
    _try_writes(found)
    if is_disk_low(current_config().instance_dir):
        found.warnings.append("disk_low")
    return found


def _try_writes(found: Checked) -> None:
    if found.parts["migrations"]:
        written = probe_database()
        if written == LOCKED:
            found.warnings.append("database_locked")
        elif written != OK:
            found.parts["database"] = False
            found.causes["database"] = written
        if has_missing_file():
            found.warnings.append("files_missing")
    found.parts["queue"] = probe_queue()
    trouble = storage_trouble()
    found.parts["storage"] = trouble is None
    if trouble:
        found.causes["storage"] = trouble


def is_disk_low(folder: Path) -> bool:
    """Whether the disk of a folder is about to fill up."""
    usage = shutil.disk_usage(folder if folder.exists() else folder.parent)
    return usage.free < min(DISK_BYTES, usage.total * DISK_SHARE)


@bp.get("/health")
def health() -> ResponseReturnValue:
    """200 when all parts are up, 503 naming each part otherwise. No personal data, no versions.

    A consumer that is silent and a sweep that does not come are parts: without them work stands
    still, and a restart helps. A growing queue is a warning with 200: work is being done, and
    whoever restarts what answers 503 would only make it slower. So are a disk that fills up, a
    lock that is held for long, and stored files that are gone.
    """
    found = check_parts()
    healthy = all(found.parts.values())
    body = {
        "status": "healthy" if healthy else "unhealthy",
        "parts": {name: "up" if up else "down" for name, up in found.parts.items()},
        "causes": found.causes,
        "warnings": found.warnings,
        "time": datetime.now(UTC).isoformat(timespec="seconds"),
    }
    return jsonify(body), 200 if healthy else 503
