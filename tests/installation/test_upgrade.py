"""Databases that older schemas wrote arrive at the newest one with all that they hold.

``tests/data/esquema-NNNN.json.gz`` is the demo, as it lay in a database of that migration: 0001 is
the first schema, 0008 the one of version 0.1 with its sealed chain, notices and an expediente.
"""

from __future__ import annotations

import base64
import gzip
import json
from pathlib import Path
from typing import Any

import flask_migrate
import pytest
import sqlalchemy as sa

from app import create_app
from app.core.clock import utcnow
from app.custodia.queries import list_chain_ids
from app.custodia.service import begin, verify
from app.db import db
from app.respaldo.outside.database_copy import count_rows
from app.respaldo.service import create_backup
from app.respaldo.service.restoring import restore_backup
from app.usuarios.models import Usuario
from app.usuarios.rules import Rol
from tests.factories import sign_in_client
from tests.plugins.application import test_config as config_for_tests

DATA = Path(__file__).parent.parent / "data"
#: The stored databases, by the migration that they were left at.
REVISIONS = ("0001", "0008")
#: What no migration may change, as text.
PEOPLE = ["id", "email", "nombre", "rol", "password_hash"]
CASES = ["id", "numero_oficio", "caratulado", "estado", "fecha_limite", "created_at"]


@pytest.fixture
def old(fresh_database_url, tmp_path, revision):
    """An application on a database that was left at an older migration."""
    app = create_app(config_for_tests(fresh_database_url, tmp_path))
    app.config.update(WTF_CSRF_ENABLED=False)
    with app.app_context():
        flask_migrate.upgrade(revision=revision)
        fill(stored(revision))
        yield app
        db.session.remove()
        db.engine.dispose()


def stored(revision: str) -> dict[str, list[dict[str, Any]]]:
    return json.loads(gzip.decompress((DATA / f"esquema-{revision}.json.gz").read_bytes()))


def fill(tables: dict[str, list[dict[str, Any]]]) -> None:
    metadata = sa.MetaData()
    metadata.reflect(db.engine)
    with db.engine.begin() as connection:
        for name, rows in tables.items():
            if name == "alembic_version":
                continue
            columns = metadata.tables[name].columns
            names = ", ".join(rows[0])
            values = ", ".join(f":{column}" for column in rows[0])
            connection.execute(
                sa.text(f"INSERT INTO {name} ({names}) VALUES ({values})"),
                [{key: typed(columns[key].type, row[key]) for key in row} for row in rows],
            )
            if connection.dialect.name == "postgresql" and columns.get("id") is not None:
                # The numbering goes on after the rows that brought their numbers along.
                sequence = connection.scalar(
                    sa.text("SELECT pg_get_serial_sequence(:name, 'id')"), {"name": name}
                )
                if sequence:
                    last = max(row["id"] for row in rows)
                    connection.execute(sa.text(f"SELECT setval('{sequence}', {last})"))


def typed(kind: sa.types.TypeEngine, value: Any) -> Any:
    """What SQLite keeps as a number or text, as this database takes it."""
    if isinstance(value, dict):
        return base64.b64decode(value["b64"])
    if db.engine.dialect.name == "postgresql" and value is not None:
        if isinstance(kind, sa.Boolean):
            return bool(value)
        if isinstance(kind, sa.DateTime):
            return f"{value}+00:00"
    return value


def values(name: str, columns: list[str]) -> list[str]:
    """The rows of a table in those columns, as text that both databases write alike."""
    chosen = ", ".join(f"CAST({column} AS VARCHAR)" for column in columns)
    with db.engine.connect() as connection:
        rows = connection.execute(sa.text(f"SELECT {chosen} FROM {name}")).all()
    return sorted(map(repr, rows))


def sign_in(app):
    """The stored admin's browser."""
    admin = db.session.scalars(sa.select(Usuario).filter_by(rol=Rol.ADMIN)).first()
    db.session.expunge(admin)
    db.session.rollback()
    return sign_in_client(app, admin)


@pytest.mark.parametrize("revision", REVISIONS)
def test_all_that_an_older_schema_held_arrives_at_the_newest_and_is_worked_on(old, revision):
    tables = {name: rows for name, rows in stored(revision).items() if name != "alembic_version"}
    before = count_rows()
    assert {name: before[name] for name in tables} == {n: len(rows) for n, rows in tables.items()}
    assert sum(before[name] for name in tables) > 1000
    sealed = before.get("custodia", 0)
    assert bool(sealed) is (revision == "0008")
    kept = values("usuarios", PEOPLE), values("oficios", CASES)

    flask_migrate.upgrade()

    after = count_rows()
    assert {name: after[name] for name in tables} == {name: before[name] for name in tables}
    assert (values("usuarios", PEOPLE), values("oficios", CASES)) == kept
    begin(utcnow())
    # The sealed chain holds, and what an older version wrote without one was taken into it.
    assert count_rows()["custodia"] >= max(sealed, len(tables["oficios"]))
    for oficio_id in list_chain_ids():
        problems = verify(oficio_id).problemas
        assert not [one for one in problems if "archivo" not in one.texto], oficio_id
    db.session.rollback()

    client, oficio = sign_in(old), tables["oficios"][0]
    assert client.get("/tablero").status_code == 200
    page = client.get(f"/oficios/{oficio['id']}")
    assert page.status_code == 200
    assert oficio["numero_oficio"] in page.get_data(as_text=True)
    # New rows get numbers of their own beside those that came along.
    note = {"tipo": "nota", "descripcion": "Después de actualizar."}
    assert client.post(f"/oficios/{oficio['id']}/bitacora", data=note).status_code == 303


@pytest.mark.parametrize("revision", ["0008"])
def test_the_way_back_keeps_the_cases(old, revision):
    flask_migrate.upgrade()
    flask_migrate.downgrade(revision=revision)

    counted = count_rows()
    for name in ("usuarios", "oficios", "investigaciones", "avistamientos", "adjuntos"):
        assert counted[name] == len(stored(revision)[name]), name


@pytest.mark.parametrize("revision", ["0001"])
def test_a_backup_of_an_old_schema_is_made_and_restored_by_a_newer_rastro(
    old, revision, databases, tmp_path
):
    backup = create_backup(tmp_path / "r", passphrase="", now=utcnow())
    assert backup.manifest.revision == revision
    url = databases.create()
    newer = create_app(config_for_tests(url, tmp_path / "otra"))

    with newer.app_context():
        manifest = restore_backup(backup.path, passphrase="", overwrite=False, now=utcnow())
        flask_migrate.upgrade()
        assert (
            count_rows()["oficios"] == manifest.rows["oficios"] == len(stored(revision)["oficios"])
        )
        db.session.remove()
        db.engine.dispose()
    databases.drop(url)
