"""Copying a database while it is in use, and filling an empty one.

SQLite copies itself page by page under one read, which in WAL mode holds up no writer. PostgreSQL
is read by COPY inside one REPEATABLE READ transaction, so that all tables are of the same instant;
no pg_dump of the right version has to be installed, and it works on hosted databases.
"""

from __future__ import annotations

import gzip
import os
import shutil
import sqlite3
from collections.abc import Collection, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import sqlalchemy as sa
from flask import current_app
from sqlalchemy.exc import DatabaseError

from app.adjuntos.rules import LOCAL
from app.core.outages import Outage, find_outage
from app.db import UNSEEN, append_only_door, db, kept_last, kept_tables
from app.extensions import current_config
from app.feature import current_features
from app.respaldo.rules import Manifest
from app.respaldo.rules.backup_errors import BackupError, NotEmpty

if TYPE_CHECKING:
    import psycopg

SQLITE_PART = "rastro.sqlite3.gz"
_CHUNK = 1024 * 1024
#: Gzip level. Compression dominates the time of a backup; a low level already saves most of the
#: space.
_LEVEL = 3


@dataclass
class Snapshot:
    """A database as it was at one instant."""

    kind: str
    revision: str
    rows: dict[str, int]
    sequences: dict[str, int] = field(default_factory=dict)
    #: Each file that a row names, by its storage and key, and the SHA-256 that the row claims.
    keys: dict[tuple[str, str], str | None] = field(default_factory=dict)


def database_kind() -> str:
    """Either ``sqlite`` or ``postgresql``."""
    return db.engine.dialect.name


def sqlite_path() -> Path:
    """The file of the SQLite database, where it really is: its journals are beside that one."""
    return Path(str(db.engine.url.database)).resolve()


def data_folder() -> Path:
    """The folder that Rastro works in: of the database file, else of the instance."""
    return sqlite_path().parent if database_kind() == "sqlite" else current_config().instance_dir


def copy_database(folder: Path) -> Snapshot:
    """Write the database into ``folder`` and say what is in it.

    Raises:
        BackupError: the copy does not hold together, or there is no database yet.
    """
    return _copy_sqlite(folder) if database_kind() == "sqlite" else _copy_postgresql(folder)


def is_empty() -> bool:
    """Whether the configured database holds no table at all; a damaged one may hold some."""
    db.session.rollback()
    if database_kind() == "sqlite":
        path = sqlite_path()
        if not path.exists() or not path.stat().st_size:
            return True
    try:
        return not sa.inspect(db.engine).get_table_names()
    except DatabaseError as error:
        if find_outage(error) is Outage.DAMAGED:
            return False
        raise


def is_unused() -> bool:
    """Whether the tables are those of a new database: without accounts nobody entered anything."""
    rows = count_rows()
    kept = ("usuarios", "buffets", "oficios", "adjuntos")
    return all(rows.get(name, 1) == 0 for name in kept)


def check_target(manifest: Manifest, *, overwrite: bool) -> None:
    """Whether the configured database may take this backup. Nothing is touched.

    Raises:
        NotEmpty: there are data, and ``overwrite`` was not asked for.
        BackupError: it is another kind of database.
    """
    if manifest.kind != database_kind():
        raise BackupError(
            f"El respaldo es de {manifest.kind} y DATABASE_URL apunta a {database_kind()}: "
            "restáurelo en una base del mismo tipo; después «flask copy-database» lo lleva a la "
            "otra."
        )
    if not overwrite and not (is_empty() or is_unused()):
        raise NotEmpty("La base de datos de destino ya tiene datos.")


def count_rows() -> dict[str, int]:
    """How many rows each table of the configured database has."""
    with db.engine.connect() as connection:
        return _count(connection)


def _count(connection: sa.Connection) -> dict[str, int]:
    names = sa.inspect(connection).get_table_names()
    statements = {name: sa.select(sa.func.count()).select_from(sa.table(name)) for name in names}
    return {name: connection.execute(statements[name]).scalar_one() for name in sorted(names)}


def count_sqlite(path: Path) -> dict[str, int]:
    """How many rows each table of a SQLite file has, after SQLite read all of it.

    Raises:
        BackupError: it is damaged.
    """
    check_sqlite(path)
    with closing(sqlite3.connect(path)) as connection:
        return _count_tables(connection, _sqlite_tables(connection))


def close_database() -> None:
    """End this process's connections, so that the file may be replaced."""
    db.session.remove()
    db.engine.dispose()


def packed_size(folder: Path) -> int:
    """Bytes that the SQLite part of an archive takes when it is unpacked.

    Raises:
        BackupError: it is damaged.
    """
    size = 0
    try:
        with gzip.open(folder / SQLITE_PART, "rb") as packed:
            while data := packed.read(_CHUNK):
                size += len(data)
    except (OSError, EOFError) as error:
        raise BackupError(f"No se pudo leer la base de datos del respaldo: {error}.") from None
    return size


