"""An installation moves to another database with all its rows, or stays where it is."""

from __future__ import annotations

import fcntl
import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask

from app import create_app
from app.core.clock import utcnow
from app.custodia.queries import list_chain_ids
from app.custodia.service import verify_all
from app.db import Model, UtcDateTime, creating, db, transaction
from app.eventos.models import Evento
from app.jobs.alarm import make_storage
from app.oficios.models import Oficio
from app.respaldo.outside.copy_ends import UNFINISHED
from app.respaldo.outside.table_rows import RowsOf, TableRows
from app.respaldo.service import copying
from app.usuarios.rules import Rol
from tests.architecture.world import url_arguments
from tests.factories import make_buffet, make_usuario
from tests.plugins.application import test_config as config_for_tests
from tests.respaldo.offices import content, dispose


@pytest.fixture
def world(migrated_database_url: str, tmp_path: Path) -> Iterator[Flask]:
    """An installation with a row of nearly every kind."""
    app = create_app(config_for_tests(migrated_database_url, tmp_path / "oficina"))
    url_arguments(app, make_buffet(app), make_usuario(app, Rol.ADMIN))
    dispose(app)
    yield app
    dispose(app)


@contextmanager
def installed_on(url: str, folder: Path) -> Iterator[Flask]:
    app = create_app(config_for_tests(url, folder))
    yield app
    dispose(app)


def run(app: Flask, *arguments: str):
    dispose(app)
    result = app.test_cli_runner().invoke(args=arguments)
    dispose(app)
    return result


def copy(app: Flask, url: str):
    return run(app, "copy-database", "--to", url)


def file_url(folder: Path, name: str = "copia.sqlite3") -> str:
    return f"sqlite:///{folder / name}"


def lines(output: str) -> list[str]:
    """The lines of tables: name, rows, hash."""
    return [line for line in output.splitlines() if len(line.split()) == 3 and "  " in line]


def next_event(app: Flask, oficio_id: int) -> int:
    with app.app_context(), transaction():
        oficio = db.session.get_one(Oficio, oficio_id)
        values = {"tipo": "oficio.cambiado", "oficio_id": oficio.id, "created_at": utcnow()}
        new = sa.insert(Evento).values(**values, buffet_id=oficio.buffet_id, datos={})
        return db.session.execute(new.returning(Evento.id)).scalar_one()


def test_there_and_back_nothing_differs(world, databases, tmp_path):
    """On PostgreSQL: to SQLite and to another PostgreSQL. On SQLite from file to file."""
    with world.app_context():
        oficio_id = db.session.scalars(sa.select(Oficio.id)).first()
        last = db.session.scalars(sa.select(sa.func.max(Evento.id))).one()
    with world.app_context(), transaction():  # numbers that were given out do not come again
        db.session.execute(sa.delete(Evento).where(Evento.id == last))
    before = content(world)
    assert sum(bool(rows) for rows in before.values()) > 45, "a world of many tables"

    first = copy(world, file_url(tmp_path))
    assert first.exit_code == 0, first.output
    with installed_on(file_url(tmp_path), tmp_path / "otra") as moved, databases.lend() as url:
        assert content(moved) == before
        second = copy(moved, url)
        assert second.exit_code == 0, second.output
        with installed_on(url, tmp_path / "tercera") as back:
            assert content(back) == before
            with back.app_context():
                found = list(verify_all(list_chain_ids()))
                assert [one.problemas for one in found if one.problemas] == []
                assert sum(one.last[0] for one in found) > 20, "chains were read"
            assert content(world) == before, "the source was only read"
            given = {next_event(one, oficio_id) for one in (world, moved, back)}
            assert len(given) == 1
            assert given.pop() > last
            assert run(back, "prepare").exit_code == 0

    assert lines(first.output) == lines(second.output)
    counted = {words[0]: int(words[1]) for words in map(str.split, lines(first.output))}
    assert counted == {name: len(rows) for name, rows in before.items() if rows}
    assert "las mismas cuentas y huellas" in first.output
    assert "No vuelva a iniciar Rastro con la base anterior" in first.output


