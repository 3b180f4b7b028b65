"""Promises kept and missed, counted for reports."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

import sqlalchemy as sa

from app.core.clock import local_today, start_of_day
from app.db import HoursBetween, db
from app.promesas.models import Compromiso
from app.promesas.rules import SituacionPromesa, TipoPromesa

#: What is decided counts, and what runs once its term has passed.
_COUNTED = {SituacionPromesa.CUMPLIDA, SituacionPromesa.INCUMPLIDA, SituacionPromesa.CORRE}
#: Named in place of those that count: SQLite would look for those by their situation, which nearly
#: all promises share, and not by their days.
_NOWHERE = [one for one in SituacionPromesa if one not in _COUNTED]

_WEEK_HOURS = 7 * 24
#: Hours from one before a step of whole weeks after which a week has begun on every clock.
_SETTLED = 2


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

    The database counts whole weeks of hours from the first Monday on. The clock moves twice a year,
    so a week begins up to an hour before or after such a step: the hours around it are counted
    apart, and are given to their week here. Weeks without any are left out.
    """
    first = start_of_day(desde - timedelta(days=desde.weekday()))
    # From an hour before each step on: 0 and 1 are the hours around it, 2 is all that follows.
    hours = HoursBetween(sa.literal(first, Compromiso.decide_at.type), Compromiso.decide_at) + 1
    inner = sa.select(hours.label("horas"), Compromiso.tipo, Compromiso.situacion).where(
        Compromiso.decide_at >= start_of_day(desde),
        Compromiso.decide_at < min(start_of_day(hasta + timedelta(days=1)), now),
        Compromiso.situacion.not_in(_NOWHERE),
    )
    if buffet_id is not None:
        inner = inner.where(Compromiso.buffet_id == buffet_id)
    # Grouped by what the index holds, outside of what hides cases, and the hours read once: both
    # databases would work them out anew for each column that stands on them.
    read = inner.cte("decididas").prefix_with("MATERIALIZED")
    inside = read.c.horas % _WEEK_HOURS
    rows = sa.select(
        (read.c.horas - inside).label("paso"),
        sa.case((inside < _SETTLED, inside), else_=_SETTLED).label("hora"),
        read.c.tipo,
        read.c.situacion,
    ).subquery()
    kept = sa.func.sum(sa.case((rows.c.situacion == SituacionPromesa.CUMPLIDA, 1), else_=0))
    groups = (rows.c.paso, rows.c.hora, rows.c.tipo)
    found: dict[tuple[date, TipoPromesa], list[int]] = {}
    for paso, hora, tipo, cumplidas, total in db.session.execute(
        sa.select(*groups, kept, sa.func.count()).group_by(*groups)
    ):
        day = local_today(first + timedelta(hours=int(paso) + int(hora) - 1))
        counted = found.setdefault((day - timedelta(days=day.weekday()), tipo), [0, 0])
        counted[0] += int(cumplidas)
        counted[1] += int(total) - int(cumplidas)
    return [
        PromesasSemana(semana, tipo, *counted)
        for (semana, tipo), counted in sorted(found.items(), key=lambda one: one[0][0])
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