def check_sqlite(path: Path) -> None:
    """Have SQLite read a whole database and find nothing wrong.

    Raises:
        BackupError: it found something.
    """
    with closing(sqlite3.connect(path)) as connection:
        try:
            found = connection.execute("PRAGMA integrity_check").fetchall()
            orphans = connection.execute("PRAGMA foreign_key_check").fetchall()
        except sqlite3.DatabaseError as error:
            raise BackupError(f"La copia de la base de datos está dañada: {error}.") from None
    if found != [("ok",)] or orphans:
        raise BackupError(
            f"La copia de la base de datos está dañada: {found[:3]} {orphans[:3]}. Revise el disco."
        )


def unpack_sqlite(folder: Path, target: Path) -> None:
    """Unpack the SQLite part of an archive.

    Raises:
        BackupError: it is damaged.
    """
    try:
        with gzip.open(folder / SQLITE_PART, "rb") as packed, target.open("wb") as file:
            shutil.copyfileobj(packed, file, _CHUNK)
            file.flush()
            os.fsync(file.fileno())
    except (OSError, EOFError) as error:
        if find_outage(error):
            raise
        raise BackupError(f"No se pudo leer la base de datos del respaldo: {error}.") from None


def _copy_sqlite(folder: Path) -> Snapshot:
    path, copy = sqlite_path(), folder / "copia.sqlite3"
    if not path.exists():
        raise BackupError(f"No hay base de datos en {path}.")
    with closing(sqlite3.connect(path)) as source, closing(sqlite3.connect(copy)) as target:
        source.execute("PRAGMA busy_timeout=10000")
        source.backup(target, pages=-1)
        target.execute("PRAGMA journal_mode=DELETE")
    check_sqlite(copy)
    with closing(sqlite3.connect(copy)) as connection:
        tables = _sqlite_tables(connection)
        if "alembic_version" not in tables:
            raise BackupError("La base de datos no tiene tablas todavía: inicie Rastro primero.")
        snapshot = Snapshot(
            kind="sqlite",
            revision=connection.execute("SELECT version_num FROM alembic_version").fetchone()[0],
            rows=_count_tables(connection, tables),
            keys=_keys(connection, _present(connection, tables)),
        )
    with copy.open("rb") as file, gzip.open(folder / SQLITE_PART, "wb", _LEVEL) as packed:
        shutil.copyfileobj(file, packed, _CHUNK)
    copy.unlink()
    return snapshot


def _sqlite_tables(connection: sqlite3.Connection) -> list[str]:
    return [
        name
        for (name,) in connection.execute(
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
            " ORDER BY name"
        )
    ]


def _count_tables(connection: sqlite3.Connection, tables: list[str]) -> dict[str, int]:
    return {
        name: connection.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0]  # noqa: S608  # a table's own name
        for name in tables
    }


def _file_tables() -> list[str]:
    """The tables whose rows name files."""
    return list(dict.fromkeys(column.table for column in current_features().file_columns))


def _present(connection: sqlite3.Connection, tables: list[str]) -> dict[str, set[str]]:
    return {
        table: {row[1] for row in connection.execute(f"PRAGMA table_info({table})")}
        for table in _file_tables()
        if table in tables
    }


def _keys(
    connection: Any, present: Mapping[str, Collection[str]]
) -> dict[tuple[str, str], str | None]:
    """The files that rows name, with their storage; of an older schema the columns that it has."""
    keys: dict[tuple[str, str], str | None] = {}
    for table, key, digest in current_features().file_columns:
        columns = present.get(table, ())
        if key not in columns:
            continue
        claimed = digest if digest in columns else "NULL"
        storage = f"coalesce(almacen, '{LOCAL}')" if "almacen" in columns else f"'{LOCAL}'"
        statement = f"SELECT {storage}, {key}, {claimed} FROM {table} WHERE {key} <> ''"  # noqa: S608  # names from above
        for name, path, sha256 in connection.execute(statement).fetchall():
            keys[name, path] = sha256
    return keys


@contextmanager
def _postgresql() -> Iterator[psycopg.Connection[Any]]:
    """The driver's own connection, which knows COPY."""
    connection = db.engine.raw_connection()
    try:
        yield cast("psycopg.Connection[Any]", connection.driver_connection)
    finally:
        connection.invalidate()  # its isolation level was changed: do not return it to the pool
        connection.close()


def _tables(connection: psycopg.Connection[Any]) -> list[str]:
    return [
        name
        for (name,) in connection.execute(
            "SELECT tablename FROM pg_tables WHERE schemaname = current_schema() ORDER BY 1"
        ).fetchall()
    ]


