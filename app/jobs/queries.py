"""Looking into the ledger."""

from __future__ import annotations

import sqlalchemy as sa

from app.db import db
from app.jobs.models import Consumidor, Trabajo
from app.jobs.rules import OPEN_STATES, EstadoTrabajo


def trabajos_statement(
    estado: EstadoTrabajo | None = None, *, oficio_id: int | None = None
) -> sa.Select[Trabajo]:
    """Jobs, the newest first."""
    statement = sa.select(Trabajo).order_by(Trabajo.created_at.desc(), Trabajo.id)
    if estado is not None:
        statement = statement.where(Trabajo.estado == estado)
    if oficio_id is not None:
        statement = statement.where(Trabajo.oficio_id == oficio_id)
    return statement


def count_by_state() -> dict[EstadoTrabajo, int]:
    """How many jobs stand in each state."""
    rows = db.session.execute(sa.select(Trabajo.estado, sa.func.count()).group_by(Trabajo.estado))
    return {estado: int(amount) for estado, amount in rows}


def has_open_job(tipo: str, oficio_id: int) -> bool:
    """Whether a job of that kind is waiting or running for an oficio."""
    return (
        db.session.scalar(
            sa.select(Trabajo.id)
            .where(
                Trabajo.tipo == tipo,
                Trabajo.oficio_id == oficio_id,
                Trabajo.estado.in_(OPEN_STATES),
            )
            .limit(1)
        )
        is not None
    )


def list_consumers() -> list[Consumidor]:
    """The consumers heard of lately, the most recent first."""
    return list(
        db.session.scalars(sa.select(Consumidor).order_by(Consumidor.ultimo_latido_at.desc()))
    )
