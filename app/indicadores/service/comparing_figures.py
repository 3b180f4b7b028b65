"""Comparing the stored figures with what they are made of, and putting right what differs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from app.core.clock import local_today
from app.db import Model, db, release, transaction
from app.indicadores.models import Ciclo, ConsultaDia, Etapa
from app.indicadores.queries.case_figures import list_gone, list_part, work_out
from app.indicadores.queries.lookup_counts import count_lookups, first_day
from app.indicadores.service.reading_figures import (
    forget_cases,
    get_cut,
    store_cases,
    store_lookups,
)

_PART = 500
_DAYS = 60
#: Tables instead of models: figures are kept of all cases, also of those that nobody works with.
_CYCLES, _STAYS, _LOOKUPS = (
    Model.metadata.tables[model.__tablename__] for model in (Ciclo, Etapa, ConsultaDia)
)
_STAY_FIELDS = ("oficio_id", "buffet_id", "investigador_id", "estado", "desde_dia", "hasta_dia")


@dataclass
class Diferencias:
    """What did not agree: cases by their ids, and days of look-ups."""

    casos: list[int] = field(default_factory=list)
    dias: list[str] = field(default_factory=list)

    def __len__(self) -> int:
        """How many there are."""
        return len(self.casos) + len(self.dias)


def compare_all(
    *, now: datetime, mend: bool, between: Callable[[], None] = lambda: None
) -> Diferencias:
    """Work every figure out again and compare; with ``mend`` what differs is written anew."""
    found = Diferencias()
    last = 0
    while part := list_part(last, _PART):
        last = part[-1]
        wrong = _differing_cases(part)
        found.casos += wrong
        release()
        if mend and wrong:
            with transaction():
                store_cases(wrong)
        between()
    while gone := list_gone(_PART):
        found.casos += gone
        release()
        if not mend:
            break
        with transaction():
            forget_cases(gone)
    _compare_lookups(found, now=now, mend=mend, between=between)
    release()
    with transaction():
        cut = get_cut()
        cut.revisado_at = now
        cut.diferencias = len(found)
    return found


def _differing_cases(part: Sequence[int]) -> list[int]:
    cycles, stays = work_out(part)
    made: dict[int, Any] = {row["oficio_id"]: ([row], []) for row in cycles}
    for stay in stays:
        made[stay["oficio_id"]][1].append(stay)
    stored: dict[int, Any] = {pk: ([], []) for pk in part}
    for row in db.session.execute(sa.select(_CYCLES).where(_CYCLES.c.oficio_id.in_(part))):
        stored[row.oficio_id][0].append(dict(row._mapping))
    columns = [_STAYS.c[name] for name in _STAY_FIELDS]
    statement = sa.select(*columns).where(_STAYS.c.oficio_id.in_(part)).order_by(_STAYS.c.id)
    for row in db.session.execute(statement):
        stored[row.oficio_id][1].append(dict(row._mapping))
    return [
        pk for pk in part if made.get(pk) != stored[pk] and not _is_news(made.get(pk), stored[pk])
    ]


def _is_news(made: Any, stored: Any) -> bool:
    """Whether a case only changed since it was read: the next reading finds it."""
    if not made or not made[0] or not stored[0]:
        return True
    return bool(made[0][0]["version"] != stored[0][0]["version"])


def _compare_lookups(
    found: Diferencias, *, now: datetime, mend: bool, between: Callable[[], None]
) -> None:
    oldest = db.session.scalar(sa.select(sa.func.min(_LOOKUPS.c.dia)))
    begins = [day for day in (first_day(), oldest) if day is not None]
    # Of today's look-ups some are being asked now.
    until = local_today(now) - timedelta(days=1)
    first = min(begins, default=until + timedelta(days=1))
    while first <= until:
        last = min(until, first + timedelta(days=_DAYS - 1))
        counted: dict[Any, list[dict[str, Any]]] = {}
        for row in count_lookups(first, last):
            counted.setdefault(row["dia"], []).append(row)
        stored: dict[Any, list[dict[str, Any]]] = {}
        columns = [column for column in _LOOKUPS.c if column.name != "id"]
        statement = (
            sa.select(*columns)
            .where(_LOOKUPS.c.dia.between(first, last))
            .order_by(_LOOKUPS.c.fuente, _LOOKUPS.c.buffet_id)
        )
        for each in db.session.execute(statement):
            stored.setdefault(each.dia, []).append(dict(each._mapping))
        release()
        wrong = [day for day in sorted({*counted, *stored}) if counted.get(day) != stored.get(day)]
        found.dias += [day.isoformat() for day in wrong]
        if mend and wrong:
            with transaction():
                for day in wrong:
                    store_lookups(day, day, counted.get(day, []))
        first = last + timedelta(days=1)
        between()
