"""The same crossing told by two sources: a provider to the second, a list often to the minute."""

from __future__ import annotations

from datetime import datetime, timedelta

import sqlalchemy as sa

from app.avistamientos.models import Avistamiento
from app.avistamientos.rules import Fuente
from app.avistamientos.rules.crossings import Crossing
from app.db import db
from app.porticos.rules.recognition import Match

#: That near at one gantry is one crossing.
SAME_CROSSING = timedelta(seconds=60)


class Crossings:
    """The crossings of a case by gantry, to know one that another source told less exactly."""

    def __init__(self, oficio_id: int, *, of_lists: bool = False) -> None:
        """Read those of a case; with ``of_lists`` only what concessionaires' lists brought."""
        statement = sa.select(Avistamiento.portico_id, Avistamiento.fecha_hora).where(
            Avistamiento.oficio_id == oficio_id,
            Avistamiento.fuente == Fuente.PORTICO,
            Avistamiento.portico_id.is_not(None),
            Avistamiento.fecha_hora.is_not(None),
        )
        if of_lists:
            statement = statement.where(Avistamiento.listado_id.is_not(None))
        self._moments: dict[int, dict[int, list[datetime]]] = {}
        for portico_id, moment in db.session.execute(statement):
            if portico_id is None or moment is None:
                continue
            minutes = self._moments.setdefault(portico_id, {})
            minutes.setdefault(int(moment.timestamp()) // 60, []).append(moment)

    def has(self, item: Crossing, match: Match) -> bool:
        """Whether the case has a crossing of that gantry within a minute."""
        if item.fecha_hora is None or match.portico_id is None:
            return False
        minute = int(item.fecha_hora.timestamp()) // 60
        minutes = self._moments.get(match.portico_id, {})
        return any(
            abs(moment - item.fecha_hora) < SAME_CROSSING
            for near in (minute - 1, minute, minute + 1)
            for moment in minutes.get(near, [])
        )
