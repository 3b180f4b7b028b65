"""The application, its people as signed-in clients, and questions to its database."""

from __future__ import annotations

import functools
import gc
import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import flask_migrate
import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app import create_app
from app.buffets.models import Buffet
from app.db import Model, append_only_door, db, kept_last
from app.extensions import limiter
from app.feature import KEY, Features
from app.features import FEATURES
from app.oficios.models import Oficio
from app.usuarios.models import Usuario
from app.usuarios.rules import Rol
from app.web.kept_blocks import keeper_of
from config import Config, load_config
from tests.factories import make_buffet, make_oficio, make_usuario, sign_in_client
from tests.plugins.databases import Databases

HTMX = {"HX-Request": "true"}


def test_config(database_url: str, folder: Any, **values: str) -> Config:
    """A configuration that talks to nobody but the given database."""
    return load_config(
        {
            "ENVIRONMENT": "test",
            "SECRET_KEY": "only for tests, never anywhere else",
            "DATABASE_URL": database_url,
            "INSTANCE_DIR": str(folder),
            "BASE_URL": "http://localhost",
            "ARGON2_MEMORY_KIB": "32",
            **values,
        }
    )


@pytest.fixture(scope="session")
def _application(
    database_url: str, databases: Databases, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Flask]:
    """One application per test process, on a migrated database."""
    app = create_app(test_config(database_url, tmp_path_factory.mktemp("instance")))
    app.config.update(TESTING=True, WTF_CSRF_ENABLED=False, PROPAGATE_EXCEPTIONS=False)
    keeper_of(app).is_checking = True  # every test finds out whether a part forgot a value
    with app.app_context():
        if db.engine.dialect.name == "sqlite":
            sa.event.listen(db.engine, "connect", _hurry)
        flask_migrate.upgrade()
        db.engine.dispose()
        databases.migrated = databases.create(database_url)
        _empty()  # migrations bring rows, which only the first test of a process would see
    # All of this stays: from here on nobody looks through it for garbage.
    gc.collect()
    gc.freeze()
    yield app
    with app.app_context():
        db.engine.dispose()
        # Else its connections outlive the run.
        app.extensions["rastro_limits"]._shared._engine.dispose()


@pytest.fixture
def migrated_database_url(_application: Flask, databases: Databases) -> Iterator[str]:
    """A database for one test alone, as the migrations leave a new one."""
    with databases.lend(databases.migrated) as url:
        yield url


def _hurry(connection: sqlite3.Connection, _record: object) -> None:
    """Nothing here has to outlive the run, so nothing waits for the disk (as on PostgreSQL)."""
    connection.execute("PRAGMA synchronous=OFF")


@pytest.fixture
def app(_application: Flask, request: pytest.FixtureRequest) -> Iterator[Flask]:
    """The application on an empty database, with its configuration as it was.

    A module of tests that has jobs of its own lists them in a ``FEATURE``.
    """
    config = _application.extensions["rastro_config"]
    own = getattr(request.module, "FEATURE", None)
    _application.extensions[KEY] = Features((*FEATURES, own) if own else FEATURES)
    limiter.enabled = False
    yield _application
    _application.extensions["rastro_config"] = config
    for remembered in ("is_demo", "rastro_first_steps", "rastro_probes", "rastro_storage"):
        _application.extensions.pop(remembered, None)
    with _application.app_context():
        _empty()
        limiter.reset()
    _application.extensions.pop("looks", None)


def _empty() -> None:
    """Remove all rows, and count from one again.

    Most tests write in a handful of tables: asking which costs a millisecond, truncating all of
    them cost PostgreSQL ninety.
    """
    if db.engine.dialect.name == "postgresql":
        _empty_postgresql()
        return
    tables = _tables()
    with db.engine.begin() as connection:
        found = connection.exec_driver_sql(
            "SELECT " + ", ".join(f'EXISTS (SELECT 1 FROM "{name}")' for name in tables)
        ).one()
        with append_only_door(connection):
            for name in (name for name, has_rows in zip(tables, found, strict=True) if has_rows):
                connection.exec_driver_sql(f'DELETE FROM "{name}"')


def _empty_postgresql() -> None:
    """The same where each statement is a plan: twenty milliseconds of the server less than so."""
    with db.engine.begin() as connection:
        # An empty table that was vacuumed has no page: nobody has to look into all of them.
        written = list(connection.exec_driver_sql(WRITTEN).scalars())
        if not written:
            return
        # Without triggers: everything goes, so nobody has to look for who names a row.
        connection.exec_driver_sql("SET LOCAL session_replication_role = replica")
        for name in written:
            connection.exec_driver_sql(f"DELETE FROM {name}")
        # SQLite gives the next id after the largest one; these are turned back by hand.
        restarts = [
            f"setval({sequence}, 1, false)"
            for name, sequence in _sequences()
            if name in set(written)
        ]
        if restarts:
            connection.exec_driver_sql("SELECT " + ", ".join(restarts))
    # Else new rows take the places of old ones, and what has no order comes in any.
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql(
            f"VACUUM (PROCESS_TOAST false, SKIP_DATABASE_STATS) {', '.join(written)}"
        )


