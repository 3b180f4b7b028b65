"""Reading look-ups, the jobs that make them, and the answers that prove them."""

from __future__ import annotations

from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import joinedload, undefer

from app.buffets.queries import sample_buffets
from app.core.clock import local_today
from app.db import db
from app.jobs.models import Trabajo
from app.jobs.rules import OPEN_STATES
from app.oficios.models import Investigacion, Oficio
from app.oficios.rules import Actividad, Estado

#: The name of the job in the ledger.
CHECK = "avistamientos.consultar"
#: That of the job which asks what vehicle a plate is.
VEHICLE_DATA = "consultas.vehiculo"
#: By how much the clocks of two machines may differ without a look-up being paid for twice: each
#: may be a quarter of an hour off, one behind and one ahead.
MACHINES_DIFFER = timedelta(minutes=30)


def find_open_check(oficio_id: int, tipo: str = CHECK) -> Trabajo | None:
    """The check of an oficio that waits or runs; with ``tipo``, the look-up of another kind."""
    return db.session.scalar(
        sa.select(Trabajo)
        .where(
            Trabajo.tipo == tipo, Trabajo.oficio_id == oficio_id, Trabajo.estado.in_(OPEN_STATES)
        )
        .order_by(Trabajo.created_at, Trabajo.id)
        .limit(1)
    )


def find_last_check(oficio_id: int, tipo: str = CHECK) -> Trabajo | None:
    """The newest check of an oficio, however it ended; with ``tipo``, of another kind."""
    return db.session.scalar(
        sa.select(Trabajo)
        .where(Trabajo.tipo == tipo, Trabajo.oficio_id == oficio_id)
        .order_by(Trabajo.created_at.desc(), Trabajo.id)
        .limit(1)
    )


def find_answer(oficio_id: int, entry_id: int) -> Investigacion | None:
    """An entry of a check with the raw answer that it keeps."""
    return db.session.scalar(
        sa.select(Investigacion)
        .where(
            Investigacion.id == entry_id,
            Investigacion.oficio_id == oficio_id,
            Investigacion.tipo == Actividad.CONSULTA_API,
        )
        .options(undefer(Investigacion.respuesta), joinedload(Investigacion.usuario))
    )


def find_last_entry(oficio_id: int) -> Investigacion | None:
    """The newest entry of a check."""
    return db.session.scalar(
        sa.select(Investigacion)
        .where(Investigacion.oficio_id == oficio_id, Investigacion.tipo == Actividad.CONSULTA_API)
        .order_by(Investigacion.ocurrido_at.desc(), Investigacion.id.desc())
        .limit(1)
    )


def list_due_for_check(now: datetime, *, every: timedelta, limit: int | None = None) -> list[int]:
    """The oficios in force that nobody checked for ``every``, the longest unchecked first.

    Those that were never checked come first, and one whose last check lies in the future, which
    a clock that ran ahead wrote, is due as well, unless it is so near that another machine may just
    have checked. Those with a check under way are left out.
    """
    waiting = sa.exists().where(
        Trabajo.tipo == CHECK, Trabajo.oficio_id == Oficio.id, Trabajo.estado.in_(OPEN_STATES)
    )
    last = Oficio.ultima_consulta_at
    statement = (
        sa.select(Oficio.id)
        .where(
            *_in_force(now),
            sa.or_(last.is_(None), last <= now - every, last > now + MACHINES_DIFFER),
            ~waiting,
        )
        .order_by(last.is_not(None), last, Oficio.id)
        .limit(limit)
    )
    return list(db.session.scalars(statement))


def count_in_force(now: datetime) -> int:
    """How many oficios may be looked up now."""
    return db.session.scalar(sa.select(sa.func.count(Oficio.id)).where(*_in_force(now))) or 0


def _in_force(now: datetime) -> tuple[sa.ColumnElement[bool], ...]:
    """In investigation, within the order's limit, and no example."""
    return (
        Oficio.estado == Estado.INVESTIGACION,
        sa.or_(Oficio.fecha_limite.is_(None), Oficio.fecha_limite >= local_today(now)),
        Oficio.buffet_id.not_in(sample_buffets()),
    )


def count_scheduled_checks(now: datetime) -> int:
    """How many checks wait for a later moment."""
    statement = sa.select(sa.func.count(Trabajo.id)).where(
        Trabajo.tipo == CHECK, Trabajo.estado.in_(OPEN_STATES), Trabajo.ejecutar_desde > now
    )
    return db.session.scalar(statement) or 0
