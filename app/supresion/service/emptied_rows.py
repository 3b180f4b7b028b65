"""Rows and columns emptied, removed, and their seals destroyed.

What is evidence keeps its place in its chain: the content and salt of its links are destroyed, and
a tomb says by which erasure. Call everything here in a transaction.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from app.adjuntos.models import Adjunto
from app.auditoria.models import Auditoria, Divulgacion
from app.core.clock import utcnow
from app.core.dates import ERASED_AT, ERASED_DAY
from app.core.personal_data import Dato
from app.custodia.queries import parts
from app.custodia.service import execute_sealed, removal_reason, seal_disclosures_anew
from app.db import Model, append_only_door, db
from app.feature import current_features
from app.oficios.models import Oficio
from app.oficios.service.search_text import refresh_search
from app.supresion.rules import EMPTIED, EMPTIED_SHORT
from app.supresion.service.recuento import Recuento
from app.titulares.queries.lugares import primary_key
from app.titulares.service.kept_words import forget_texts

#: Words for the reason of a file that is gone.
_GONE = "Borrado por ley"


def remove_rows(
    model: type[Model], ids: list[Any], done: Recuento, *, reason: str, now: datetime
) -> None:
    """Remove rows of a table."""
    if not ids:
        return
    forget_texts(model, ids)
    key = primary_key(model)
    with removal_reason(reason):
        for part in parts(ids):
            run_noted(model, sa.delete(model).where(key.in_(part)))
    done.borradas.setdefault(model.__tablename__, []).extend(ids)
    for sealed in model.__sealed__:
        done.seal_gone(sealed.tipo, ids, reason, now)


def empty_rows(
    model: type[Model],
    ids: list[Any],
    done: Recuento,
    *,
    reason: str,
    now: datetime,
    kept: Collection[Dato] = (),
) -> None:
    """Empty the personal columns of rows of a table, but those of the kinds ``kept``."""
    datos = model.__personal__.datos
    values = emptied_values(model, [name for name, dato in datos.items() if dato not in kept])
    if model is Adjunto:
        values |= {
            "eliminado_at": sa.func.coalesce(Adjunto.__table__.c.eliminado_at, now),
            "eliminado_motivo": f"{_GONE}: {reason}"[:300],
            "portada": False,
            "aprobado_at": None,
        }
    if not ids or not values:
        return
    forget_texts(model, ids)
    key = primary_key(model)
    for part in parts(ids):
        run_noted(model, sa.update(model).where(key.in_(part)).values(values))
    done.vaciadas.setdefault(model.__tablename__, []).extend(ids)
    for sealed in model.__sealed__:
        done.seal_gone(sealed.tipo, ids, reason, now)


def empty_columns(model: type[Model], key: Any, names: Iterable[str]) -> None:
    """Empty some columns of one row, of which nobody knows any more what to cut."""
    values = emptied_values(model, names)
    if values.keys() & {"sha256", *model.__personal__.columns(Dato.CONTENIDO)}:
        forget_texts(model, [key])
    if values:
        run_noted(model, sa.update(model).where(primary_key(model) == key).values(values))


def empty_text(
    model: type[Model], key: Any, name: str, done: Recuento, *, reason: str, now: datetime
) -> None:
    """Empty one text of which somebody decided that it tells of the person."""
    empty_columns(model, key, [name])
    done.decididas.append([model.__tablename__, key, [name]])
    for sealed in model.__sealed__:
        done.seal_gone(sealed.tipo, [key], reason, now)
    if model is Oficio:
        db.session.expire_all()
        refresh_search(db.session.get_one(Oficio, key))


def files_of(model: type[Model], ids: list[Any]) -> list[list[str]]:
    """Storage and key of every file of some rows of a table."""
    found: list[list[str]] = []
    table = model.__table__
    for column in current_features().file_columns:
        if column.table == model.__tablename__:
            statement = sa.select(table.c.almacen, table.c[column.key]).where(
                primary_key(model).in_(ids)
            )
            found += [[almacen or "", key] for almacen, key in db.session.execute(statement) if key]
    return found


def emptied_values(model: type[Model], names: Iterable[str]) -> dict[str, Any]:
    """The values of columns once they say nothing; of a day that must be there, ``ERASED_DAY``."""
    found: dict[str, Any] = {}
    for name in names:
        column = model.__table__.c[name]
        dato = model.__personal__.datos.get(name)
        if column.nullable:
            found[name] = sa.null()
        elif dato is Dato.DERIVADO or dato is Dato.ARCHIVO:
            found[name] = ""
        elif isinstance(column.type, sa.JSON):
            default = getattr(column.default, "arg", None)
            found[name] = default(None) if callable(default) else {}
        elif isinstance(column.type, sa.LargeBinary):
            found[name] = b""
        elif dato is Dato.MOMENTO:
            found[name] = ERASED_DAY if isinstance(column.type, sa.Date) else ERASED_AT
        elif isinstance(column.type, sa.Integer):
            continue
        elif is_unique(model, name):
            key = sa.cast(primary_key(model), sa.String)
            found[name] = sa.literal(f"{EMPTIED} ", sa.Text).concat(key)
        else:
            length = getattr(column.type, "length", None)
            found[name] = (
                EMPTIED if not length or length >= len(EMPTIED) else EMPTIED_SHORT[:length]
            )
    return found


def is_unique(model: type[Model], name: str) -> bool:
    """Whether two rows may not say the same in a column, by itself or with others."""
    table: Any = model.__table__
    return bool(table.c[name].unique) or any(
        name in each.columns
        for each in (*table.constraints, *table.indexes)
        if isinstance(each, sa.UniqueConstraint) or getattr(each, "unique", False)
    )


def run_noted(model: type[Model], statement: sa.Update | sa.Delete) -> None:
    """Run a statement, noting its rows where they are evidence."""
    if model is Auditoria:
        with append_only_door(db.session.connection()):
            execute_sealed(statement)
    elif model.__sealed__:
        execute_sealed(statement)
    elif model is Divulgacion:
        changed = statement.returning(Divulgacion.id)
        ids = db.session.scalars(changed.execution_options(synchronize_session=False)).all()
        seal_disclosures_anew(ids, utcnow())
    else:
        db.session.execute(statement.execution_options(synchronize_session=False))
