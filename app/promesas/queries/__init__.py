"""Reading how promises stand: of one case, of lists, and counted for reports."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from app.core.clock import start_of_day
from app.db import db
from app.oficios.models import Oficio
from app.oficios.rules import OPEN_STATES
from app.promesas.models import Compromiso, Pausa, Promesa
from app.promesas.rules import EstadoPromesa, SituacionPromesa, TipoPromesa, state_at

#: A promise of a case that is open: these are shown and looked for.
RUNNING = (SituacionPromesa.CORRE, SituacionPromesa.DETENIDA)


def list_commitments(oficio_id: int) -> list[Compromiso]:
    """How the promises of a case stand, in the order in which they are usually due."""
    rows = db.session.scalars(sa.select(Compromiso).where(Compromiso.oficio_id == oficio_id))
    order = list(TipoPromesa)
    return sorted(rows, key=lambda row: order.index(row.tipo))


def list_pauses(oficio_id: int) -> list[Pausa]:
    """When the clock of a case stood, the newest first, with who stopped and started it."""
    return list(db.session.scalars(pauses_statement(oficio_id)))


def find_open_pause(oficio_id: int) -> Pausa | None:
    """The pause in which the clock of a case stands now."""
    return db.session.scalar(
        sa.select(Pausa).where(Pausa.oficio_id == oficio_id, Pausa.hasta.is_(None))
    )


def pauses_statement(oficio_id: int) -> sa.Select[Pausa]:
    """The same, to be cut by whoever shows it."""
    return (
        sa.select(Pausa)
        .where(Pausa.oficio_id == oficio_id)
        .options(joinedload(Pausa.detenida_por), joinedload(Pausa.reanudada_por))
        .order_by(Pausa.desde.desc(), Pausa.id.desc())
    )


def count_commitments(oficio_id: int) -> sa.Select[int]:
    """How many promises of a case run, as the case page asks for all its counts at once."""
    return sa.select(sa.func.count(Compromiso.id)).where(
        Compromiso.oficio_id == oficio_id, Compromiso.situacion.in_(RUNNING)
    )


def has_state(estado: EstadoPromesa, now: datetime) -> sa.ColumnElement[bool]:
    """The condition of rows of ``Compromiso`` that stand so at a moment; an index finds them."""
    if estado is EstadoPromesa.VENCIDA:
        return sa.and_(Compromiso.situacion == SituacionPromesa.CORRE, Compromiso.vence_at <= now)
    if estado is EstadoPromesa.EN_RIESGO:
        return sa.and_(
            Compromiso.situacion == SituacionPromesa.CORRE,
            Compromiso.riesgo_at <= now,
            Compromiso.vence_at > now,
        )
    if estado is EstadoPromesa.EN_PLAZO:
        return sa.and_(
            Compromiso.situacion == SituacionPromesa.CORRE,
            Compromiso.vence_at > now,
            sa.or_(Compromiso.riesgo_at.is_(None), Compromiso.riesgo_at > now),
        )
    return Compromiso.situacion == SituacionPromesa(estado.value)


def cases_that(estado: EstadoPromesa, now: datetime) -> sa.Select[int]:
    """The cases of which a promise stands so at a moment: for ``Oficio.id.in_(…)``."""
    return sa.select(Compromiso.oficio_id).where(has_state(estado, now))


@dataclass(frozen=True)
class PromesaProxima:
    """A promise of an open case that is at risk or late."""

    id: int
    oficio_id: int
    buffet_id: int
    investigador_id: int | None
    tipo: TipoPromesa
    estado: EstadoPromesa
    vence_at: datetime


def list_pressing(now: datetime, *, limit: int | None = None) -> list[PromesaProxima]:
    """The promises of open cases that are at risk or late at a moment, the oldest due first.

    For whoever tells people of them: ``id`` and ``estado`` together name one thing to tell, once.
    """
    statement = (
        sa.select(Compromiso, Oficio.investigador_id)
        .join(Oficio, Oficio.id == Compromiso.oficio_id)
        .where(
            Oficio.estado.in_(OPEN_STATES),
            sa.or_(has_state(EstadoPromesa.EN_RIESGO, now), has_state(EstadoPromesa.VENCIDA, now)),
        )
        .order_by(Compromiso.vence_at, Compromiso.id)
        .limit(limit)
    )
    return [
        PromesaProxima(
            id=row.id,
            oficio_id=row.oficio_id,
            buffet_id=row.buffet_id,
            investigador_id=investigador_id,
            tipo=row.tipo,
            estado=standing_of(row, now),
            vence_at=row.vence_at,
        )
        for row, investigador_id in db.session.execute(statement)
        if row.vence_at is not None
    ]


def standing_of(row: Compromiso, now: datetime) -> EstadoPromesa:
    """How a promise stands at a moment."""
    return state_at(row.situacion, riesgo_at=row.riesgo_at, vence_at=row.vence_at, now=now)


def next_cases(after_id: int, *, buffet_id: int | None, limit: int) -> Sequence[int]:
    """The next cases whose promises are to be worked out anew, by their id.

    Of a buffet those that came in since something was promised to it, and those that have a
    promise; of all, those with a promise that is not decided.
    """
    cases = Oficio.__table__.c
    table = Compromiso.__table__.c
    if buffet_id is None:
        meant: sa.ColumnElement[bool] = cases.id.in_(
            sa.select(table.oficio_id).where(table.situacion.in_(RUNNING))
        )
    else:
        first = db.session.scalar(
            sa.select(sa.func.min(Promesa.desde)).where(Promesa.buffet_id == buffet_id)
        )
        if first is None:
            return []
        meant = sa.or_(
            sa.and_(cases.buffet_id == buffet_id, cases.created_at >= start_of_day(first)),
            cases.id.in_(sa.select(table.oficio_id).where(table.buffet_id == buffet_id)),
        )
    rows = db.session.scalars(
        sa.select(cases.id).where(cases.id > after_id, meant).order_by(cases.id).limit(limit)
    )
    return list(rows)


def commitments_of(oficio_ids: Collection[int]) -> dict[int, list[Compromiso]]:
    """How the promises of several cases stand, in one statement; cases without any are left out."""
    found: dict[int, list[Compromiso]] = {}
    order = list(TipoPromesa)
    for row in db.session.scalars(
        sa.select(Compromiso).where(Compromiso.oficio_id.in_(oficio_ids))
    ):
        found.setdefault(row.oficio_id, []).append(row)
    return {pk: sorted(rows, key=lambda row: order.index(row.tipo)) for pk, rows in found.items()}
