"""``GET /health``: whether the parts that the product stands on are up."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import lru_cache

import sqlalchemy as sa
from alembic.config import Config as AlembicConfig
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Blueprint, jsonify
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import SQLAlchemyError

from app.adjuntos.salud import is_storage_up
from app.core.clock import utcnow
from app.db import db, release
from app.jobs.pulse import take_pulse
from config import ROOT

bp = Blueprint("health", __name__)


@lru_cache(maxsize=1)
def _newest_migration() -> str | None:
    alembic = AlembicConfig()
    alembic.set_main_option("script_location", str(ROOT / "migrations"))
    return ScriptDirectory.from_config(alembic).get_current_head()


PARTS = ("database", "migrations", "job_consumer", "job_sweep", "storage")


def check_parts() -> tuple[dict[str, bool], list[str]]:
    """Each part by name, and whether it is up; then what is up and still not well."""
    parts = dict.fromkeys(PARTS, False)
    warnings = []
    try:
        db.session.execute(sa.text("SELECT 1"))
        parts["database"] = True
        current = MigrationContext.configure(db.session.connection()).get_current_revision()
        parts["migrations"] = current is not None and current == _newest_migration()
        if parts["migrations"]:
            pulse = take_pulse(utcnow())
            parts["job_consumer"] = pulse.is_alive
            parts["job_sweep"] = pulse.is_swept
            warnings = ["job_queue"] if pulse.is_queue_growing else []
    except SQLAlchemyError:
        db.session.rollback()
    # No transaction stays open while a bucket is asked.
    release()
    parts["storage"] = is_storage_up()
    return parts, warnings


@bp.get("/health")
def health() -> ResponseReturnValue:
    """200 when all parts are up, 503 naming each part otherwise. No personal data, no versions.

    A consumer that is silent and a sweep that does not come are parts: without them work stands
    still, and a restart helps. A growing queue is a warning with 200: work is being done, and
    whoever restarts what answers 503 would only make it slower.
    """
    parts, warnings = check_parts()
    healthy = all(parts.values())
    body = {
        "status": "healthy" if healthy else "unhealthy",
        "parts": {name: "up" if up else "down" for name, up in parts.items()},
        "warnings": warnings,
        "time": datetime.now(UTC).isoformat(timespec="seconds"),
    }
    return jsonify(body), 200 if healthy else 503
