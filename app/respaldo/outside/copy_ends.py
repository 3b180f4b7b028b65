"""The two ends of a copy from one database to another: what is read stands still, what is written
takes its place only when it is whole.

Until then a mark says so: on PostgreSQL a table, which the transaction that writes everything else
takes away; of SQLite the file itself, under another name.
"""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from flask import current_app
from sqlalchemy import event
from sqlalchemy.exc import OperationalError
from sqlalchemy.pool import NullPool

from app.core.redaction import redact
from app.db import append_only_door, creating, db, prepare_engine
from app.db.append_only import SQLITE_DOOR, is_door_open
from app.respaldo.outside.database_copy import check_sqlite, migrate_to
from app.respaldo.rules.backup_errors import BackupError, NotEmpty

#: The table, or the ending of the file's name, of a copy that has not come to its end.
UNFINISHED = "copia_sin_terminar"
#: Of two copies into one database; any number that nobody else uses there.
_ADVISORY = 5_270_251
#: Seconds for a connection that was closed just now: its server process ends a moment later.
LEAVING = 3.0
#: Huey makes its own, in every database that HUEY_URL names.
_OF_THE_QUEUE = "huey_"


def unfinished_file(path: Path) -> Path:
    """Where a SQLite database is written that will stand at ``path``."""
    return path.with_name(f"{path.name}.{UNFINISHED}")


def is_unfinished() -> bool:
    """Whether the configured database is what an interrupted copy left."""
    if db.engine.dialect.name == "sqlite":
        path = Path(str(db.engine.url.database))
        return not path.exists() and unfinished_file(path).exists()
    return sa.inspect(db.engine).has_table(UNFINISHED)


# ---------------------------------------------------------------- what is read


@contextmanager
def reading_alone() -> Iterator[sa.Connection]:
    """The configured database, which nobody changes while this lasts.

    Raises:
        BackupError: somebody has it open, or it does not answer.
    """
    db.session.remove()
    db.engine.dispose()
    current_app.extensions["alarm"].huey.storage.close()  # it may be in this very database
    is_sqlite = db.engine.dialect.name == "sqlite"
    engine = sa.create_engine(db.engine.url, poolclass=NullPool, hide_parameters=True)
    opened = _alone_in_sqlite if is_sqlite else _alone_in_postgresql
    try:
        with opened(engine) as connection:
            yield connection
    finally:
        engine.dispose()


@contextmanager
def _alone_in_sqlite(engine: sa.Engine) -> Iterator[sa.Connection]:
    path = Path(str(engine.url.database))
    if not path.exists():
        raise BackupError(f"No hay base de datos en {path}: no hay qué copiar.")

    @event.listens_for(engine, "connect")
    def on_connect(connection: Any, _record: object) -> None:
        connection.isolation_level = None
        # Whoever has the file open holds a lock on it that this one does not get past.
        connection.execute("PRAGMA locking_mode=EXCLUSIVE")
        connection.execute("PRAGMA busy_timeout=1000")

    with engine.connect() as connection:
        try:
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        except OperationalError:
            raise BackupError(
                f"Otro programa tiene abierta la base {path}: detenga Rastro (la web y los "
                "trabajos) y repita. No se cambió nada."
            ) from None
        yield connection
        connection.exec_driver_sql("ROLLBACK")


def _count_others(connection: sa.Connection) -> int:
    """How many other clients a database has, now: each transaction sees one moment."""
    others: int = connection.exec_driver_sql(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
        " AND backend_type = 'client backend' AND pid <> pg_backend_pid()"
    ).scalar_one()
    connection.rollback()
    return others


