"""The words of files, by their SHA-256: what was read once is not read again at each search."""

from __future__ import annotations

import functools
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from app.adjuntos.models import Adjunto
from app.adjuntos.rules import PDF
from app.bandeja.models import Ingreso
from app.bandeja.rules import TipoIngreso
from app.core.personal_data import Dato
from app.db import Model, db
from app.titulares.models import TextoDeArchivo
from app.titulares.queries.lugares import list_models, primary_key
from app.titulares.rules.contenido import line_of_text
from app.titulares.rules.identidad import Buscado

#: How large a file may be that is read.
LARGEST = 20 * 1024 * 1024
_SHA = "sha256"


@dataclass(frozen=True)
class TextoHallado:
    """A text in which a person is, and the line."""

    id: int
    sha256: str
    linea: str


@dataclass(frozen=True)
class ArchivoSinLeer:
    """A file of which nobody has kept the words."""

    model: type[Model]
    id: int
    sha256: str
    #: Where it is stored; empty: in its row, in ``columna``.
    almacen: str
    key: str
    columna: str = ""


def texts_that_name(buscado: Buscado) -> list[TextoHallado]:
    """The texts in one line of which a person is written."""
    texto = TextoDeArchivo.texto
    likely = [
        sa.and_(*(texto.ilike(pattern, escape="\\") for pattern in together))
        for each in buscado.identificadores
        for together in each.patterns()
    ]
    if not likely:
        return []  # whole cases are erased, and nobody is looked for
    rows = db.session.execute(
        sa.select(TextoDeArchivo.id, TextoDeArchivo.sha256, texto)
        .where(sa.or_(*likely))
        .order_by(TextoDeArchivo.id)
    )
    found = []
    for pk, sha256, text in rows:
        line = line_of_text(buscado, text)
        if line is not None:
            found.append(TextoHallado(pk, sha256, line))
    return found


def read_hashes() -> set[str]:
    """The SHA-256 of the files whose words are kept, all of them."""
    return set(
        db.session.scalars(sa.select(TextoDeArchivo.sha256).where(TextoDeArchivo.entero.is_(True)))
    )


@functools.cache
def holders() -> dict[type[Model], sa.ColumnElement[bool]]:
    """The models whose rows have a file that is read, and which of their rows have one."""
    found = {model: _files_of(model) for model in list_models()}
    return {model: condition for model, condition in found.items() if condition is not None}


def is_named(sha256: sa.ColumnElement[str]) -> sa.ColumnElement[bool]:
    """That some row still has the file of a SHA-256."""
    return sa.or_(
        *(
            sa.exists().where(model.__table__.c[_SHA] == sha256, condition)
            for model, condition in holders().items()
        )
    )


def list_unread() -> Iterator[ArchivoSinLeer]:
    """The files whose words nobody kept yet, the newest of each kind first; each file once."""
    seen: set[str] = set()
    for model, condition in holders().items():
        table, key = model.__table__, primary_key(model)
        kept = sa.exists().where(TextoDeArchivo.sha256 == table.c[_SHA])
        where = _places(model)
        statement = (
            sa.select(key, table.c[_SHA], *where).where(condition, ~kept).order_by(key.desc())
        )
        column = "" if len(where) > 1 else model.__personal__.columns(Dato.CONTENIDO)[0]
        for pk, sha256, *place in db.session.execute(statement).all():
            if sha256 in seen:
                continue
            seen.add(sha256)
            almacen, stored = ("", "") if column else place
            yield ArchivoSinLeer(model, pk, sha256, almacen, stored, column)


def adjuntos_of(hashes: Collection[str]) -> list[Any]:
    """Id, case, SHA-256 and date of the files of cases with some bytes."""
    table = Adjunto.__table__
    return list(
        db.session.execute(
            sa.select(table.c.id, table.c.oficio_id, table.c.sha256, table.c.created_at)
            .where(table.c.sha256.in_(hashes), holders()[Adjunto])
            .order_by(table.c.id)
        )
    )


def _places(model: type[Model]) -> list[sa.ColumnElement[Any]]:
    table = model.__table__
    if model is Ingreso:
        return [table.c.almacen, table.c.archivo_key]
    if model is Adjunto:
        return [table.c.almacen, table.c.original_key]
    return [sa.null()]


def _files_of(model: type[Model]) -> sa.ColumnElement[bool] | None:
    """The rows of a model that have a file with words; None where there are none.

    The words of papers and photos of the tray stand in its own rows.
    """
    table = model.__table__
    if model is Ingreso:
        return sa.and_(
            table.c.archivo_key != "",
            table.c.tamano_bytes <= LARGEST,
            table.c.tipo.not_in([TipoIngreso.PAPEL, TipoIngreso.FOTO]),
        )
    if model is Adjunto:
        return sa.and_(
            table.c.original_key != "",
            table.c.mime_type == PDF,
            table.c.tamano_bytes <= LARGEST,
        )
    names = model.__personal__.columns(Dato.CONTENIDO)
    if len(names) != 1 or _SHA not in table.c:
        return None
    return sa.func.length(table.c[names[0]]).between(1, LARGEST)
