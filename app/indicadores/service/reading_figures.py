"""Bringing the figures up to date: by parts, each in a transaction of its own."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from app.core.clock import local_today
from app.db import Model, db, release, transaction
from app.indicadores.models import Ciclo, ConsultaDia, Corte, Etapa
from app.indicadores.queries.case_figures import list_gone, list_part, list_stale, work_out
from app.indicadores.queries.lookup_counts import count_lookups, first_day

#: Cases that one transaction brings up to date; the write lock is held for some ten milliseconds.
_PART = 250
#: Days of look-ups that one transaction writes.
_DAYS = 30
#: A look-up is answered hours after it was asked for at the latest, so that so many days are
#: counted again at each reading.
_OPEN_DAYS = 3
_ONLY = 1

#: Tables instead of models: figures are kept of all cases, also of those that nobody works with.
_CYCLES, _STAYS, _LOOKUPS = (
    Model.metadata.tables[model.__tablename__] for model in (Ciclo, Etapa, ConsultaDia)
)


def _nothing() -> None:
    """Between parts."""


def read_news(*, now: datetime, between: Callable[[], None] = _nothing) -> int:
    """Bring the figures up to ``now``: cases that changed, and the last days of look-ups.

    What changed is told by comparing versions, not by listening: whatever writes a case, by
    whichever way, is found. Returns how many cases were read.
    """
    read = 0
    while gone := list_gone(_PART):
        release()
        with transaction():
            _forget(gone)
        between()
    while stale := list_stale(_PART):
        release()
        with transaction():
            store_cases(stale)
        read += len(stale)
        between()
    since = _lookups_since()
    today = local_today(now)
    if since is not None:
        read_lookups(since, today, between=between)
    release()
    with transaction():
        cut = get_cut()
        cut.leido_at = now
        cut.consultas_desde = today - timedelta(days=_OPEN_DAYS)
    return read


def rebuild(*, now: datetime, between: Callable[[], None] = _nothing) -> int:
    """Work all figures out anew, as if there were none; returns of how many cases."""
    with transaction():
        db.session.execute(sa.delete(_LOOKUPS))
        get_cut().consultas_desde = None
    read, last = 0, 0
    while part := list_part(last, _PART):
        release()
        with transaction():
            store_cases(part)
        last, read = part[-1], read + len(part)
        between()
    read_news(now=now, between=between)
    return read


def store_cases(oficio_ids: Sequence[int]) -> None:
    """Write the figures of some cases anew. Call it in a transaction."""
    cycles, stays = work_out(oficio_ids)
    _forget(oficio_ids)
    if cycles:
        db.session.execute(sa.insert(_CYCLES), cycles)
        db.session.execute(sa.insert(_STAYS), stays)


def read_lookups(desde: date, hasta: date, *, between: Callable[[], None] = _nothing) -> None:
    """Count the look-ups of some days anew."""
    first = desde
    while first <= hasta:
        last = min(hasta, first + timedelta(days=_DAYS - 1))
        rows = list(count_lookups(first, last))
        release()
        with transaction():
            store_lookups(first, last, rows)
        first = last + timedelta(days=1)
        between()


def store_lookups(desde: date, hasta: date, rows: list[dict[str, Any]]) -> None:
    """Write what was counted of some days in place of what stood there. Call in a transaction."""
    db.session.execute(sa.delete(_LOOKUPS).where(_LOOKUPS.c.dia.between(desde, hasta)))
    if rows:
        db.session.execute(sa.insert(_LOOKUPS), rows)


def get_cut() -> Corte:
    """The row that says until when figures were read; made by the first reading."""
    cut = db.session.get(Corte, _ONLY)
    if cut is None:
        cut = Corte(id=_ONLY, diferencias=0)
        db.session.add(cut)
    return cut


def forget_cases(oficio_ids: Sequence[int]) -> None:
    """Remove the figures of some cases. Call it in a transaction."""
    _forget(oficio_ids)


def _forget(oficio_ids: Sequence[int]) -> None:
    db.session.execute(sa.delete(_STAYS).where(_STAYS.c.oficio_id.in_(oficio_ids)))
    db.session.execute(sa.delete(_CYCLES).where(_CYCLES.c.oficio_id.in_(oficio_ids)))


def _lookups_since() -> date | None:
    cut = db.session.get(Corte, _ONLY)
    if cut is not None and cut.consultas_desde is not None:
        return cut.consultas_desde
    return first_day()
