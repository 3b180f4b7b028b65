"""Reading the strip of gantries of a case: the road that sees its vehicle most."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa

from app.db import db
from app.patrones.rules import Paso
from app.patrones.rules.corridor import Corredor, Poste, find_corridor
from app.porticos.models import Portico
from app.porticos.rules.direction import find_end, find_way


def read_corridor(pasos: Sequence[Paso]) -> Corredor | None:
    """The strip of some crossings, on the gantries that the catalogue has a point of."""
    seen = {paso.portico_id for paso in pasos if paso.portico_id is not None}
    roads = {paso.via for paso in pasos if paso.portico_id is not None}
    if not seen:
        return None
    rows = db.session.execute(
        sa.select(
            Portico.id,
            Portico.autopista,
            Portico.codigo,
            Portico.tramo,
            Portico.sentido,
            Portico.comuna,
            Portico.lat,
            Portico.lon,
            Portico.activo,
        )
        .where(Portico.autopista.in_(sorted(road for road in roads if road)))
        .where(Portico.lat.is_not(None))
        .order_by(Portico.id)
    )
    postes = [
        Poste(
            id=row.id,
            autopista=row.autopista,
            codigo=row.codigo,
            tramo=row.tramo,
            sentido=row.sentido,
            hacia=find_way(row.sentido) or find_end(row.sentido),
            comuna=row.comuna,
            lat=row.lat,
            lon=row.lon,
        )
        for row in rows
        # One that is out of use sees nothing any more, so its silence says nothing.
        if row.activo or row.id in seen
    ]
    return find_corridor(pasos, postes)
