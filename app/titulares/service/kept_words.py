"""Keeping the words of files, and forgetting them with the files."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from app.db import Model, db
from app.titulares.models import TextoDeArchivo
from app.titulares.queries.kept_words import ArchivoSinLeer, holders, is_named
from app.titulares.queries.lugares import primary_key
from app.titulares.rules.contenido import MOST_TEXT


def keep_text(archivo: ArchivoSinLeer, texto: str, *, now: datetime) -> bool:
    """Keep what was read of a file, if its row still has it; whether it was kept.

    The row is locked: an erasure that empties it meanwhile is waited for, and nothing stays.
    A text that is too long is not kept, and the file is read at each search.
    """
    table = archivo.model.__table__
    there = db.session.scalar(
        sa.select(table.c.sha256)
        .where(primary_key(archivo.model) == archivo.id, table.c.sha256 == archivo.sha256)
        .with_for_update()
    )
    known = sa.select(TextoDeArchivo.id).where(TextoDeArchivo.sha256 == archivo.sha256)
    if there is None or db.session.scalar(known) is not None:
        return False
    fits = len(texto) <= MOST_TEXT
    db.session.add(
        TextoDeArchivo(
            sha256=archivo.sha256, texto=texto if fits else "", entero=fits, created_at=now
        )
    )
    db.session.flush()
    return True


def forget_texts(model: type[Model], ids: Collection[Any]) -> None:
    """Forget the words of the files of some rows, before the rows lose them.

    Other rows may have the same bytes: then they are read again.
    """
    if model not in holders():
        return
    table = model.__table__
    hashes = db.session.scalars(
        sa.select(table.c.sha256).where(primary_key(model).in_(ids)).with_for_update()
    ).all()
    _remove(TextoDeArchivo.sha256.in_(hashes))


def forget_orphans() -> None:
    """Forget the words of files that no row has any more."""
    _remove(~is_named(TextoDeArchivo.__table__.c.sha256))


def _remove(condition: sa.ColumnElement[bool]) -> None:
    db.session.execute(
        sa.delete(TextoDeArchivo).where(condition).execution_options(synchronize_session=False)
    )
