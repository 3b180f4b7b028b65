"""The ledger in numbers, for programs that watch it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement

from app.db import db
from app.jobs.models import Ejecucion, Trabajo
from app.jobs.pulse import Pulse, take_pulse
from app.jobs.rules import EstadoTrabajo
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


class SecondsBetween(FunctionElement[float]):
    """SQL expression for the seconds between two moments, compiled for each database."""

    type = sa.Float()
    inherit_cache = True
    name = "seconds_between"


@compiles(SecondsBetween, "sqlite")
def _on_sqlite(element: SecondsBetween, compiler: Any, **kw: Any) -> str:
    start, end = (compiler.process(clause, **kw) for clause in element.clauses)
    return f"((julianday({end}) - julianday({start})) * 86400.0)"


@compiles(SecondsBetween, "postgresql")
def _on_postgresql(element: SecondsBetween, compiler: Any, **kw: Any) -> str:
    start, end = (compiler.process(clause, **kw) for clause in element.clauses)
    return f"CAST(extract(epoch FROM ({end} - {start})) AS DOUBLE PRECISION)"


def count_ledger(now: datetime) -> LedgerNumbers:
    """Compute all metrics. Scans the whole history, so call it a few times a minute at most."""
    states: dict[str, dict[EstadoTrabajo, int]] = {}
    for tipo, estado, amount in db.session.execute(
        sa.select(Trabajo.tipo, Trabajo.estado, sa.func.count()).group_by(
            Trabajo.tipo, Trabajo.estado
        )
    ):
        states.setdefault(tipo, {})[estado] = amount
    attempts = {row.tipo: row for row in db.session.execute(_attempts())}
    spreads = spreads_by_kind(now - RECENT, now)
    kinds = {}
    for tipo in sorted(states):
        wait, run = spreads.get(tipo, (None, None))
        tried = attempts.get(tipo)
        kinds[tipo] = KindNumbers(
            states={estado: states[tipo].get(estado, 0) for estado in EstadoTrabajo},
            attempts=tried.total if tried else 0,
            failures=tried.failed if tried else 0,
            run_seconds=float(tried.seconds) if tried else 0.0,
            wait=wait,
            run=run,
        )
    return LedgerNumbers(pulse=take_pulse(now), kinds=kinds)


def _attempts() -> sa.Select:
    """Attempts that ended, by kind of job."""
    return (
        sa.select(
            Trabajo.tipo,
            sa.func.count().label("total"),
            sa.func.count(Ejecucion.error).label("failed"),
            sa.func.sum(SecondsBetween(Ejecucion.iniciado_at, Ejecucion.terminado_at)).label(
                "seconds"
            ),
        )
        .join(Trabajo, Trabajo.id == Ejecucion.trabajo_id)
        .where(Ejecucion.terminado_at.is_not(None))
        .group_by(Trabajo.tipo)
    )
