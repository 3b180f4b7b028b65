"""The schema goes forward and back on both databases, and says what the models say."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import flask_migrate
import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy.exc import IntegrityError

from app import create_app
from app.buffets.models import Buffet
from app.db import Model, db
from tests.plugins.application import test_config as config_for_tests

VERSIONS = Path(__file__).parents[2] / "migrations" / "versions"


def test_a_migration_does_nothing_when_it_is_only_read():
    """``op`` speaks to a database, and none is there while Alembic reads what there is."""
    files = sorted(VERSIONS.glob("*.py"))
    early = [
        f"{file.name}:{node.lineno}"
        for file in files
        for node in _run_at_import(ast.parse(file.read_text("utf-8")))
        if isinstance(node, ast.Name) and node.id in {"op", "context"}
    ]

    assert len(files) > 30
    assert early == []


def _run_at_import(node: ast.AST) -> Iterator[ast.AST]:
    """What Python runs of a module when it reads it: not what stands inside of functions."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            # Defaults and decorators run at once.
            kept = (
                [child.args]
                if isinstance(child, ast.Lambda)
                else [child.args, *child.decorator_list]
            )
            for part in kept:
                yield from _run_at_import(part)
            continue
        yield child
        yield from _run_at_import(child)


@pytest.fixture
def fresh_app(fresh_database_url, tmp_path):
    app = create_app(config_for_tests(fresh_database_url, tmp_path))
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


def test_the_schema_goes_up_down_and_up_again(fresh_app):
    flask_migrate.upgrade()
    tables = set(sa.inspect(db.engine).get_table_names())
    assert tables == {*Model.metadata.tables, "alembic_version"}

    flask_migrate.downgrade(revision="base")
    assert set(sa.inspect(db.engine).get_table_names()) == {"alembic_version"}

    flask_migrate.upgrade()
    assert set(sa.inspect(db.engine).get_table_names()) == tables


def test_the_migrations_say_what_the_models_say(fresh_app):
    flask_migrate.upgrade()

    with db.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert set(Model.metadata.tables) <= set(sa.inspect(connection).get_table_names())
        assert compare_metadata(context, Model.metadata) == []


def test_the_database_itself_refuses_a_cliente_without_a_buffet(fresh_app):
    flask_migrate.upgrade()
    insert = sa.text(
        "INSERT INTO usuarios (email, nombre, password_hash, rol, activo, session_version,"
        " created_at) VALUES ('a@b.example', 'A', 'x', :rol, true, 1, '2026-11-24 12:00:00')"
    )

    for rol in ("cliente", "jefe"):
        with pytest.raises(IntegrityError), db.engine.begin() as connection:
            connection.execute(insert, {"rol": rol})
    with db.engine.begin() as connection:
        connection.execute(insert, {"rol": "admin"})


def test_the_day_of_entry_is_not_taken_for_the_date_of_the_order(fresh_app):
    """Existing orders keep theirs empty, and a list's column «Fecha oficio» is guessed anew."""
    flask_migrate.upgrade(revision="0014")
    learned = '{"fecha oficio": "fecha_ingreso", "ingreso": "fecha_ingreso"}'
    insert = sa.text(
        "INSERT INTO buffets (nombre, rut, email_principal, activo, mapeo_importacion, modo_hitos,"
        " version, created_at) VALUES ('A', '1-9', 'a@b.example', true, :learned, 'nunca', 1,"
        " '2026-11-24 12:00:00')"
    )
    with db.engine.begin() as connection:
        connection.execute(insert, {"learned": learned})

    flask_migrate.upgrade()

    assert db.session.scalar(sa.select(Buffet.mapeo_importacion)) == {"ingreso": "fecha_ingreso"}
    db.session.remove()
    flask_migrate.downgrade(revision="0014")
    columns = {column["name"] for column in sa.inspect(db.engine).get_columns("oficios")}
    assert "fecha_oficio" not in columns


def test_who_wanted_each_notice_by_mail_goes_on_getting_them_at_once(fresh_app):
    """And back; what the bell showed before has its kind, and each is a notice of its own."""
    flask_migrate.upgrade(revision="0053")
    person = sa.text(
        "INSERT INTO usuarios (id, email, nombre, password_hash, rol, activo, session_version,"
        " avisos_por_correo, created_at) VALUES (:id, :email, 'N', 'x', 'investigador', true, 1,"
        " :wants, '2026-11-24 12:00:00')"
    )
    notice = sa.text(
        "INSERT INTO avisos (usuario_id, texto, url, accion, clave, created_at)"
        " VALUES (1, 'Algo', '/', 'Ver', :clave, '2026-11-24 12:00:00')"
    )
    # One of the test alone: what that of the application notes of a write needs newer tables.
    plain = sa.create_engine(db.engine.url, poolclass=sa.NullPool)
    with plain.begin() as connection:
        for pk, wants in ((1, True), (2, False)):
            connection.execute(person, {"id": pk, "email": f"{pk}@o.example", "wants": wants})
        for clave in ("respuesta:1", "consulta:2", "retencion:2026-11-24"):
            connection.execute(notice, {"clave": clave})

    flask_migrate.upgrade()

    wanted = sa.text("SELECT usuario_id, count(*) FROM avisos_preferencias GROUP BY usuario_id")
    kinds = sa.text("SELECT clave, novedad, tanda, cantidad FROM avisos ORDER BY id")
    with plain.connect() as connection:
        assert [tuple(row) for row in connection.execute(wanted)] == [(1, 19)]
        assert [tuple(row) for row in connection.execute(kinds)] == [
            ("respuesta:1", "respuesta", "respuesta:1", 1),
            ("consulta:2", "avistamiento", "consulta:2", 1),
            ("retencion:2026-11-24", "obligacion", "retencion:2026-11-24", 1),
        ]
    db.session.remove()
    flask_migrate.downgrade(revision="0053")
    with plain.connect() as connection:
        back = connection.execute(sa.text("SELECT avisos_por_correo FROM usuarios ORDER BY id"))
        assert [bool(row[0]) for row in back] == [True, False]
