"""Whether the ledger's work gets done: consumers that beat, the minute's sweep, a short queue."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

import sqlalchemy as sa

from app.core.clock import is_ahead_of, is_within, utcnow
from app.core.dates import format_duracion
from app.db import Prepared, UtcDateTime, db, prepared
from app.jobs.models import Consumidor, Trabajo
from app.jobs.rules import EstadoTrabajo
from app.jobs.service import SILENCE

#: The ledger is swept once a minute; longer without means that the scheduler hangs.
SWEEP_LIMIT = timedelta(minutes=3)
#: A heartbeat that lies further ahead was written by a clock that was wrong.
BEAT_SKEW = timedelta(seconds=5)
#: A job that is due and waits for longer: more comes in than gets done.
QUEUE_LIMIT = timedelta(minutes=5)


@dataclass(frozen=True)
class Pulse:
    """How the ledger's work goes at a moment."""

    now: datetime
    consumers: int
    threads: int
    #: The last sign of life of any consumer; None when there never was one.
    heard_at: datetime | None
    swept_at: datetime | None
    #: Jobs that could start now, and since when the first of them could.
    due: int
    due_since: datetime | None

    @property
    def is_alive(self) -> bool:
        """Whether any consumer was heard of lately."""
        return self.consumers > 0

    @property
    def is_swept(self) -> bool:
        """Whether somebody looked lately for what repeats and for what nobody was woken for."""
        return self.swept_at is not None and is_within(self.swept_at, self.now, SWEEP_LIMIT)

    @property
    def is_queue_growing(self) -> bool:
        """Whether a job that is due has waited for too long."""
        return self.due_since is not None and self.now - self.due_since > QUEUE_LIMIT

    def problems(self) -> list[str]:
        """What an admin has to know, in sentences that say what to do; the cause alone if known."""
        if not self.is_alive:
            since = f" desde hace {_span(self.now - self.heard_at)}" if self.heard_at else ""
            return [
                f"Nadie está haciendo los trabajos: el proceso que los ejecuta no responde{since}. "
                "Reinicie Rastro; nada se pierde."
            ]
        told = []
        if not self.is_swept:
            told.append(
                f"Hace más de {SWEEP_LIMIT.seconds // 60} minutos que nadie revisa qué trabajos "
                "tocan: se atrasan los reintentos y las consultas automáticas. Reinicie Rastro; "
                "nada se pierde."
            )
        if self.is_queue_growing and self.due_since:
            jobs = "1 trabajo espera" if self.due == 1 else f"{self.due} trabajos esperan"
            told.append(
                f"La cola crece: {jobs} su turno, el primero desde hace "
                f"{_span(self.now - self.due_since)}. Si no baja, suba WORKER_THREADS en la "
                "configuración y reinicie Rastro."
            )
        return told


def clock_ahead() -> timedelta:
    """How far this machine's clock runs ahead of the database's; zero on SQLite.

    SQLite has no clock of its own: it runs on this machine.
    """
    if db.engine.dialect.name != "postgresql":
        return timedelta(0)
    theirs: datetime = db.session.execute(sa.select(sa.func.clock_timestamp())).scalar_one()
    return utcnow() - theirs.astimezone(UTC)


def take_pulse(now: datetime) -> Pulse:
    """Look at the ledger: one query that stays cheap however long its history is.

    Ages are told by the database's clock, so that machines with different clocks agree.
    """
    rows = _pulse(db.engine.dialect.name).rows(now=now, ahead=now - utcnow()).all()
    now = rows[0].now
    consumers = [row for row in rows if row.hilos is not None]
    alive = [row for row in consumers if is_heard(row, now)]
    # A consumer sweeps when it starts, before it has a row to note it in.
    swept = [_by_database(row.iniciado_at, row) for row in alive]
    swept += [
        _by_database(row.ultimo_barrido_at, row) for row in consumers if row.ultimo_barrido_at
    ]
    heard = [_by_database(row.ultimo_latido_at, row) for row in consumers]
    return Pulse(
        now=now,
        consumers=len(alive),
        threads=sum(row.hilos for row in alive),
        heard_at=_newest(heard, now),
        swept_at=_newest(swept, now),
        due=rows[0].due,
        due_since=rows[0].due_since,
    )


@cache
def _pulse(dialect: str) -> Prepared[*tuple[Any, ...]]:
    """The question of ``take_pulse``, written once: every page of an admin asks it."""
    return prepared(lambda: _write_pulse(dialect))


def _write_pulse(dialect: str) -> sa.Select[*tuple[Any, ...]]:
    shared = _on_shared_clock(dialect)
    queue = (
        sa.select(
            sa.func.count().label("due"), sa.func.min(Trabajo.ejecutar_desde).label("due_since")
        )
        .where(
            sa.or_(
                Trabajo.estado == EstadoTrabajo.PENDIENTE,
                sa.and_(
                    Trabajo.estado == EstadoTrabajo.PROGRAMADO, Trabajo.ejecutar_desde <= shared
                ),
            )
        )
        .subquery()
    )
    return sa.select(
        queue,
        shared.label("now"),
        Consumidor.hilos,
        Consumidor.iniciado_at,
        Consumidor.ultimo_latido_at,
        Consumidor.ultimo_barrido_at,
        Consumidor.desfase_s,
    ).select_from(sa.outerjoin(queue, Consumidor, sa.true()))


def _on_shared_clock(dialect: str) -> sa.ColumnElement[datetime]:
    """The moment ``now`` of this machine's clock by that of the database, worked out by itself.

    On PostgreSQL the statement's time, which is the same for all rows and can be sought in an
    index, and how far ``now`` is ``ahead`` of this machine's clock; on SQLite this machine's clock
    is the database's.
    """
    if dialect != "postgresql":
        return sa.bindparam("now", type_=UtcDateTime())
    theirs = sa.func.statement_timestamp(type_=UtcDateTime())
    ahead = sa.bindparam("ahead", type_=sa.Interval())
    return sa.type_coerce(theirs + ahead, UtcDateTime())


def is_heard(consumidor: Consumidor | sa.Row[Any], now: datetime) -> bool:
    """Whether a consumer gave a sign of life lately.

    A heartbeat from the future is none: it was written by a clock that ran ahead, and says nothing
    of when.
    """
    age = now - _by_database(consumidor.ultimo_latido_at, consumidor)
    return -BEAT_SKEW <= age <= SILENCE


def _by_database(moment: datetime, consumidor: Consumidor | sa.Row[Any]) -> datetime:
    """A moment of a consumer's clock by that of the database, which all machines share."""
    return moment - timedelta(seconds=consumidor.desfase_s)


def _newest(moments: list[datetime], now: datetime) -> datetime | None:
    """Return the newest moment that does not lie in the future; None without any."""
    return max((moment for moment in moments if not is_ahead_of(moment, now)), default=None)


def _span(span: timedelta) -> str:
    return format_duracion(span.total_seconds())
