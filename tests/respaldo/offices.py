"""Backing up, restoring and comparing the installations of the tests' fixtures."""

from __future__ import annotations

import hashlib
from pathlib import Path

import sqlalchemy as sa

from app.adjuntos.outside.storage import LocalStorage
from app.core.clock import utcnow
from app.db import Model, db
from app.respaldo.service import create_backup
from app.respaldo.service.restoring import restore_backup


def dispose(app):
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


def storage_of(app) -> LocalStorage:
    return LocalStorage(app.extensions["rastro_config"].storage_dir)


def back_up(app, folder: Path, **options):
    with app.app_context():
        return create_backup(folder, **{"passphrase": "", "now": utcnow(), **options})


def restore(app, path: Path, **options):
    with app.app_context():
        values = {"passphrase": "", "overwrite": False, "now": utcnow(), **options}
        return restore_backup(path, **values)


def content(app) -> dict[str, list]:
    """Every row of every table as the database holds it."""
    with app.app_context(), db.engine.connect() as connection:
        return {
            table.name: sorted(map(repr, connection.execute(sa.select(table)).all()))
            for table in Model.metadata.sorted_tables
        }


def file_hashes(root: Path) -> dict[str, str]:
    return {
        f"local/{path.relative_to(root)}": hashlib.sha256(path.read_bytes()).hexdigest()
        for path in root.rglob("*")
        if path.is_file()
    }
