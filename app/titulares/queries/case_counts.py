"""How many cases there are, without counting them one by one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from app.db import db, limited_reader
from app.oficios.models import CuentaDeOficios, Oficio, in_transit
from app.oficios.rules import Estado
from app.titulares.queries.bloqueos import standing


def count_visible(values: Mapping[str, Any]) -> int:
    """How many cases have these values, by column, of those that who asks may see.

    Exact at any moment: what the database keeps count of, less the few that nobody sees. Somebody
    who sees only the cases that they need has few, and those are counted.
    """
    if limited_reader() is not None:
        fits = (getattr(Oficio, name) == value for name, value in values.items())
        return db.session.scalar(sa.select(sa.func.count(Oficio.id)).where(*fits)) or 0
    kept, cases = CuentaDeOficios.__table__.c, Oficio.__table__.c
    every = sa.select(sa.func.sum(kept.cuantos)).where(
        *(kept[name] == getattr(value, "value", value) for name, value in values.items())
    )
    unseen = sa.select(sa.func.count()).where(
        cases.id.in_(standing().union(in_transit())),
        *(cases[name] == value for name, value in values.items()),
    )
    row = db.session.execute(sa.select(every.scalar_subquery(), unseen.scalar_subquery())).one()
    return int(row[0] or 0) - int(row[1] or 0)


def count_stored(buffet_id: int) -> dict[Estado, int]:
    """How many cases of a buffet are kept in each state, also those that pages hide."""
    kept = CuentaDeOficios.__table__.c
    rows = db.session.execute(
        sa.select(kept.estado, sa.func.sum(kept.cuantos))
        .where(kept.buffet_id == buffet_id)
        .group_by(kept.estado)
    )
    return {Estado(estado): int(amount) for estado, amount in rows}