@contextmanager
def opened(url: str) -> Iterator[sa.Connection]:
    engine = sa.create_engine(url, poolclass=sa.NullPool)
    with creating(), engine.begin() as connection:
        yield connection


ODD = (
    (1, "ñandú «Ü» \U0001f697", None, None, None, None, None, None),
    (2, "a\tb\nc\\.", "null", True, date(1999, 2, 28), 0.1, b"\x00\xff\\", None),
    (3, "", '{"b": 1, "a": [1.0, 1.50]}', False, date(2026, 11, 30), -1e300, b"",
     datetime(2026, 11, 30, 2, 59, 59, 7, tzinfo=UTC)),
    (-4, "\\N", "5", True, None, 3.0, None, datetime(2026, 1, 1, tzinfo=UTC)),
    (2**31 - 1, "NULL", '"5"', None, None, 1 / 3, None, None),
)  # fmt: skip


def test_odd_values_are_the_same_on_both_databases(databases, tmp_path):
    metadata = sa.MetaData()
    table = sa.Table(
        "raros",
        metadata,
        sa.Column("n", sa.Integer),
        sa.Column("texto", sa.String(80), primary_key=True),
        sa.Column("doc", sa.JSON),
        sa.Column("si", sa.Boolean),
        sa.Column("dia", sa.Date),
        sa.Column("medida", sa.Double),
        sa.Column("bytes", sa.LargeBinary),
        sa.Column("hora", UtcDateTime),
    )
    rows = RowsOf(table)
    seen, digests = [], []
    with databases.lend() as url:
        for one in (url, file_url(tmp_path)):
            with opened(one) as connection:
                metadata.create_all(connection)
                rows.write(connection, ODD)
                seen.append(list(rows.read(connection)))
                digests.append(rows.digest(connection))

    assert seen[0] == seen[1] == sorted(ODD, key=lambda row: row[1].encode())
    assert digests[0] == digests[1]
    assert digests[0].rows == len(ODD)
    with opened(file_url(tmp_path)) as connection:
        connection.execute(sa.update(table).where(table.c.n == 2).values(medida=0.2))
        assert rows.digest(connection) != digests[0]


def test_every_column_of_the_models_can_be_copied(once):
    assert len([RowsOf(table) for table in Model.metadata.sorted_tables]) > 70


def test_what_is_not_ready_is_refused_and_left_as_it_was(world, databases, tmp_path):
    before, target = content(world), file_url(tmp_path)

    def refused(words: str, url: str = target) -> None:
        result = copy(world, url)
        assert result.exit_code == 1, result.output
        assert words in result.output
        assert "Traceback" not in result.output
        assert not (tmp_path / "copia.sqlite3").exists()

    refused("debe empezar con sqlite:/// o postgresql://", "mysql://x/y")
    refused("No existe la carpeta", file_url(tmp_path / "nada"))
    unreachable = copy(world, "postgresql://ana:s3creta@127.0.0.1:9/x")
    assert "no responde" in unreachable.output
    assert "s3creta" not in unreachable.output

    # Somebody is at work: the supervisor, or another program that has the database open.
    folder = world.extensions["rastro_config"].instance_dir
    with (folder / "rastro.lock").open("a+") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        refused("Rastro está en marcha: deténgalo antes de copiar la base")
    source = world.extensions["rastro_config"].database_url
    with opened(source) as other:
        other.execute(sa.text("SELECT 1 FROM oficios")).all()
        refused("repita. No se cambió nada.")

    # The target holds something.
    with databases.lend() as url:
        with opened(url) as connection:
            connection.execute(sa.text("CREATE TABLE ajena (x integer)"))
        result = copy(world, url)
        assert result.exit_code == 1
        assert "no está vacía" in result.output or "Ya existe" in result.output
        with opened(url) as connection:
            assert sa.inspect(connection).get_table_names() == ["ajena"]

    # The tables are those of another version.
    with opened(source) as connection:
        newest = connection.scalar(sa.text("SELECT version_num FROM alembic_version"))
        connection.execute(sa.text("UPDATE alembic_version SET version_num = '0051'"))
    refused("son de la versión 0051")
    with opened(source) as connection:
        connection.execute(
            sa.text("UPDATE alembic_version SET version_num = :one"), {"one": newest}
        )

    assert content(world) == before
    assert copy(world, target).exit_code == 0


