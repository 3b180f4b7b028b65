"""The files that came in, as they are stored: they say more than what was made of them.

A list has rows that were skipped, a mail has its text, and of many a file nobody made anything.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from app.adjuntos.outside.storage import FileMissing, get_storage
from app.bandeja.models import Ingreso, Origen
from app.core.personal_data import Dato
from app.db import Model, db
from app.titulares.queries.kept_words import LARGEST, TextoHallado, read_hashes
from app.titulares.queries.lugares import case_of, list_models, primary_key
from app.titulares.rules.contenido import line_that_names
from app.titulares.rules.identidad import Buscado

#: Files of the tray, and of each kind of upload, that one search opens, the newest first: those
#: whose words are not kept yet.
MOST_FILES = 500


class TextosLeidos:
    """Whose words are kept, and in which of them a person is."""

    def __init__(self, found: list[TextoHallado]) -> None:
        """Ask which files were read; ``found`` are those that name the person."""
        self.read = read_hashes()
        self.lines = {each.sha256: each.linea for each in found}


@dataclass(frozen=True)
class ArchivoRecibido:
    """A file of the tray, where it is stored."""

    ingreso_id: int
    sha256: str
    almacen: str
    key: str
    created_at: datetime


def list_tray_files() -> list[ArchivoRecibido]:
    """The files of the tray, the newest first."""
    table = Ingreso.__table__
    statement = (
        sa.select(
            table.c.id,
            table.c.sha256,
            table.c.almacen,
            table.c.archivo_key,
            table.c.created_at,
        )
        .where(table.c.archivo_key != "", table.c.tamano_bytes <= LARGEST)
        .order_by(table.c.id.desc())
    )
    return [ArchivoRecibido(*row) for row in db.session.execute(statement)]


def files_that_name(
    buscado: Buscado, files: list[ArchivoRecibido], textos: TextosLeidos
) -> Iterator[tuple[ArchivoRecibido, str]]:
    """Those in which a person is written, each with the line; one that is lost says nothing.

    Only those are opened whose words are not kept.

    Raises:
        StorageDown: nobody can tell.
    """
    for each in files:
        if each.sha256 in textos.read:
            if each.sha256 in textos.lines:
                yield each, textos.lines[each.sha256]
            continue
        try:
            with get_storage(each.almacen).open(each.key) as file:
                data = file.read()
        except FileMissing:
            continue
        line = line_that_names(buscado, data)
        if line is not None:
            yield each, line


def cases_of_files(ingreso_ids: list[int]) -> dict[int, set[int]]:
    """The cases that were made of some files of the tray."""
    table = Origen.__table__
    found: dict[int, set[int]] = {}
    statement = sa.select(table.c.ingreso_id, table.c.oficio_id)
    for pk, oficio_id in db.session.execute(statement.where(table.c.ingreso_id.in_(ingreso_ids))):
        found.setdefault(pk, set()).add(oficio_id)
    return found


@dataclass(frozen=True)
class Subida:
    """A row that keeps the bytes of what was uploaded with it."""

    model: type[Model]
    columna: str
    fila_id: Any
    oficio_id: int | None
    created_at: datetime | None
    #: Of the bytes, where the row says it.
    sha256: str | None


def list_uploads() -> list[Subida]:
    """The rows that keep such bytes, of each kind the newest first."""
    found = []
    for model in list_models():
        table, case, key = model.__table__, case_of(model), primary_key(model)
        made, digest = table.c.get("created_at"), table.c.get("sha256")
        for name in model.__personal__.columns(Dato.CONTENIDO):
            column = table.c[name]
            statement = (
                sa.select(
                    key,
                    (case if case is not None else sa.null()).label("case_id"),
                    (made if made is not None else sa.null()).label("made_at"),
                    (digest if digest is not None else sa.null()).label("digest"),
                )
                .where(column.is_not(None), sa.func.length(column).between(1, LARGEST))
                .order_by(key.desc())
            )
            found += [Subida(model, name, *row) for row in db.session.execute(statement)]
    return found


def line_of_upload(buscado: Buscado, upload: Subida, textos: TextosLeidos) -> str | None:
    """The line of an upload in which a person is written."""
    if upload.sha256 in textos.read:
        return textos.lines.get(upload.sha256)
    column = upload.model.__table__.c[upload.columna]
    data = db.session.scalar(sa.select(column).where(primary_key(upload.model) == upload.fila_id))
    return line_that_names(buscado, data) if data else None