@contextmanager
def _alone_in_postgresql(engine: sa.Engine) -> Iterator[sa.Connection]:
    with _connected(engine) as connection:
        others = _count_others(connection)
        until = time.monotonic() + LEAVING
        while others and time.monotonic() < until:
            time.sleep(0.1)
            others = _count_others(connection)
        if others:
            raise BackupError(
                f"La base {_shown(engine)} está en uso: hay {others} conexiones más. Detenga "
                "Rastro (la web y los trabajos, en todas las máquinas) y otros programas que la "
                "tengan abierta, y repita. No se cambió nada."
            )
        connection.execution_options(isolation_level="REPEATABLE READ")
        # Before the first SELECT, so that what it sees is what the lock keeps.
        names = ", ".join(f'"{name}"' for name in sa.inspect(engine).get_table_names())
        if names:
            connection.exec_driver_sql(f"LOCK TABLE {names} IN SHARE MODE")
        yield connection
        connection.rollback()


# ---------------------------------------------------------------- what is written


@contextmanager
def writing_whole(url: str, revision: str) -> Iterator[sa.Connection]:
    """A new database with empty tables of a revision; it is there when the block ends well.

    What fails or is killed leaves the mark, and the same copy may then be made again.

    Raises:
        NotEmpty: there is something already.
        BackupError: it does not answer, or its folder is not there.
    """
    engine = sa.create_engine(url, poolclass=NullPool, hide_parameters=True)
    is_sqlite = engine.dialect.name == "sqlite"
    opened = _new_sqlite if is_sqlite else _new_postgresql
    try:
        with opened(engine, revision) as connection:
            yield connection
    finally:
        engine.dispose()


@contextmanager
def _new_sqlite(engine: sa.Engine, revision: str) -> Iterator[sa.Connection]:
    path = Path(str(engine.url.database)).absolute()
    if path.exists():
        raise NotEmpty(
            f"Ya existe {path}: la copia se hace en un archivo nuevo. No se cambió nada."
        )
    if not path.parent.is_dir():
        raise BackupError(f"No existe la carpeta {path.parent}. No se cambió nada.")
    draft = unfinished_file(path)
    with draft.open("ab") as held:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise BackupError(f"Otra copia está escribiendo {path}. No se cambió nada.") from None
        os.truncate(draft, 0)
        draft.chmod(0o600)
        own = sa.create_engine(
            engine.url.set(database=str(draft)), poolclass=NullPool, hide_parameters=True
        )
        event.listen(own, "connect", _write_fast)
        try:
            with own.connect() as connection:
                connection.exec_driver_sql("BEGIN")
                _make_tables(connection, revision)
                yield connection
                connection.exec_driver_sql("COMMIT")
        finally:
            own.dispose()
        check_sqlite(draft)
        _sync(draft)
        draft.rename(path)
        _sync(path.parent)


def _write_fast(connection: Any, _record: object) -> None:
    """Nothing that is lost in the middle is missed: no journal, no wait for the disk.

    References are checked when all rows are there.
    """
    connection.isolation_level = None
    connection.create_function(SQLITE_DOOR, 0, is_door_open)
    for pragma in ("foreign_keys=OFF", "synchronous=OFF", "journal_mode=MEMORY"):
        connection.execute(f"PRAGMA {pragma}")


@contextmanager
def _new_postgresql(engine: sa.Engine, revision: str) -> Iterator[sa.Connection]:
    prepare_engine(engine)
    with _connected(engine) as connection:
        if not connection.exec_driver_sql(f"SELECT pg_try_advisory_lock({_ADVISORY})").scalar_one():
            raise BackupError(f"Otra copia está escribiendo {_shown(engine)}. No se cambió nada.")
        names = [
            name
            for name in sa.inspect(connection).get_table_names()
            if name != UNFINISHED and not name.startswith(_OF_THE_QUEUE)
        ]
        if names:
            raise NotEmpty(
                f"La base {_shown(engine)} no está vacía: tiene {len(names)} tablas "
                f"({', '.join(sorted(names)[:3])}...). La copia se hace en una base nueva. "
                "No se cambió nada."
            )
        connection.exec_driver_sql(
            f"CREATE TABLE IF NOT EXISTS {UNFINISHED} (desde timestamptz DEFAULT now())"
        )
        connection.commit()
        with connection.begin():  # by hand, else the migrations would commit theirs
            _make_tables(connection, revision)
            yield connection
            connection.exec_driver_sql(f"DROP TABLE {UNFINISHED}")
            connection.exec_driver_sql("ANALYZE")


