"""Promises kept and missed, counted for reports."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa

from app.core.clock import start_of_day
from app.db import db
from app.promesas.models import Compromiso
from app.promesas.rules import SituacionPromesa, TipoPromesa


@dataclass(frozen=True)
class PromesasDelMes:
    """How many promises of a kind to a buffet were decided in a month, and how."""

    #: The first day of the month.
    mes: date
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
) -> list[PromesasDelMes]:
    """Count the promises decided from one day to another (both included), by month, buffet, kind.

    A promise is decided when it is kept, or when its term passes without. It counts in that month
    of Santiago's calendar, a late one at once and not when somebody at last does it. What runs,
    stands, or lost its effect by an early close (``SituacionPromesa.SIN_EFECTO``) counts nowhere.
    Combinations without any are left out. One statement over ``ix_compromisos_decided``; cases that
    the reader does not see, or that nobody works with, are not counted, as everywhere.
    """
    months = _months(desde, hasta)
    if not months:
        return []
    start, end = start_of_day(desde), min(start_of_day(_next_day(hasta)), now)
    month = sa.case(
        *(
            (Compromiso.decide_at < start_of_day(_next_month(one)), index)
            for index, one in enumerate(months[:-1])
        ),
        else_=len(months) - 1,
    )
    kept = sa.func.sum(sa.case((Compromiso.situacion == SituacionPromesa.CUMPLIDA, 1), else_=0))
    inner = sa.select(
        (month if len(months) > 1 else sa.literal(0)).label("mes"),
        Compromiso.buffet_id,
        Compromiso.tipo,
        Compromiso.situacion,
    ).where(
        Compromiso.decide_at >= start,
        Compromiso.decide_at < end,
        Compromiso.situacion.in_(
            (SituacionPromesa.CUMPLIDA, SituacionPromesa.INCUMPLIDA, SituacionPromesa.CORRE)
        ),
    )
    if buffet_id is not None:
        inner = inner.where(Compromiso.buffet_id == buffet_id)
    rows = inner.subquery()
    kept = sa.func.sum(sa.case((rows.c.situacion == SituacionPromesa.CUMPLIDA, 1), else_=0))
    counted = db.session.execute(
        sa.select(rows.c.mes, rows.c.buffet_id, rows.c.tipo, kept, sa.func.count())
        .group_by(rows.c.mes, rows.c.buffet_id, rows.c.tipo)
        .order_by(rows.c.mes, rows.c.buffet_id, rows.c.tipo)
    )
    return [
        PromesasDelMes(months[index], buffet, tipo, int(cumplidas), int(total) - int(cumplidas))
        for index, buffet, tipo, cumplidas, total in counted
    ]


def _months(desde: date, hasta: date) -> list[date]:
    months, one = [], desde.replace(day=1)
    while one <= hasta:
        months.append(one)
        one = _next_month(one)
    return months


def _next_month(day: date) -> date:
    return date(day.year + day.month // 12, day.month % 12 + 1, 1)


def _next_day(day: date) -> date:
    return date.fromordinal(day.toordinal() + 1)
