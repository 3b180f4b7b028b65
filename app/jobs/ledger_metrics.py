"""The ledger in numbers, for programs that watch it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from app.db import db
from app.jobs.models import CuentaDeTrabajos, Trabajo
from app.jobs.pulse import Pulse, take_pulse
from app.jobs.rules import OPEN_STATES, EstadoTrabajo
from app.jobs.stats import Spread, spreads_by_kind

#: Percentiles cover jobs that ended within this period.
RECENT = timedelta(hours=1)


@dataclass(frozen=True)
class KindNumbers:
    """One kind of job: how many stand where, and what its attempts cost."""

    states: dict[EstadoTrabajo, int]
    attempts: int
    failures: int
    run_seconds: float
    wait: Spread | None
    run: Spread | None


@dataclass(frozen=True)
class LedgerNumbers:
    """All metrics of the ledger."""

    pulse: Pulse
    kinds: dict[str, KindNumbers]


def count_ledger(now: datetime) -> LedgerNumbers:
    """All metrics of the ledger, which cost the same however long its history is."""
    states: dict[str, dict[EstadoTrabajo, int]] = {}
    for tipo, estado, amount in db.session.execute(_open_jobs()):
        states.setdefault(tipo, {})[estado] = amount
    attempts: dict[str, sa.Row[Any]] = {}
    for row in db.session.execute(_kept()):
        if row.estado is None:
            attempts[row.tipo] = row
        elif row.cuantos:
            states.setdefault(row.tipo, {})[EstadoTrabajo(row.estado)] = int(row.cuantos)
    spreads = spreads_by_kind(now - RECENT, now)
    kinds = {}
    for tipo in sorted(states):
        wait, run = spreads.get(tipo, (None, None))
        tried = attempts.get(tipo)
        kinds[tipo] = KindNumbers(
            states={estado: states[tipo].get(estado, 0) for estado in EstadoTrabajo},
            attempts=int(tried.intentos) if tried else 0,
            failures=int(tried.fallas) if tried else 0,
            run_seconds=int(tried.milisegundos) / 1000 if tried else 0.0,
            wait=wait,
            run=run,
        )
    return LedgerNumbers(pulse=take_pulse(now), kinds=kinds)


def _open_jobs() -> sa.Select[Any]:
    """What waits or runs, by kind and state: found by the state, and put into order afterwards.

    Grouped by the columns themselves, SQLite would walk through the index of all kinds.
    """
    waiting = (
        sa.select(Trabajo.tipo.op("||")("").label("tipo"), Trabajo.estado)
        .where(Trabajo.estado.in_(OPEN_STATES))
        .subquery()
    )
    return sa.select(waiting.c.tipo, waiting.c.estado, sa.func.count()).group_by(
        waiting.c.tipo, waiting.c.estado
    )


def _kept() -> sa.Select[Any]:
    """What ended, and the attempts at it, by kind and state: the notes that the database keeps."""
    table = CuentaDeTrabajos.__table__.c
    added = (table.cuantos, table.intentos, table.fallas, table.milisegundos)
    return sa.select(
        table.tipo, table.estado, *(sa.func.sum(one).label(one.name) for one in added)
    ).group_by(table.tipo, table.estado)
