"""The same crossing told by two sources: a provider to the second, a list often to the minute."""

from __future__ import annotations

from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from app.avistamientos.models import Avistamiento
from app.avistamientos.rules import Fuente
from app.avistamientos.rules.crossings import Crossing
from app.db import db
from app.porticos.models import Portico
from app.porticos.rules import Metodo
from app.porticos.rules.recognition import Match

#: That near at one gantry is one crossing.
SAME_CROSSING = timedelta(seconds=60)


class Crossings:
    """The crossings of a case by gantry, to know one that another source told less exactly."""

    def __init__(self, oficio_id: int, *, of_lists: bool = False) -> None:
        """Read those of a case; with ``of_lists`` only what concessionaires' lists brought."""
        own, over = aliased(Portico), aliased(Portico)
        same_code = sa.and_(over.autopista == own.autopista, over.codigo == own.codigo)
        statement = (
            sa.select(
                over.id,
                over.id == own.id,
                Avistamiento.portico_metodo,
                Avistamiento.fecha_hora,
            )
            .join(own, own.id == Avistamiento.portico_id)
            .join(over, same_code)
            .where(
                Avistamiento.oficio_id == oficio_id,
                Avistamiento.fuente == Fuente.PORTICO,
                Avistamiento.fecha_hora.is_not(None),
            )
        )
        if of_lists:
            statement = statement.where(Avistamiento.listado_id.is_not(None))
        #: By gantry and minute: the moments, and whether that very gantry may be the one.
        self._moments: dict[int, dict[int, list[tuple[datetime, bool]]]] = {}
        for portico_id, is_own, metodo, moment in db.session.execute(statement):
            if moment is None:
                continue
            minutes = self._moments.setdefault(portico_id, {})
            may_be = bool(is_own) or metodo is Metodo.SIN_SENTIDO
            minutes.setdefault(int(moment.timestamp()) // 60, []).append((moment, may_be))

    def has(self, item: Crossing, match: Match) -> bool:
        """Whether the case has a crossing of that gantry within a minute.

        Where one of the two sources tells no direction, either roadway's gantry is that gantry.
        """
        if item.fecha_hora is None or match.portico_id is None:
            return False
        minute = int(item.fecha_hora.timestamp()) // 60
        minutes = self._moments.get(match.portico_id, {})
        is_open = match.metodo is Metodo.SIN_SENTIDO
        return any(
            (may_be or is_open) and abs(moment - item.fecha_hora) < SAME_CROSSING
            for near in (minute - 1, minute, minute + 1)
            for moment, may_be in minutes.get(near, [])
        )
