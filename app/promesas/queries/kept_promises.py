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


@dataclass(frozen=True)
class PromesasSemana:
    """How many promises of a kind were decided in one week of a period, and how."""

    #: Its Monday, also where the period begins later.
    semana: date
    tipo: TipoPromesa
    cumplidas: int
    incumplidas: int


def count_kept_by_week(
    desde: date, hasta: date, *, now: datetime, buffet_id: int | None = None
) -> list[PromesasSemana]:
    """The same promises as ``count_kept``, by kind and by the week of Santiago's calendar.

    The weeks are named to the database by their moments, because the clock moves twice a year: each
    is a stretch of ``ix_compromisos_decided``. Weeks without any are left out.
    """
    monday = desde - timedelta(days=desde.weekday())
    mondays = [monday + timedelta(weeks=number) for number in range((hasta - monday).days // 7 + 1)]
    until = min(start_of_day(hasta + timedelta(days=1)), now)
    weeks = (
        sa.values(
            sa.column("numero", sa.Integer),
            sa.column("empieza_at", Compromiso.decide_at.type),
            sa.column("termina_at", Compromiso.decide_at.type),
            name="semanas",
        )
        .data(
            [
                (
                    number,
                    start_of_day(max(one, desde)),
                    min(start_of_day(one + timedelta(weeks=1)), until),
                )
                for number, one in enumerate(mondays)
            ]
        )
        .cte("semanas")
    )
    # Grouped by what the index holds, and outside of what hides cases.
    inner = (
        sa.select(weeks.c.numero, Compromiso.tipo, Compromiso.situacion)
        .select_from(weeks)
        .join(
            Compromiso,
            sa.and_(
                Compromiso.decide_at >= weeks.c.empieza_at,
                Compromiso.decide_at < weeks.c.termina_at,
                Compromiso.situacion.not_in(_NOWHERE),
            ),
        )
    )
    if buffet_id is not None:
        inner = inner.where(Compromiso.buffet_id == buffet_id)
    rows = inner.subquery()
    kept = sa.func.sum(sa.case((rows.c.situacion == SituacionPromesa.CUMPLIDA, 1), else_=0))
    groups = (rows.c.numero, rows.c.tipo)
    counted = db.session.execute(
        sa.select(*groups, kept, sa.func.count()).group_by(*groups).order_by(*groups)
    )
    return [
        PromesasSemana(mondays[number], tipo, int(cumplidas), int(total) - int(cumplidas))
        for number, tipo, cumplidas, total in counted
    ]


def missed_statement(
    desde: date, hasta: date, tipo: TipoPromesa, *, now: datetime, buffet_id: int | None = None
) -> sa.Select[int, datetime | None, datetime | None]:
    """The cases whose promise of a kind ``count_kept`` counts as not kept, the newest first.

    Columns: ``oficio_id``, ``vence_at``, ``cumplida_at``.
    """
    statement = sa.select(Compromiso.oficio_id, Compromiso.vence_at, Compromiso.cumplida_at).where(
        Compromiso.decide_at >= start_of_day(desde),
        Compromiso.decide_at < min(start_of_day(hasta + timedelta(days=1)), now),
        Compromiso.tipo == tipo,
        Compromiso.situacion.not_in([*_NOWHERE, SituacionPromesa.CUMPLIDA]),
    )
    if buffet_id is not None:
        statement = statement.where(Compromiso.buffet_id == buffet_id)
    return statement.order_by(Compromiso.decide_at.desc(), Compromiso.oficio_id)