@functools.cache
def _tables() -> tuple[str, ...]:
    """All tables, each before those that its rows name; what triggers write last."""
    return tuple(kept_last(table.name for table in reversed(Model.metadata.sorted_tables)))


@functools.cache
def _sequences() -> tuple[tuple[str, str], ...]:
    """Each sequence by its name, with the table whose ids it gives.

    Not by its number, which is another one after a test that makes the tables anew.
    """
    with db.engine.connect() as connection:
        return tuple((row[0], row[1]) for row in connection.exec_driver_sql(SEQUENCES))


WRITTEN = """
    SELECT quote_ident(relname) FROM pg_class
    WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace
    AND relname <> 'alembic_version' AND pg_relation_size(oid) > 0
"""
SEQUENCES = """
    SELECT quote_ident(t.relname), quote_literal(s.oid::regclass::text) FROM pg_class s
    JOIN pg_depend d ON d.objid = s.oid AND d.deptype IN ('a', 'i')
    JOIN pg_class t ON t.oid = d.refobjid
    WHERE s.relkind = 'S'
"""


@pytest.fixture
def throttled(app: Flask) -> Iterator[None]:
    """Throttle sign-ins as in production; other tests sign in as often as they like."""
    limiter.enabled = True
    yield
    limiter.enabled = False


@pytest.fixture
def configure(app: Flask) -> Callable[..., Config]:
    """Change the running application's configuration for one test."""

    def change(**values: Any) -> Config:
        config = replace(app.extensions["rastro_config"], **values)
        app.extensions["rastro_config"] = config
        return config

    return change


@pytest.fixture
def sign_in(app: Flask) -> Callable[[Usuario], FlaskClient]:
    """A client in which an account is signed in, without paying for a password hash."""

    def sign(usuario: Usuario) -> FlaskClient:
        return sign_in_client(app, usuario)

    return sign


@pytest.fixture
def stranger(app: Flask) -> FlaskClient:
    """Nobody: a client without a session."""
    return app.test_client()


@pytest.fixture
def buffet(app: Flask) -> Buffet:
    return make_buffet(app, nombre="González y Asociados")


@pytest.fixture
def otro_buffet(app: Flask) -> Buffet:
    return make_buffet(app, nombre="Estudio Araya")


@pytest.fixture
def usuario_admin(app: Flask) -> Usuario:
    return make_usuario(app, Rol.ADMIN, nombre="Ana Vega", email="ana@oficina.example")


@pytest.fixture
def usuario_investigador(app: Flask) -> Usuario:
    return make_usuario(app, Rol.INVESTIGADOR, nombre="Carla Muñoz", email="carla@oficina.example")


@pytest.fixture
def usuario_cliente(app: Flask, buffet: Buffet) -> Usuario:
    return make_usuario(app, Rol.CLIENTE, buffet, nombre="Luis Cliente")


@pytest.fixture
def usuario_ajeno(app: Flask, otro_buffet: Buffet) -> Usuario:
    return make_usuario(app, Rol.CLIENTE, otro_buffet, nombre="Otro Cliente")


@pytest.fixture
def admin(sign_in: Callable[[Usuario], FlaskClient], usuario_admin: Usuario) -> FlaskClient:
    return sign_in(usuario_admin)


@pytest.fixture
def investigador(
    sign_in: Callable[[Usuario], FlaskClient], usuario_investigador: Usuario
) -> FlaskClient:
    return sign_in(usuario_investigador)


@pytest.fixture
def cliente(sign_in: Callable[[Usuario], FlaskClient], usuario_cliente: Usuario) -> FlaskClient:
    """A person of ``buffet``."""
    return sign_in(usuario_cliente)


@pytest.fixture
def cliente_ajeno(sign_in: Callable[[Usuario], FlaskClient], usuario_ajeno: Usuario) -> FlaskClient:
    """A person of another buffet: a stranger to everything of ``buffet``."""
    return sign_in(usuario_ajeno)


@pytest.fixture
def oficio(app: Flask, buffet: Buffet, usuario_investigador: Usuario) -> Oficio:
    """A pending oficio of ``buffet``."""
    return make_oficio(app, buffet, usuario_investigador)


@pytest.fixture
def rows(app: Flask) -> Callable[..., list[Any]]:
    """All rows of a model that fit the given columns, detached, in the order they were made."""

    def find(model: type[Any], **values: Any) -> list[Any]:
        with app.app_context():
            key = sa.inspect(model).primary_key[0]
            found = list(db.session.scalars(sa.select(model).filter_by(**values).order_by(key)))
            db.session.expunge_all()
            return found

    return find


def assert_fragment(response: TestResponse, element_id: str) -> str:
    """Check that an answer is one element with that id, not a page; return its text."""
    text = response.get_data(as_text=True).strip()
    assert "<html" not in text, "a whole page came instead of a fragment"
    assert f'id="{element_id}"' in text.partition(">")[0], text[:200]
    return text
