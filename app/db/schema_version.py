"""The version of the tables, as Alembic keeps it.

Alembic is imported where it is asked: a web process or a consumer may never need it.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from app.db.model import db
from config import ROOT

if TYPE_CHECKING:
    import sqlalchemy as sa
    from alembic.script import ScriptDirectory
    from flask import Flask

_FOLDER = str(ROOT / "migrations")


def read_revision(connection: sa.Connection) -> str | None:
    """The revision of the tables behind a connection; None without any."""
    from alembic.runtime.migration import MigrationContext

    return MigrationContext.configure(connection).get_current_revision()


@lru_cache(maxsize=1)
def newest_revision() -> str | None:
    """The revision of the newest migration of this Rastro."""
    return _scripts().get_current_head()


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
