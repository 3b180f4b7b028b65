"""Which items of the tray somebody sees who sees only the cases that they need."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import with_loader_criteria

from app.acceso.queries import READER, needed_cases
from app.bandeja.models import Ingreso, Origen
from app.bandeja.rules import EstadoIngreso
from app.db import Model

_OPEN = [estado for estado in EstadoIngreso if estado.is_open]


def limiting_option() -> Any:
    """What leaves out of a SELECT what others have decided, unless a needed case came of it.

    What waits is nobody's case yet, and whoever is there decides on it.
    """
    return with_loader_criteria(Ingreso, _is_needed(), include_aliases=True)


def _is_needed() -> sa.ColumnElement[bool]:
    origins = Model.metadata.tables[Origen.__tablename__]
    parts = Model.metadata.tables[Ingreso.__tablename__].alias("en_paquete")
    made = sa.select(origins.c.ingreso_id).where(origins.c.oficio_id.in_(needed_cases()))
    around = sa.select(parts.c.padre_id).where(
        sa.or_(parts.c.id.in_(made), parts.c.estado.in_(_OPEN)), parts.c.padre_id.is_not(None)
    )
    return sa.or_(
        Ingreso.estado.in_(_OPEN),
        Ingreso.usuario_id == READER,
        Ingreso.decidido_por_id == READER,
        Ingreso.id.in_(made),
        Ingreso.id.in_(around),
    )
