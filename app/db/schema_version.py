"""The version of the tables, as Alembic keeps it.

Alembic is imported where something is migrated: that takes a fifth of a second and 10 MB, which a
start with the newest tables, a web process or a consumer has no need of. Which version the tables
have and which is the newest is read here, and a test compares both with what Alembic says.
"""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from app.db.model import db
from config import ROOT

if TYPE_CHECKING:
    from alembic.script import ScriptDirectory
    from flask import Flask

_FOLDER = str(ROOT / "migrations")
_NAMED = re.compile(r"^(revision|down_revision) = (?:\"([^\"]+)\"|None)$", re.MULTILINE)
_READ = sa.text("SELECT version_num FROM alembic_version")


def read_revision(connection: sa.Connection) -> str | None:
    """The revision of the tables behind a connection; None without any.

    Raises:
        sqlalchemy.exc.MultipleResultsFound: two histories were migrated into one database.
    """
    if not sa.inspect(connection).has_table("alembic_version"):
        return None
    found: str | None = connection.execute(_READ).scalar_one_or_none()
    return found


@lru_cache(maxsize=1)
def newest_revision() -> str:
    """The revision of the newest migration of this Rastro."""
    return newest_of(Path(_FOLDER, "versions"))


def newest_of(folder: Path) -> str:
    """The one migration of a folder that no other builds on.

    Raises:
        ValueError: there is none, or there are several.
    """
    names, builds_on = set(), set()
    for file in folder.glob("*.py"):
        said = dict(_NAMED.findall(file.read_text(encoding="utf-8")))
        names.add(said["revision"])
        builds_on.add(said["down_revision"])
    heads = sorted(names - builds_on)
    if len(heads) != 1:
        raise ValueError(f"one newest migration is needed, there are {heads}")
    return heads[0]


def is_known_revision(revision: str) -> bool:
    """Whether this Rastro has a migration of this name."""
    from alembic.util import CommandError

    try:
        _scripts().get_revision(revision)
    except CommandError:
        return False
    return True


def upgrade_tables() -> None:
    """Bring the tables of the running application to the newest revision."""
    from flask_migrate import upgrade

    upgrade()


def downgrade_tables() -> None:
    """Take the newest migration of the running application back."""
    from flask_migrate import downgrade

    downgrade()


def init_migrations(app: Flask) -> None:
    """Give an application what ``flask db`` and ``migrations/env.py`` look for."""
    app.extensions["migrate"] = _MigrateLater(app)


class _MigrateLater:
    """Stands where Flask-Migrate's settings stand, and puts them there when one is asked for."""

    def __init__(self, app: Flask) -> None:
        self._app = app

    def __getattr__(self, name: str) -> Any:
        from flask_migrate import Migrate

        Migrate(self._app, db, directory=_FOLDER, render_as_batch=True)
        return getattr(self._app.extensions["migrate"], name)


def _scripts() -> ScriptDirectory:
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    config = Config()
    config.set_main_option("script_location", _FOLDER)
    return ScriptDirectory.from_config(config)