def test_the_bell_in_the_same_database_is_not_somebody_else(world, tmp_path, database_kind):
    """HUEY_URL may name the database itself: its tables are nobody's data, and stay behind."""
    if database_kind == "sqlite":
        pytest.skip("there the bell is a file of its own")
    config = world.extensions["rastro_config"]
    url = config.database_url.replace("+psycopg", "")
    config = config_for_tests(config.database_url, config.instance_dir, HUEY_URL=url)
    app = create_app(config)

    result = copy(app, file_url(tmp_path))

    assert result.exit_code == 0, result.output
    with opened(file_url(tmp_path)) as connection:
        assert "huey_task" not in sa.inspect(connection).get_table_names()
    make_storage(url, "x").storage.close()


def die_at(table: str):
    """As a kill -9 in the middle."""

    def tell(copied: TableRows) -> None:
        if copied.name == table:
            os._exit(9)

    return tell


@pytest.mark.parametrize("kind", ["same", "file"])
def test_killed_in_the_middle_the_target_says_so_and_can_be_begun_again(
    world, databases, tmp_path, kind
):
    before = content(world)
    dispose(world)
    with databases.lend() as fresh:
        url = fresh if kind == "same" else file_url(tmp_path)
        child = os.fork()
        if not child:
            try:
                with world.app_context():
                    copying.copy_rows(url, tell=die_at("oficios"))
            finally:
                os._exit(1)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 9

        assert content(world) == before
        with installed_on(url, tmp_path / "otra") as half:
            started = run(half, "prepare")
            assert started.exit_code == 1
            assert "no llegó a su fin y ahí no hay datos" in started.output
            assert "copy-database" in started.output

            again = copy(world, url)
            assert again.exit_code == 0, again.output
            assert content(half) == before
            assert run(half, "prepare").exit_code == 0
        assert not list(tmp_path.glob(f"*{UNFINISHED}*"))


def test_rows_that_do_not_arrive_are_noticed(world, databases, tmp_path, monkeypatch):
    write = RowsOf.write

    def lose_one(self, connection, rows):
        write(self, connection, list(rows)[1:] if self.name == "eventos" else rows)

    monkeypatch.setattr(RowsOf, "write", lose_one)
    with databases.lend() as url:
        result = copy(world, url)

        assert result.exit_code == 1
        assert "La tabla eventos no llegó igual" in result.output
        with installed_on(url, tmp_path / "otra") as half:
            assert run(half, "prepare").exit_code == 1


def test_a_value_that_the_other_database_refuses_is_placed_and_not_told(world, databases, tmp_path):
    """SQLite takes what its columns are not for; nobody reads a person's data in an error."""
    assert copy(world, file_url(tmp_path)).exit_code == 0
    with closing(sqlite3.connect(tmp_path / "copia.sqlite3")) as connection, connection:
        connection.execute("UPDATE oficios SET created_at = '17 de mayo' WHERE id = 1")
    with (
        installed_on(file_url(tmp_path), tmp_path / "otra") as moved,
        databases.lend() as url,
    ):
        result = copy(moved, url)
        assert "La tabla oficios tiene un valor que no es del tipo" in result.output
        assert "mayo" not in result.output

        with closing(sqlite3.connect(tmp_path / "copia.sqlite3")) as connection, connection:
            connection.execute("UPDATE oficios SET created_at = '2026-05-17 00:00:00.000000'")
            connection.execute(f"UPDATE propietarios SET nombre = '{'Rosa ' * 100}' WHERE id = 1")
        result = copy(moved, url)
        if url.startswith("sqlite"):
            assert result.exit_code == 0  # as SQLite takes it
        else:
            assert "tabla propietarios, fila 1, columna nombre" in result.output
            assert "Rosa" not in result.output
