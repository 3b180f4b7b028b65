"""Promises kept and missed, counted for reports."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

import sqlalchemy as sa

from app.core.clock import start_of_day
from app.db import db
from app.promesas.models import Compromiso
from app.promesas.rules import SituacionPromesa, TipoPromesa

#: What is decided counts, and what runs once its term has passed.
_COUNTED = {SituacionPromesa.CUMPLIDA, SituacionPromesa.INCUMPLIDA, SituacionPromesa.CORRE}
#: Named in place of those that count: SQLite would look for those by their situation, which nearly
#: all promises share, and not by their days.
_NOWHERE = [one for one in SituacionPromesa if one not in _COUNTED]


@dataclass(frozen=True)
class PromesasDecididas:
    """How many promises of a kind to a buffet were decided in a period, and how."""

    buffet_id: int
    tipo: TipoPromesa
    cumplidas: int
    #: Done late, closed late, or late and still not done.
    incumplidas: int

    @property
    def casos(self) -> int:
        """The number of cases behind the share: a case has at most one promise of a kind."""
        return self.cumplidas + self.incumplidas


def count_kept(
    desde: date, hasta: date, *, now: datetime, buffet_id: int | None = None
) -> list[PromesasDecididas]:
    """Count the promises decided from one day to another, both included, by buffet and kind.

    A promise is decided when it is kept, or when its term passes without. It counts on that day of
    Santiago's calendar, a late one at once and not when somebody at last does it. What stands, or
    lost its effect by an early close (``SituacionPromesa.SIN_EFECTO``) counts nowhere. Combinations
    without any are left out. One statement over ``ix_compromisos_decided``; cases that the reader
    does not see, or that nobody works with, are not counted, as everywhere.
    """
    # Grouped by what the index holds, and outside of what hides cases.
    inner = sa.select(Compromiso.buffet_id, Compromiso.tipo, Compromiso.situacion).where(
        Compromiso.decide_at >= start_of_day(desde),
        Compromiso.decide_at < min(start_of_day(hasta + timedelta(days=1)), now),
        Compromiso.situacion.not_in(_NOWHERE),
    )
    if buffet_id is not None:
        inner = inner.where(Compromiso.buffet_id == buffet_id)
    rows = inner.subquery()
    kept = sa.func.sum(sa.case((rows.c.situacion == SituacionPromesa.CUMPLIDA, 1), else_=0))
    groups = (rows.c.buffet_id, rows.c.tipo)
    counted = db.session.execute(
        sa.select(*groups, kept, sa.func.count()).group_by(*groups).order_by(*groups)
    )
    return [
        PromesasDecididas(buffet, tipo, int(cumplidas), int(total) - int(cumplidas))
        for buffet, tipo, cumplidas, total in counted
    ]
