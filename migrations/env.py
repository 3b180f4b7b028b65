"""Alembic's environment: the application's own engine and metadata."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import context
from flask import current_app
from sqlalchemy.exc import DBAPIError

from app.core.outages import explain, find_outage
from app.db import Model, ShortText, UtcDateTime, creating


def render_item(kind: str, item: object, _autogen: object) -> str | bool:
    """Write plain SQLAlchemy types into migrations, so that they never depend on the models."""
    if kind == "type" and isinstance(item, UtcDateTime):
        return "sa.DateTime(timezone=True)"
    if kind == "type" and isinstance(item, ShortText):
        return f"sa.String({item.impl_instance.length})"
    return False


def run() -> None:
    """Migrate in one transaction. SQLite checks foreign keys only outside of table rebuilds."""
    given: sa.Connection | None = context.config.attributes.get("connection")
    if given is not None:  # a restore, which commits by itself
        migrate(given)
        return
    engine: sa.Engine = current_app.extensions["migrate"].db.engine
    with engine.connect() as connection:
        if engine.dialect.name == "sqlite":
            connection.exec_driver_sql("COMMIT")
            connection.exec_driver_sql("PRAGMA foreign_keys=OFF")
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        else:
            # A migration waits for whoever holds a table, however long; requests do not.
            connection.exec_driver_sql("SET LOCAL lock_timeout = 0")
        migrate(connection)
        connection.commit()
        if engine.dialect.name == "sqlite":
            connection.exec_driver_sql("COMMIT")
            connection.exec_driver_sql("PRAGMA foreign_keys=ON")


def migrate(connection: sa.Connection) -> None:
    """Run what is pending on a connection, without a commit."""
    context.configure(
        connection=connection,
        target_metadata=Model.metadata,
        render_as_batch=True,
        render_item=render_item,
        compare_type=True,
    )
    with context.begin_transaction():
        context.run_migrations()


try:
    with creating():
        run()
except DBAPIError as error:
    found = find_outage(error)
    if found is None:
        raise
    # Flask-Migrate prints a RuntimeError as one line and ends with 1.
    raise RuntimeError(f"{explain(found)} El esquema quedó como estaba.") from None