def _columns(connection: psycopg.Connection[Any], table: str) -> list[str]:
    return [
        name
        for (name,) in connection.execute(
            "SELECT column_name FROM information_schema.columns WHERE table_schema ="
            " current_schema() AND table_name = %s AND is_generated = 'NEVER' ORDER BY 1",
            [table],
        ).fetchall()
    ]


def _copy_postgresql(folder: Path) -> Snapshot:
    from psycopg import IsolationLevel  # not where the database is SQLite

    with _postgresql() as connection:
        connection.rollback()
        connection.isolation_level = IsolationLevel.REPEATABLE_READ
        connection.read_only = True
        tables = _tables(connection)
        if "alembic_version" not in tables:
            raise BackupError("La base de datos no tiene tablas todavía: inicie Rastro primero.")
        row = connection.execute("SELECT version_num FROM alembic_version").fetchone()
        snapshot = Snapshot("postgresql", row[0] if row else "", {})
        present = {
            table: _columns(connection, table) for table in _file_tables() if table in tables
        }
        snapshot.keys = _keys(connection, present)
        for table in tables:
            snapshot.rows[table] = _copy_out(connection, table, folder / f"{table}.copy.gz")
        # Sequences are not transactional: read last, they are never behind the rows.
        snapshot.sequences = dict(
            connection.execute(
                "SELECT sequencename, last_value FROM pg_sequences"
                " WHERE schemaname = current_schema() AND last_value IS NOT NULL"
            ).fetchall()
        )
        connection.rollback()
    return snapshot


def _copy_out(connection: psycopg.Connection[Any], table: str, path: Path) -> int:
    """One table as gzipped COPY text with its columns in a first line; returns its rows."""
    from psycopg import sql

    columns = _columns(connection, table)
    names = sql.SQL(", ").join(map(sql.Identifier, columns))
    statement = sql.SQL("COPY {} ({}) TO STDOUT").format(sql.Identifier(table), names)
    with connection.cursor() as cursor, gzip.open(path, "wb", _LEVEL) as packed:
        packed.write("\t".join(columns).encode() + b"\n")
        with cursor.copy(statement) as copy:
            for data in copy:
                packed.write(data)
        return cursor.rowcount


@contextmanager
def load_postgresql(folder: Path, manifest: Manifest) -> Iterator[dict[str, int]]:
    """Replace all tables by those of a backup, in one transaction; gives the rows of each.

    It commits when the block ends without an error; else nothing was changed.
    """
    from psycopg import sql

    db.session.remove()
    with db.engine.begin() as connection:
        # The stamps of tables (``app.cambios``) are those of the backup, as all its rows are.
        connection.execution_options(**{UNSEEN: True})
        connection.exec_driver_sql("SET LOCAL lock_timeout = 0")  # no lock timeout
        driver = cast("psycopg.Connection[Any]", connection.connection.driver_connection)
        for table in _tables(driver):
            driver.execute(sql.SQL("DROP TABLE {} CASCADE").format(sql.Identifier(table)))
        migrate_to(connection, manifest.revision)
        inspector = sa.inspect(connection)
        ordered = [name for name, _keys in inspector.get_sorted_table_and_fkc_names() if name]
        # Migrations put rows of their own into some tables; the backup has them too.
        everything = sql.SQL(", ").join(map(sql.Identifier, ordered))
        with append_only_door(connection):
            driver.execute(sql.SQL("TRUNCATE {}").format(everything))
        for table in kept_last(ordered):
            if table in kept_tables():  # triggers noted the rows that came in just now
                driver.execute(sql.SQL("DELETE FROM {}").format(sql.Identifier(table)))
            _copy_in(driver, table, folder / f"{table}.copy.gz")
        for name, value in manifest.sequences.items():
            driver.execute("SELECT setval(%s::regclass, %s)", [f'"{name}"', value])
        yield _count(connection)


def migrate_to(connection: sa.Connection, revision: str) -> None:
    """Make the schema of a revision inside the caller's transaction; see migrations/env.py."""
    import alembic.command

    config = current_app.extensions["migrate"].migrate.get_config()
    config.attributes["connection"] = connection
    alembic.command.upgrade(config, revision)


def _copy_in(connection: psycopg.Connection[Any], table: str, path: Path) -> None:
    from psycopg import sql

    try:
        with gzip.open(path, "rb") as packed, connection.cursor() as cursor:
            header = packed.readline().decode().rstrip("\n").split("\t")
            names = sql.SQL(", ").join(map(sql.Identifier, header))
            statement = sql.SQL("COPY {} ({}) FROM STDIN").format(sql.Identifier(table), names)
            with cursor.copy(statement) as copy:
                while data := packed.read(_CHUNK):
                    copy.write(data)
    except (OSError, EOFError) as error:
        raise BackupError(f"No se pudo leer la tabla {table} del respaldo: {error}.") from None
