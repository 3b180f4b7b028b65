"""The look-ups of each day, counted from their log."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import sqlalchemy as sa

from app.ajustes.queries import is_demo
from app.consultas.models import Consulta
from app.consultas.rules import ResultadoConsulta
from app.consultas.rules.alcance import declared_name
from app.core.clock import local_today, start_of_day
from app.db import db
from app.oficios.models import Oficio

#: Tables instead of models: counts are made of all cases, whoever asks for them to be read.
_LOG, _CASES = Consulta.__table__, Oficio.__table__


def first_day() -> date | None:
    """The day of the first look-up ever."""
    first = db.session.scalar(sa.select(sa.func.min(_LOG.c.pedida_at)))
    return local_today(first) if first else None


def count_lookups(desde: date, hasta: date) -> Iterator[dict[str, Any]]:
    """The rows of ``consultas_dias`` from one day to another, both included, a day at a time."""
    demo = is_demo()
    day = desde
    while day <= hasta:
        yield from _count_day(day, is_demo=demo)
        day += timedelta(days=1)


def _count_day(day: date, *, is_demo: bool) -> list[dict[str, Any]]:
    log = _LOG.c
    answered = log.sha256.is_not(None)
    statement = (
        sa.select(
            log.proveedor,
            _CASES.c.buffet_id,
            sa.func.count().label("pedidas"),
            sa.func.sum(sa.case((answered, 1), else_=0)).label("respondidas"),
            sa.func.sum(sa.case((log.nuevos > 0, 1), else_=0)).label("con_datos"),
            sa.func.sum(sa.func.coalesce(log.nuevos, 0)).label("nuevas"),
        )
        .join(_CASES, _CASES.c.id == log.oficio_id)
        .where(
            log.pedida_at >= start_of_day(day),
            log.pedida_at < start_of_day(day + timedelta(days=1)),
            log.resultado != ResultadoConsulta.PENDIENTE,
        )
        .group_by(log.proveedor, _CASES.c.buffet_id)
    )
    counted: dict[tuple[str, int], dict[str, Any]] = {}
    for row in db.session.execute(statement):
        fuente = declared_name(row.proveedor, is_demo=is_demo) if row.proveedor else ""
        one = counted.setdefault(
            (fuente, row.buffet_id),
            {
                "dia": day,
                "fuente": fuente,
                "buffet_id": row.buffet_id,
                "pedidas": 0,
                "respondidas": 0,
                "con_datos": 0,
                "nuevas": 0,
            },
        )
        for name in ("pedidas", "respondidas", "con_datos", "nuevas"):
            one[name] += int(getattr(row, name) or 0)
    return [counted[key] for key in sorted(counted)]