def _make_tables(connection: sa.Connection, revision: str) -> None:
    """The tables of a revision without the rows that migrations bring: the source has them too."""
    with creating():
        migrate_to(connection, revision)
    names = [name for name in sa.inspect(connection).get_table_names() if _is_ours(name)]
    with append_only_door(connection):
        if connection.dialect.name == "postgresql":
            connection.exec_driver_sql("TRUNCATE " + ", ".join(f'"{name}"' for name in names))
            return
        for name in names:
            connection.exec_driver_sql(f'DELETE FROM "{name}"')  # noqa: S608  # a table's own name


def _is_ours(name: str) -> bool:
    return name not in {"alembic_version", UNFINISHED} and not name.startswith(_OF_THE_QUEUE)


# ---------------------------------------------------------------- both


def read_sequences(connection: sa.Connection) -> dict[str, int]:
    """The last number that was given out for each table, also to rows that are gone."""
    if connection.dialect.name == "sqlite":
        rows = connection.exec_driver_sql("SELECT name, seq FROM sqlite_sequence").all()
        return {name: int(value) for name, value in rows}
    rows = connection.exec_driver_sql(
        "SELECT t.relname, pg_sequence_last_value(s.oid) FROM pg_class s"
        " JOIN pg_depend d ON d.objid = s.oid AND d.deptype IN ('a', 'i')"
        " JOIN pg_class t ON t.oid = d.refobjid"
        " WHERE s.relkind = 'S' AND t.relnamespace = current_schema()::regnamespace"
    ).all()
    return {name: int(value) for name, value in rows if value is not None}


def set_sequences(connection: sa.Connection, last: dict[str, int]) -> None:
    """Go on counting after the rows, and after what the source gave out.

    SQLite counts on from the rows by itself, but for tables that never give a number out twice.
    """
    if connection.dialect.name == "sqlite":
        counted = read_sequences(connection)
        for name in _never_twice(connection) & last.keys():
            value = max(last[name], counted.get(name, 0))
            connection.exec_driver_sql("DELETE FROM sqlite_sequence WHERE name = ?", (name,))
            connection.exec_driver_sql("INSERT INTO sqlite_sequence VALUES (?, ?)", (name, value))
        return
    for name in sa.inspect(connection).get_table_names():
        sequence = connection.exec_driver_sql(
            "SELECT pg_get_serial_sequence(quote_ident(%s), attname) FROM pg_attribute"
            " WHERE attrelid = quote_ident(%s)::regclass AND attname = 'id'",
            (name, name),
        ).scalar()
        if not sequence:
            continue
        highest = connection.execute(
            sa.select(sa.func.max(sa.column("id"))).select_from(sa.table(name))
        ).scalar()
        value = max(highest or 0, last.get(name, 0))
        if value:
            connection.exec_driver_sql("SELECT setval(%s::regclass, %s)", (sequence, value))


def _never_twice(connection: sa.Connection) -> set[str]:
    rows = connection.exec_driver_sql(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND sql LIKE '%AUTOINCREMENT%'"
    )
    return {name for (name,) in rows}


@contextmanager
def _connected(engine: sa.Engine) -> Iterator[sa.Connection]:
    """A connection to a server.

    Raises:
        BackupError: it does not answer.
    """
    try:
        connection = engine.connect()
    except OperationalError as error:
        cause = redact(str(error.orig)).strip().splitlines()[0]
        raise BackupError(
            f"La base de datos {_shown(engine)} no responde: {cause}. No se cambió nada."
        ) from None
    with connection:
        yield connection


def _shown(engine: sa.Engine) -> str:
    return engine.url.render_as_string(hide_password=True)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    os.fsync(descriptor)
    os.close(descriptor)
