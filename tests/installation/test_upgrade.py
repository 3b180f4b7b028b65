"""A database that the first schema wrote arrives at the newest one with all that it holds.

``tests/data/esquema-0001.json.gz`` is the demo, as it lay in a database of migration 0001.
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
from app.custodia.queries import list_oficio_ids
from app.custodia.service import begin, verify
from app.db import db, transaction
from app.respaldo.base_datos import count_rows
from app.respaldo.service import create_backup, restore_backup
from app.usuarios.models import Usuario
from app.usuarios.rules import Rol
from tests.plugins.application import test_config as config_for_tests

STORED = Path(__file__).parent.parent / "data" / "esquema-0001.json.gz"


@pytest.fixture
def old(fresh_database_url, tmp_path):
    """An application on a database that was left at migration 0001."""
    app = create_app(config_for_tests(fresh_database_url, tmp_path))
    app.config.update(WTF_CSRF_ENABLED=False)
    with app.app_context():
        flask_migrate.upgrade(revision="0001")
        fill(stored())
        yield app
        db.session.remove()
        db.engine.dispose()


def stored() -> dict[str, list[dict[str, Any]]]:
    return json.loads(gzip.decompress(STORED.read_bytes()))


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


def test_everything_that_the_first_schema_held_arrives_at_the_newest(old):
    flask_migrate.upgrade()
    with transaction():
        begin(utcnow())

    counted = count_rows()
    for name, rows in stored().items():
        assert counted[name] >= len(rows), name
    texts = {row["numero_oficio"] for row in stored()["oficios"]}
    with db.engine.connect() as connection:
        kept = connection.execute(sa.text("SELECT numero_oficio FROM oficios")).scalars()
        assert set(kept) == texts
    for oficio_id in list_oficio_ids():
        problems = verify(oficio_id).problemas
        assert not [one for one in problems if "archivo" not in one.texto], oficio_id
    db.session.rollback()


def test_the_pages_work_on_what_was_upgraded(old):
    flask_migrate.upgrade()
    admin = db.session.scalars(sa.select(Usuario).filter_by(rol=Rol.ADMIN)).first()
    oficio = stored()["oficios"][0]
    client = old.test_client()
    with client.session_transaction() as session:
        session["_user_id"] = admin.get_id()
        session["_fresh"] = True
    db.session.rollback()

    assert client.get("/tablero").status_code == 200
    page = client.get(f"/oficios/{oficio['id']}")
    assert page.status_code == 200
    assert oficio["numero_oficio"] in page.get_data(as_text=True)


def test_a_backup_of_an_old_schema_is_made_and_restored_by_a_newer_rastro(old, databases, tmp_path):
    backup = create_backup(tmp_path / "r", passphrase="", now=utcnow())
    assert backup.manifest.revision == "0001"
    url = databases.create()
    newer = create_app(config_for_tests(url, tmp_path / "otra"))

    with newer.app_context():
        manifest = restore_backup(backup.path, passphrase="", overwrite=False, now=utcnow())
        flask_migrate.upgrade()
        assert count_rows()["oficios"] == manifest.rows["oficios"] == len(stored()["oficios"])
        db.session.remove()
        db.engine.dispose()
    databases.drop(url)
