"""Jobs as the pages show them: with their oficio, who asked, and how long they took."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import undefer

from app.core.clock import start_of_day
from app.core.text import fold
from app.db import COUNTED, db, prepared, some_of
from app.jobs.models import Ejecucion, Trabajo
from app.jobs.registry import job_label
from app.jobs.rules import OPEN_STATES, WAITING_STATES, EstadoTrabajo, waited
from app.notificaciones.models import Notificacion
from app.oficios.models import Oficio
from app.trabajos.rules import BULK_LIMIT, DECISION_DAYS, QUIET_STATES, JobFilter
from app.usuarios.models import Usuario

#: Maximum number of words of a search.
_MAX_WORDS = 8
#: Jobs that the decisions are made of at most: what one click may change.
_MOST_UNDECIDED = BULK_LIMIT


@dataclass(frozen=True)
class TrabajoLine:
    """One job in a list."""

    trabajo: Trabajo
    numero_oficio: str | None
    pedido_por: str | None
    #: Seconds before its first attempt, and of its last one; None while there was none.
    espera: float | None
    duracion: float | None
    #: The notice that it sends.
    notificacion_id: int | None

    @property
    def label(self) -> str:
        """What it does."""
        return job_label(self.trabajo.tipo)

    @property
    def name(self) -> str:
        """What it does, and for which oficio."""
        return f"{self.label} de {self.numero_oficio}" if self.numero_oficio else self.label


def criteria(job_filter: JobFilter) -> list[sa.ColumnElement[bool]]:
    """The conditions of a filter, but for the state."""
    conditions: list[sa.ColumnElement[bool]] = []
    if job_filter.tipo:
        conditions.append(Trabajo.tipo == job_filter.tipo)
    if job_filter.oficio:
        words = fold(job_filter.oficio).split()[:_MAX_WORDS]
        fits = (Oficio.busqueda.contains(word, autoescape=True) for word in words)
        conditions.append(Trabajo.oficio_id.in_(sa.select(Oficio.id).where(*fits)))
    if job_filter.desde:
        conditions.append(Trabajo.created_at >= start_of_day(job_filter.desde))
    if job_filter.hasta:
        next_day = job_filter.hasta + timedelta(days=1)
        conditions.append(Trabajo.created_at < start_of_day(next_day))
    return conditions


def count_states(job_filter: JobFilter) -> dict[EstadoTrabajo, int]:
    """How many jobs stand in each state under the other filters, as ``count_some`` counts."""
    conditions = criteria(job_filter)
    found = sa.union_all(
        *(
            sa.select(
                some_of(sa.select(Trabajo.estado).where(*conditions, Trabajo.estado == estado))
                .subquery()
                .c.estado
            )
            for estado in EstadoTrabajo
        )
    ).subquery()
    rows = db.session.execute(sa.select(found.c.estado, sa.func.count()).group_by(found.c.estado))
    counts = dict.fromkeys(EstadoTrabajo, 0)
    for estado, number in rows:
        counts[estado] = number
    return counts


def count_jobs(job_filter: JobFilter) -> int:
    """How many jobs a filter finds, all of them."""
    rows = ids_statement(job_filter).order_by(None).subquery()
    return db.session.scalar(sa.select(sa.func.count()).select_from(rows)) or 0


def ids_statement(job_filter: JobFilter) -> sa.Select[str]:
    """The ids of what a filter finds, the newest first."""
    statement = sa.select(Trabajo.id).where(*criteria(job_filter))
    if job_filter.estado:
        statement = statement.where(Trabajo.estado == job_filter.estado)
    if job_filter.folds:
        statement = statement.where(sa.not_(_is_quiet()))
    return statement.order_by(Trabajo.created_at.desc(), Trabajo.id)


def _is_quiet() -> sa.ColumnElement[bool]:
    """Nobody asked for it, and nothing of it waits for somebody."""
    return sa.and_(Trabajo.usuario_id.is_(None), Trabajo.estado.in_(QUIET_STATES))


@dataclass(frozen=True)
class Folded:
    """The automatic jobs that the list tells in one line."""

    total: int
    #: None where there are more than are counted.
    first: datetime | None
    last: datetime | None


def count_folded() -> Folded:
    """What Rastro did by itself and nobody has to look at."""
    row = _folded.rows().one()
    return Folded(row.total, row.first if row.total <= COUNTED else None, row.last)


@prepared
def _folded() -> sa.Select:
    newest = sa.select(Trabajo.created_at).where(_is_quiet()).order_by(Trabajo.created_at.desc())
    rows = some_of(newest).subquery()
    return sa.select(
        sa.func.count().label("total"),
        sa.func.min(rows.c.created_at).label("first"),
        sa.func.max(rows.c.created_at).label("last"),
    )


@dataclass
class Decision:
    """Jobs that ended alike and wait for somebody: the newest first."""

    tipo: str
    estado: EstadoTrabajo
    error: str | None
    ids: list[str]
    oficio_id: int | None
    desde: datetime

    @property
    def label(self) -> str:
        """What they do."""
        return job_label(self.tipo)


def list_decisions(now: datetime) -> list[Decision]:
    """What failed or may have happened lately, by kind and cause, the newest first."""
    groups: dict[tuple[str, EstadoTrabajo, str | None], Decision] = {}
    for row in _undecided.rows(since=now - timedelta(days=DECISION_DAYS), most=_MOST_UNDECIDED):
        key = (row.tipo, row.estado, row.error)
        if key not in groups:
            groups[key] = Decision(*key, [], row.oficio_id, row.created_at)
        groups[key].ids.append(row.id)
        groups[key].desde = row.created_at
    return list(groups.values())


def count_decisions(now: datetime) -> int:
    """How many jobs wait for a decision."""
    return _undecided_number.rows(since=now - timedelta(days=DECISION_DAYS)).scalar_one()


def _wait_for_somebody() -> list[sa.ColumnElement[bool]]:
    return [
        Trabajo.estado.in_([EstadoTrabajo.FALLIDO, EstadoTrabajo.INCIERTA]),
        Trabajo.created_at >= sa.bindparam("since"),
    ]


@prepared
def _undecided_number() -> sa.Select:
    return sa.select(sa.func.count()).where(*_wait_for_somebody())


@prepared
def _undecided() -> sa.Select:
    return (
        sa.select(
            Trabajo.id,
            Trabajo.tipo,
            Trabajo.estado,
            Trabajo.error,
            Trabajo.oficio_id,
            Trabajo.created_at,
        )
        .where(*_wait_for_somebody())
        .order_by(Trabajo.created_at.desc(), Trabajo.id)
        .limit(sa.bindparam("most"))
    )


def oficio_ids_statement(oficio_id: int) -> sa.Select[str]:
    """The ids of the jobs of an oficio, the newest first."""
    return (
        sa.select(Trabajo.id)
        .where(Trabajo.oficio_id == oficio_id)
        .order_by(Trabajo.created_at.desc(), Trabajo.id)
    )


def list_lines(ids: Sequence[str] | sa.Select[str], *, now: datetime) -> list[TrabajoLine]:
    """Those jobs with what surrounds them, the newest first."""
    if isinstance(ids, sa.Select):
        rows = db.session.execute(_lines().where(Trabajo.id.in_(ids)))
    else:
        rows = db.session.execute(_lines_of(), {"ids": ids})
    return [
        TrabajoLine(
            trabajo=trabajo,
            numero_oficio=numero,
            pedido_por=nombre,
            espera=_wait(trabajo, start, now),
            duracion=((end or now) - start).total_seconds() if start else None,
            notificacion_id=notice,
        )
        for trabajo, numero, nombre, start, end, notice in rows
    ]


@cache
def _lines() -> sa.Select[*tuple[Any, ...]]:
    """Jobs with what surrounds them; written once."""
    return (
        sa.select(
            Trabajo,
            Oficio.numero_oficio,
            Usuario.nombre,
            Ejecucion.iniciado_at,
            Ejecucion.terminado_at,
            Notificacion.id,
        )
        .outerjoin(Oficio, Oficio.id == Trabajo.oficio_id)
        .outerjoin(Usuario, Usuario.id == Trabajo.usuario_id)
        .outerjoin(
            Ejecucion,
            sa.and_(Ejecucion.trabajo_id == Trabajo.id, Ejecucion.numero == Trabajo.intentos),
        )
        .outerjoin(
            Notificacion,
            sa.and_(
                Notificacion.oficio_id == Trabajo.oficio_id, Notificacion.trabajo_id == Trabajo.id
            ),
        )
        .order_by(Trabajo.created_at.desc(), Trabajo.id)
    )


@cache
def _lines_of() -> sa.Select[*tuple[Any, ...]]:
    return _lines().where(Trabajo.id.in_(sa.bindparam("ids", expanding=True)))


def find_line(trabajo_id: str, *, now: datetime) -> TrabajoLine | None:
    """One job, by its id."""
    lines = list_lines([trabajo_id], now=now)
    return lines[0] if lines else None


def count_open(oficio_id: int) -> sa.Select[int]:
    """Return the SQL statement that counts the open jobs of an oficio."""
    return sa.select(sa.func.count()).where(
        Trabajo.oficio_id == oficio_id, Trabajo.estado.in_(OPEN_STATES)
    )


def list_attempts(trabajo_id: str) -> list[Ejecucion]:
    """All attempts at a job with their tracebacks, the first one first."""
    return list(
        db.session.scalars(
            sa.select(Ejecucion)
            .where(Ejecucion.trabajo_id == trabajo_id)
            .order_by(Ejecucion.id)
            .options(undefer(Ejecucion.traza))
        )
    )


def attempts_of(ids: Sequence[str]) -> dict[str, list[Ejecucion]]:
    """The attempts at each of some jobs, without their tracebacks."""
    found: dict[str, list[Ejecucion]] = {trabajo_id: [] for trabajo_id in ids}
    statement = sa.select(Ejecucion).where(Ejecucion.trabajo_id.in_(ids)).order_by(Ejecucion.id)
    for attempt in db.session.scalars(statement):
        found[attempt.trabajo_id].append(attempt)
    return found


def names_of(usuario_ids: Sequence[int]) -> list[str]:
    """The names of some people."""
    statement = sa.select(Usuario.nombre).where(Usuario.id.in_(usuario_ids))
    return list(db.session.scalars(statement.order_by(Usuario.nombre)))


def _wait(trabajo: Trabajo, attempt_at: datetime | None, now: datetime) -> float | None:
    """Seconds that a job waited; of one that nobody worked at yet and that is due, until now."""
    if trabajo.intentos == 0:
        is_for_later = trabajo.iniciado_at is None and trabajo.ejecutar_desde > now
        if trabajo.estado not in WAITING_STATES or is_for_later:
            return None
        return max(0.0, (now - trabajo.created_at).total_seconds())
    if trabajo.iniciado_at is None:
        return None
    first = attempt_at if trabajo.intentos == 1 else None
    return waited(trabajo.created_at, trabajo.ejecutar_desde, trabajo.iniciado_at, first)
