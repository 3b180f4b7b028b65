"""Checks at start that the database is neither lost, emptied nor damaged.

A lost or emptied database must never be filled anew in silence, and a damaged one must be named
before anybody writes in it.
"""

from __future__ import annotations

import hashlib
import sqlite3
from contextlib import closing
from pathlib import Path

from sqlalchemy.exc import OperationalError

from app.core.dates import format_fecha_hora
from app.core.redaction import redact
from app.db import db
from app.feature import StartRefused
from app.respaldo.outside.copy_ends import is_unfinished
from app.respaldo.outside.database_copy import is_empty, sqlite_path
from app.respaldo.rules.backup_errors import BackupError
from app.respaldo.service import list_backups
from config import Config

#: Names, in the data folder, the database that was made there; see ``mark_known``.
MARK = "base-de-datos.conocida"
#: Bytes up to which SQLite reads a whole database at each start: 0.1 s on a slow disk. A larger
#: one is read whole by each backup.
_READ_WHOLE = 32 * 1024**2
_MAGIC = b"SQLite format 3\x00"


class Unsound(BackupError, StartRefused):
    """The database cannot be started on; the text says why, and how to restore a backup."""


def check_database(config: Config) -> None:
    """Look at the database before it is migrated; nothing is changed.

    Raises:
        Unsound: it is lost, empty, cut short or damaged, does not answer, or a copy into it was
            interrupted.
    """
    if db.engine.dialect.name == "sqlite":
        _check_file(config, sqlite_path())
    else:
        _check_server(config)
    if is_unfinished():
        shown = db.engine.url.render_as_string(hide_password=True)
        raise Unsound(
            f"La copia a {shown} no llegó a su fin y ahí no hay datos. Rastro no inicia. Repita "
            "«flask copy-database» desde la base de origen, o vuelva a poner esa en DATABASE_URL."
        )


def mark_known(config: Config) -> None:
    """Remember that the configured database has been made, so that its loss is noticed."""
    (config.instance_dir / MARK).write_text(_fingerprint())


def _check_file(config: Config, path: Path) -> None:
    if not path.exists():
        if _is_known(config):
            raise Unsound(_sentence(config, f"La base de datos {path} no está"))
        return
    if not path.stat().st_size:
        raise Unsound(_sentence(config, f"La base de datos {path} está vacía (0 bytes)"))
    trouble = find_damage(path)
    if trouble:
        raise Unsound(_sentence(config, f"La base de datos {path} está dañada ({trouble})"))


def find_damage(path: Path) -> str | None:
    """What is wrong with a SQLite file, in a few words; None when nothing was found."""
    with path.open("rb") as file:
        header = file.read(100)
    if not header.startswith(_MAGIC):
        return "no es un archivo de SQLite"
    size, journal = path.stat().st_size, path.with_name(path.name + "-wal")
    # Bytes 16 and 28 of the header (sqlite.org/fileformat.html): page size, and pages.
    page = int.from_bytes(header[16:18], "big")
    expected = (65536 if page == 1 else page) * int.from_bytes(header[28:32], "big")
    if size < expected and not (journal.exists() and journal.stat().st_size):
        return f"tiene {size} bytes de {expected}"
    try:
        with closing(sqlite3.connect(f"file:{path}?mode=rw", uri=True)) as connection:
            connection.execute("PRAGMA busy_timeout=10000")
            return _read(connection, whole=size <= _READ_WHOLE)
    except sqlite3.DatabaseError as error:
        return str(error)


def _read(connection: sqlite3.Connection, *, whole: bool) -> str | None:
    if whole:
        found = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
        return None if found == "ok" else str(found).replace("\n", " ")
    names = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
    for (name,) in names:
        for order in ("ASC", "DESC"):
            connection.execute(
                f'SELECT * FROM "{name}" ORDER BY rowid {order} LIMIT 1'  # noqa: S608  # a table's own name
            ).fetchall()
    return None


def _check_server(config: Config) -> None:
    shown = db.engine.url.render_as_string(hide_password=True)
    try:
        empty = is_empty()
    except OperationalError as error:
        cause = redact(str(error.orig)).strip().splitlines()[0]
        raise Unsound(
            f"La base de datos {shown} no responde: {cause}. Revise que esté en marcha y que "
            "DATABASE_URL sea la suya; no se cambió nada."
        ) from None
    if empty and _is_known(config):
        raise Unsound(_sentence(config, f"La base de datos {shown} está vacía"))


def _fingerprint() -> str:
    url = db.engine.url.set(password=None)
    return hashlib.sha256(url.render_as_string().encode()).hexdigest()


def _is_known(config: Config) -> bool:
    mark = config.instance_dir / MARK
    return mark.exists() and mark.read_text().strip() == _fingerprint()


def _sentence(config: Config, what: str) -> str:
    backups = list_backups(config.backup_dir)
    newest = (
        f"El último respaldo es {backups[0].name}, del {format_fecha_hora(backups[0].made_at)}"
        if backups
        else f"No hay respaldos en {config.backup_dir}: tráigalos con «flask backup fetch»"
    )
    return (
        f"{what}. Rastro no inicia y no cambió nada. {newest}. Para restaurarlo: "
        "make restore-db OPTIONS=--overwrite (o «flask --app wsgi backup restore ultimo "
        "--overwrite»); lo que haya se guarda aparte. Para empezar de nuevo sin esos datos, mueva "
        f"la base a otra parte y borre {config.instance_dir / MARK}."
    )
