"""``GET /health``: whether the parts that the product stands on are up."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from functools import lru_cache

import sqlalchemy as sa
from alembic.config import Config as AlembicConfig
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Blueprint, current_app, jsonify
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import SQLAlchemyError

from app.core.clock import utcnow
from app.db import db
from app.jobs.service import is_consumer_alive
from config import ROOT

bp = Blueprint("health", __name__)


@lru_cache(maxsize=1)
def _newest_migration() -> str | None:
    alembic = AlembicConfig()
    alembic.set_main_option("script_location", str(ROOT / "migrations"))
    return ScriptDirectory.from_config(alembic).get_current_head()


def check_parts() -> dict[str, bool]:
    """Each part by name, and whether it is up."""
    parts = {"database": False, "migrations": False, "job_consumer": False, "storage": False}
    try:
        db.session.execute(sa.text("SELECT 1"))
        parts["database"] = True
        current = MigrationContext.configure(db.session.connection()).get_current_revision()
        parts["migrations"] = current is not None and current == _newest_migration()
        parts["job_consumer"] = parts["migrations"] and is_consumer_alive(utcnow())
    except SQLAlchemyError:
        db.session.rollback()
    storage = current_app.extensions["rastro_config"].storage_dir
    parts["storage"] = os.access(storage if storage.exists() else storage.parent, os.W_OK)
    return parts


@bp.get("/health")
def health() -> ResponseReturnValue:
    """200 when all parts are up, 503 naming each part otherwise. No personal data, no versions."""
    parts = check_parts()
    healthy = all(parts.values())
    body = {
        "status": "healthy" if healthy else "unhealthy",
        "parts": {name: "up" if up else "down" for name, up in parts.items()},
        "time": datetime.now(UTC).isoformat(timespec="seconds"),
    }
    return jsonify(body), 200 if healthy else 503
