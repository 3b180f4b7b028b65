"""Moves an installation's rows to another database, of the other kind or of the same."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from app.core.outages import Outage, find_outage
from app.core.redaction import redact
from app.db.schema_version import newest_revision, read_revision
from app.respaldo.outside.copy_ends import (
    read_sequences,
    reading_alone,
    set_sequences,
    writing_whole,
)
from app.respaldo.outside.table_rows import Hashing, RowsOf, TableRows, Unreadable, all_tables
from app.respaldo.rules.backup_errors import BackupError

#: Where PostgreSQL says which value it refuses; the value itself follows.
_PLACE = re.compile(r"COPY (\w+), line (\d+)(?:, column (\w+))?")


@dataclass(frozen=True)
class CopiedDatabase:
    """What was copied, and found the same on both sides."""

    revision: str
    tables: list[TableRows]

    @property
    def row_count(self) -> int:
        """All rows of all tables."""
        return sum(table.rows for table in self.tables)


def copy_rows(url: str, *, tell: Callable[[TableRows], None]) -> CopiedDatabase:
    """Copy the configured database into the empty one at ``url``; compare counts and hashes.

    The source must be at rest and is only read. The target appears when everything is in it and
    compared; until then it is marked as unfinished, and Rastro does not start on it. ``tell`` is
    called with each table that is there and the same.

    Raises:
        NotEmpty: there is something in the target.
        BackupError: the source is in use or of another version, a value does not fit, or what
            arrived is not what was sent. The target holds nothing.
    """
    import psycopg  # for this command alone

    tables = all_tables()
    try:
        with reading_alone() as source:
            revision = _newest(read_revision(source))
            with writing_whole(url, revision) as target:
                copied = [_copy_table(table, source, target, tell) for table in tables]
                set_sequences(target, read_sequences(source))
    except (DBAPIError, psycopg.Error, OSError) as error:
        raise BackupError(_cause(error)) from None
    return CopiedDatabase(revision, copied)


def _copy_table(
    table: RowsOf,
    source: sa.Connection,
    target: sa.Connection,
    tell: Callable[[TableRows], None],
) -> TableRows:
    hashing = Hashing(table.name)
    try:
        table.write(target, hashing.passing(table.read(source)))
    except Unreadable:
        raise BackupError(
            f"La tabla {table.name} tiene un valor que no es del tipo de su columna: corríjalo en "
            "la base de origen, que sigue como estaba, y repita. La copia no quedó hecha."
        ) from None
    sent, arrived = hashing.done(), table.digest(target)
    if sent != arrived:
        raise BackupError(
            f"La tabla {table.name} no llegó igual: {sent.rows} filas con la huella "
            f"{sent.digest[:16]} y {arrived.rows} con {arrived.digest[:16]}. La copia no quedó "
            "hecha, y la base de origen sigue como estaba."
        )
    tell(arrived)
    return arrived


def _newest(revision: str | None) -> str:
    """Whether the source has the tables of this very Rastro.

    Raises:
        BackupError: it has those of another one, or none.
    """
    newest = newest_revision()
    if revision is None:
        raise BackupError("La base de origen no tiene tablas: no hay qué copiar.")
    if revision != newest:
        raise BackupError(
            f"Las tablas de la base de origen son de la versión {revision} y este Rastro usa la "
            f"{newest}: ejecute «flask schema up» (haga antes un respaldo), o use el Rastro de "
            "esa versión, y repita. No se cambió nada."
        )
    return revision


def _cause(error: BaseException) -> str:
    """What went wrong, without any value of a row."""
    end = " La copia no quedó hecha, y la base de origen sigue como estaba."
    if find_outage(error) is Outage.FULL:
        return f"Se acabó el espacio en el disco de la base de destino.{end}"
    import psycopg

    driver = getattr(error, "orig", error)
    if isinstance(driver, psycopg.Error) and driver.diag.message_primary:
        place = _PLACE.search(driver.diag.context or "")
        where = ""
        if place:
            where = (
                f" (tabla {place[1]}, fila {place[2]}{f', columna {place[3]}' if place[3] else ''})"
            )
        return f"PostgreSQL no aceptó la copia{where}: {redact(driver.diag.message_primary)}.{end}"
    first = redact(str(driver)).strip().splitlines() or [type(driver).__name__]
    return f"No se pudo copiar: {first[0]}.{end}"
