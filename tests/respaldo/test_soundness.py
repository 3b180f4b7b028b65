"""A database that was lost, emptied or damaged is named at the start and never filled anew."""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from flask import Flask

from app import create_app
from app.db import db
from app.respaldo.service.soundness import MARK, find_damage
from tests.plugins.application import test_config as config_for_tests


@pytest.fixture
def started(migrated_database_url: str, tmp_path: Path) -> Iterator[Flask]:
    """An installation that was started once."""
    app = create_app(config_for_tests(migrated_database_url, tmp_path))
    result = prepare(app)
    assert result.exit_code == 0, result.output
    yield app
    close(app)


def prepare(app: Flask):
    return app.test_cli_runner().invoke(args=["prepare"])


def close(app: Flask) -> None:
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


def file_of(app: Flask) -> Path:
    with app.app_context():
        return Path(str(db.engine.url.database))


def test_a_sound_database_is_started_again_and_again(started):
    for _ in range(2):
        result = prepare(started)
        assert result.exit_code == 0, result.output
        assert json.loads(result.stdout.splitlines()[-1])["demo"] is False


@pytest.fixture
def sqlite_file(once: None, started: Flask) -> Path:
    """The database's only file; PostgreSQL looks after its own."""
    close(started)
    path = file_of(started)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA journal_mode=DELETE")  # all in one file
    return path


def _emptied(path: Path) -> None:
    path.write_bytes(b"")


def _overwritten(path: Path) -> None:
    path.write_bytes(b"<html>502 Bad Gateway</html>" * 200)


def _cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def _zeroed(path: Path) -> None:
    data = bytearray(path.read_bytes())
    page = int.from_bytes(data[16:18], "big")
    data[page : page * 4] = bytes(page * 3)
    path.write_bytes(data)


def _scrambled_schema(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[100:140] = b"\xff" * 40
    path.write_bytes(data)


HARMS = (
    (Path.unlink, "no está"),
    (_emptied, "está vacía (0 bytes)"),
    (_overwritten, "no es un archivo de SQLite"),
    (_cut, "bytes de"),
    (_zeroed, "está dañada"),
    (_scrambled_schema, "está dañada"),
)


@pytest.mark.usefixtures("once")
def test_what_happened_to_the_file_is_named_with_the_command_that_restores(started, sqlite_file):
    sound = sqlite_file.read_bytes()
    for harm, word in HARMS:
        sqlite_file.write_bytes(sound)
        harm(sqlite_file)
        left = sqlite_file.read_bytes() if sqlite_file.exists() else None

        result = prepare(started)

        assert result.exit_code == 1, word
        assert word in result.output
        assert str(sqlite_file) in result.output
        assert "make restore-db OPTIONS=--overwrite" in result.output
        assert "Traceback" not in result.output
        assert (sqlite_file.read_bytes() if sqlite_file.exists() else None) == left, (
            "left as it was"
        )


@pytest.mark.usefixtures("once")
def test_a_new_start_is_possible_when_it_is_said(started, sqlite_file, tmp_path):
    sqlite_file.unlink()
    assert prepare(started).exit_code == 1

    (tmp_path / MARK).unlink()
    assert prepare(started).exit_code == 0


@pytest.mark.usefixtures("once")
def test_a_database_with_its_journal_is_sound(started, sqlite_file, tmp_path):
    """What a kill -9 left: part of the pages are in the journal alone."""
    with closing(sqlite3.connect(sqlite_file)) as connection:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA wal_autocheckpoint=0")
        connection.execute("CREATE TABLE t (x)")
        connection.executemany("INSERT INTO t VALUES (?)", [("y" * 1000,)] * 500)
        connection.commit()
        copy = tmp_path / "copy.sqlite3"
        for suffix in ("", "-wal"):
            shutil.copy(f"{sqlite_file}{suffix}", f"{copy}{suffix}")
    assert find_damage(copy) is None
    with closing(sqlite3.connect(copy)) as connection:
        assert connection.execute("SELECT count(*) FROM t").fetchone() == (500,)


def test_a_server_that_was_emptied_is_not_filled_anew(started, database_kind):
    if database_kind != "postgresql":
        pytest.skip("a server's database; a file's is above")
    with started.app_context(), db.engine.begin() as connection:
        connection.exec_driver_sql("DROP SCHEMA public CASCADE")
        connection.exec_driver_sql("CREATE SCHEMA public")
    close(started)

    result = prepare(started)

    assert result.exit_code == 1
    assert "está vacía" in result.output
    assert "make restore-db" in result.output


def test_a_server_that_does_not_answer_is_a_sentence(tmp_path):
    url = "postgresql+psycopg://rastro:s3creta@127.0.0.1:9/rastro"
    app = create_app(config_for_tests(url, tmp_path))

    result = prepare(app)

    assert result.exit_code == 1
    assert "no responde" in result.output
    assert "DATABASE_URL" in result.output
    assert "s3creta" not in result.output
    assert "Traceback" not in result.output
