"""Every column says whether it is personal data: nobody can add one and forget it."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

import app.features  # noqa: F401  # maps every model
from app.core.personal_data import Borrado
from app.db import Model

MODELS = sorted(
    (mapper.class_ for mapper in Model.registry.mappers), key=lambda model: model.__name__
)


def told_by_its_type(column: sa.Column[object]) -> bool:
    """Keys and yes-or-no columns say nothing of a person by themselves."""
    return (
        column.primary_key
        or bool(column.foreign_keys)
        or isinstance(column.type, sa.Boolean | sa.Enum)
    )


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_every_column_is_declared_as_personal_or_not(model):
    """Add a new column to ``__personal__`` of its model: to ``datos``, or to ``otros``."""
    personal = model.__personal__
    columns = {column.name: column for column in model.__table__.columns}
    declared = {*personal.datos, *personal.otros}

    assert {name for name in columns if not told_by_its_type(columns[name])} - declared == set()
    assert declared - set(columns) == set()
    assert set(personal.datos) & set(personal.otros) == set()
    assert personal.label
    # What stays says why, and a row hangs on its case through a reference that exists.
    assert bool(personal.motivo) == (personal.borrado is Borrado.GUARDAR)
    assert not personal.via or columns[personal.via].foreign_keys
