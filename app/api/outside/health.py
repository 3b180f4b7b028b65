"""Checks the parts that Rastro depends on by using each of them."""

from __future__ import annotations

from dataclasses import dataclass, field

import sqlalchemy as sa
from sqlalchemy.exc import SQLAlchemyError

from app.adjuntos.outside.storage_health import storage_trouble
from app.api.outside.disk import is_disk_low
from app.api.outside.probes import LOCKED, OK, has_missing_file, probe_database, probe_queue
from app.core.clock import utcnow
from app.db import db, release
from app.db.schema_version import newest_revision, read_revision
from app.extensions import current_config
from app.jobs.pulse import take_pulse
from app.jobs.skew import is_skewed

PARTS = ("database", "migrations", "job_consumer", "job_sweep", "queue", "storage")


@dataclass
class Checked:
    """Each part by name and whether it is up; why one is not, if known; and what is not well."""

    parts: dict[str, bool] = field(default_factory=lambda: dict.fromkeys(PARTS, False))
    #: ``full``, ``read_only``, ``missing``, ``damaged``, ``unreadable``, by the part's name.
    causes: dict[str, str] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)


def check_parts() -> Checked:
    """Check each part; probes that write are cached for some seconds."""
    found = Checked()
    parts = found.parts
    try:
        db.session.execute(sa.text("SELECT 1"))
        parts["database"] = True
        current = read_revision(db.session.connection())
        parts["migrations"] = current is not None and current == newest_revision()
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
