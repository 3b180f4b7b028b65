"""The files of the tray of which no case was made: they are read, as nobody typed them in yet."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from app.adjuntos.outside.storage import FileMissing, get_storage
from app.bandeja.models import Ingreso, Origen
from app.db import db
from app.titulares.rules.contenido import text_of
from app.titulares.rules.identidad import Buscado

#: Files that one search reads, the newest first, and how large one may be.
MOST_FILES = 500
_LARGEST = 20 * 1024 * 1024


#: Where a line ends, or a cell of a spreadsheet's XML.
_LINE = re.compile(r"[\r\n]+|</")


@dataclass(frozen=True)
class ArchivoSinCaso:
    """A file of the tray that belongs to no case, where it is stored."""

    ingreso_id: int
    almacen: str
    key: str
    created_at: datetime


def list_caseless_files(limit: int | None = MOST_FILES) -> list[ArchivoSinCaso]:
    """The files of the tray of which no case was made, the newest first."""
    table = Ingreso.__table__
    used = sa.select(Origen.__table__.c.ingreso_id)
    statement = (
        sa.select(table.c.id, table.c.almacen, table.c.archivo_key, table.c.created_at)
        .where(
            table.c.archivo_key != "",
            table.c.tamano_bytes <= _LARGEST,
            table.c.id.not_in(used),
        )
        .order_by(table.c.id.desc())
    )
    if limit is not None:
        statement = statement.limit(limit)
    return [ArchivoSinCaso(*row) for row in db.session.execute(statement)]


def files_that_name(
    buscado: Buscado, files: list[ArchivoSinCaso]
) -> Iterator[tuple[ArchivoSinCaso, str]]:
    """Those in which a person is written, each with the line; one that is lost says nothing.

    Words of a name count on one line or in one cell: in a long list they stand all over.

    Raises:
        StorageDown: nobody can tell.
    """
    for each in files:
        try:
            with get_storage(each.almacen).open(each.key) as file:
                text = text_of(file.read())
        except FileMissing:
            continue
        line = next((line for line in _LINE.split(text) if buscado.found_in(line)), None)
        if line is not None:
            yield each, line
