"""A person's own data for them to take away: of others in the same case nothing is told."""

from __future__ import annotations

import json
from datetime import date, datetime
from enum import Enum
from typing import Any

import sqlalchemy as sa

from app.avistamientos.models import Avistamiento
from app.db import Model, db
from app.direcciones.models import Direccion
from app.oficios.models import Propietario
from app.titulares.queries.lugares import list_models, primary_key, within
from app.titulares.queries.persona import Encontrado, as_text
from app.ubicado.models import Ubicacion
from app.vehiculos.models import Vehiculo

#: Of the cases of a person, these rows tell of them or of the vehicle, and not of how one works.
_OF_THE_CASE: tuple[type[Model], ...] = (Vehiculo, Direccion, Avistamiento, Ubicacion)


def collect_data(found: Encontrado) -> dict[str, Any]:
    """Their data as JSON has them, with the cases and the law firms that asked for them."""
    own = [lugar for lugar in found.lugares if lugar.tabla == Propietario.__tablename__]
    ids = [hit.fila_id for lugar in own for hit in lugar.hallazgos]
    return {
        "casos": [
            {
                "numero": caso.numero_oficio,
                "encargado_por": caso.buffet,
                "estado": caso.estado.value,
                "desde": caso.created_at.isoformat(),
            }
            for caso in found.casos
        ],
        Propietario.__tablename__: _rows(Propietario, primary_key(Propietario).in_(ids)),
        **{
            model.__tablename__: _rows(model, condition)
            for model in _OF_THE_CASE
            if (condition := within(model, found.oficio_ids)) is not None
        },
        "otros_lugares": {lugar.label: lugar.en_casos for lugar in found.lugares},
    }


def tell_data(body: bytes) -> tuple[tuple[str, list[list[tuple[str, str]]]], ...]:
    """The same data for people to read: the title of each part, and its rows of name and value."""
    data = json.loads(body)
    titles = {model.__tablename__: model.__personal__.label for model in list_models()}
    parts = [
        (titles.get(name, name.capitalize()), [_tell_row(row) for row in rows])
        for name, rows in data.items()
        if isinstance(rows, list) and rows
    ]
    if counts := data.get("otros_lugares"):
        parts.append(("Cuántas filas hay en cada lugar", [_tell_row(counts)]))
    return tuple(parts)


def _tell_row(row: dict[str, Any]) -> list[tuple[str, str]]:
    return [(name.replace("_", " ").capitalize(), str(value)) for name, value in row.items()]


def _rows(model: type[Model], condition: sa.ColumnElement[bool]) -> list[dict[str, Any]]:
    names = list(model.__personal__.datos)
    columns = [model.__table__.c[name] for name in names]
    rows = db.session.execute(sa.select(*columns).where(condition).order_by(primary_key(model)))
    return [
        {name: _plain(value) for name, value in zip(names, row, strict=True) if value is not None}
        for row in rows
    ]


def _plain(value: Any) -> Any:
    if isinstance(value, date | datetime):
        return value.isoformat()
    if isinstance(value, Enum):
        return value.value
    return value if isinstance(value, int | float) else as_text(value)
