"""How rows hang on cases, by the declarations of their models."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import sqlalchemy as sa

from app.db import Model
from app.oficios.models import Oficio

#: Rows of these are found with what is inside them, and are evidence of no case by themselves.
_PACKAGE = "app."


def list_models() -> list[type[Model]]:
    """Every model of the application, by the name of its table."""
    classes = (mapper.class_ for mapper in Model.registry.mappers)
    return sorted(
        (model for model in classes if model.__module__.startswith(_PACKAGE)),
        key=lambda model: model.__tablename__,
    )


def primary_key(model: type[Model]) -> sa.ColumnElement[Any]:
    """The one column that names a row."""
    key: sa.ColumnElement[Any] = sa.inspect(model).primary_key[0]
    return key


def _case_column(model: type[Model]) -> sa.ColumnElement[Any] | None:
    """The column that names the case; a chain of custody has the number of its case."""
    columns = model.__table__.c
    return next((columns[name] for name in ("oficio_id", "cadena") if name in columns), None)


def _parent(model: type[Model]) -> tuple[sa.ColumnElement[Any], type[Model]] | None:
    """The reference through which a row belongs to a case, and the model that it points to."""
    via = model.__personal__.via
    if not via:
        return None
    column = model.__table__.c[via]
    (reference,) = column.foreign_keys
    target = next(each for each in list_models() if each.__table__ is reference.column.table)
    return column, target


def case_of(model: type[Model]) -> sa.ColumnElement[Any] | None:
    """The case that a row belongs to, as an expression; None where rows belong to none."""
    if model is Oficio:
        return Oficio.__table__.c.id
    column = _case_column(model)
    if column is not None:
        return column
    parent = _parent(model)
    if parent is None:
        return None
    reference, target = parent
    case = case_of(target)
    if case is None:
        return None
    return sa.select(case).where(primary_key(target) == reference).scalar_subquery()


def within(model: type[Model], oficio_ids: Collection[int]) -> sa.ColumnElement[bool] | None:
    """The condition that a row belongs to one of these cases; None where rows belong to none."""
    if model is Oficio:
        return Oficio.__table__.c.id.in_(oficio_ids)
    own = _case_column(model)
    if own is not None:
        return own.in_(oficio_ids)
    parent = _parent(model)
    if parent is None:
        return None
    reference, target = parent
    condition = within(target, oficio_ids)
    if condition is None:
        return None
    return reference.in_(sa.select(primary_key(target)).where(condition))
