"""Cases that a list brought for the wrong buffet are given to the right one, while untouched."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa

from app.buffets.models import Buffet
from app.custodia.service import execute_sealed
from app.db import db
from app.eventos.models import Evento
from app.oficios.models import CARGAS, Oficio
from app.oficios.rules import EstadoCarga
from app.vehiculos.models import Vehiculo

# Of the tables: a case that is hidden, or that nobody works with, keeps its number, too.
_CASES = Oficio.metadata.tables[Oficio.__tablename__]
_CARS = Vehiculo.metadata.tables[Vehiculo.__tablename__]
_EVENTS = Evento.metadata.tables[Evento.__tablename__]


def taken_cases(importacion_id: int, buffet_id: int) -> set[int]:
    """Those of the cases that a list is about to move of which the buffet has number and plate."""
    theirs, its_car = _CASES.alias(), _CARS.alias()
    statement = (
        sa.select(_CASES.c.id)
        .join(CARGAS, CARGAS.c.oficio_id == _CASES.c.id)
        .join(_CARS, _CARS.c.oficio_id == _CASES.c.id)
        .join(theirs, theirs.c.numero_oficio == _CASES.c.numero_oficio)
        .join(
            its_car,
            sa.and_(its_car.c.oficio_id == theirs.c.id, its_car.c.patente == _CARS.c.patente),
        )
        .where(
            CARGAS.c.importacion_id == importacion_id,
            CARGAS.c.estado == EstadoCarga.CAMBIA,
            theirs.c.buffet_id == buffet_id,
        )
    )
    return set(db.session.scalars(statement))


def entrust_cases(oficio_ids: Sequence[int], *, buffet_id: int) -> list[int]:
    """Give hidden cases to another buffet; their chains say so. Returns which ones it has now.

    Of a case whose number and plate it has already nothing changes. What was told of the cases to
    those who watch goes with the buffet that they had; ``announce`` tells of them anew.
    """
    db.session.execute(
        sa.select(Buffet.id).where(Buffet.id == buffet_id).with_for_update(key_share=True)
    )
    cases = db.session.execute(
        sa.select(_CASES.c.id, _CASES.c.numero_oficio, _CARS.c.patente)
        .join(_CARS, _CARS.c.oficio_id == _CASES.c.id)
        .where(_CASES.c.id.in_(oficio_ids))
        .order_by(_CASES.c.id)
    ).all()
    there = _vehicles_of(buffet_id, {one.numero_oficio for one in cases})
    places: dict[int, list[int]] = {}
    for one in cases:
        others = there.setdefault(one.numero_oficio, {})
        if one.patente in others:
            continue
        others[one.patente] = 1 + max(others.values(), default=0)
        places.setdefault(others[one.patente], []).append(one.id)
    moved = sorted(pk for ids in places.values() for pk in ids)
    for vehiculo_n, ids in places.items():
        execute_sealed(
            sa.update(_CASES)
            .where(_CASES.c.id.in_(ids))
            .values(buffet_id=buffet_id, vehiculo_n=vehiculo_n)
        )
    db.session.connection().execute(sa.delete(_EVENTS).where(_EVENTS.c.oficio_id.in_(moved)))
    return moved


def _vehicles_of(buffet_id: int, numeros: set[str]) -> dict[str, dict[str, int]]:
    """Of some numbers of a buffet, the plates of their cases and which vehicle each is."""
    rows = db.session.execute(
        sa.select(_CASES.c.numero_oficio, _CARS.c.patente, _CASES.c.vehiculo_n)
        .join(_CARS, _CARS.c.oficio_id == _CASES.c.id)
        .where(_CASES.c.buffet_id == buffet_id, _CASES.c.numero_oficio.in_(numeros))
    )
    there: dict[str, dict[str, int]] = {}
    for numero, patente, vehiculo_n in rows:
        there.setdefault(numero, {})[patente] = vehiculo_n
    return there
