"""Reading issued expedientes, and the chronology that goes into one."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from app.adjuntos.models import Adjunto
from app.adjuntos.queries import list_approved
from app.core.clock import is_ahead_of, utcnow
from app.db import db
from app.informes.models import Expediente
from app.informes.rules import EstadoExpediente, Variante
from app.jobs.models import Trabajo
from app.jobs.rules import OPEN_STATES
from app.oficios.models import Investigacion, Oficio
from app.oficios.queries import timeline_statement


def list_expedientes(oficio_id: int, variante: Variante | None = None) -> list[Expediente]:
    """The expedientes of a case, newest first, whether or not they were issued."""
    statement = (
        sa.select(Expediente)
        .where(Expediente.oficio_id == oficio_id)
        .options(joinedload(Expediente.trabajo), joinedload(Expediente.solicitado_por))
        .order_by(Expediente.id.desc())
    )
    if variante is not None:
        statement = statement.where(Expediente.variante == variante)
    return list(db.session.scalars(statement))


def count_issued(oficio_id: int) -> sa.Select[int]:
    """Return the SQL statement that counts the issued expedientes of a case."""
    return sa.select(sa.func.count(Expediente.id)).where(
        Expediente.oficio_id == oficio_id, Expediente.sha256.is_not(None)
    )


def find_open(oficio_id: int, variante: Variante) -> Expediente | None:
    """The expediente of that kind that is being made right now."""
    return db.session.scalar(
        sa.select(Expediente)
        .join(Trabajo, Trabajo.id == Expediente.trabajo_id)
        .where(
            Expediente.oficio_id == oficio_id,
            Expediente.variante == variante,
            Expediente.sha256.is_(None),
            Trabajo.estado.in_(OPEN_STATES),
        )
        .limit(1)
    )


def find_for_buffet(oficio: Oficio) -> Expediente | None:
    """What the buffet of a closed case gets: its newest expediente since the case was closed.

    One that is being made counts; of an open case there is none. One with a photo that is no longer
    approved, or from before the rule of what a buffet may read, is not handed out again.

    Where a clock that ran ahead dated the closing, its hour decides nothing.
    """
    if not oficio.estado.is_final:
        return None
    is_dated = not is_ahead_of(oficio.estado_desde, utcnow())
    for expediente in list_expedientes(oficio.id, Variante.BUFFET):
        started = expediente.emitido_at or expediente.created_at
        if (
            (started >= oficio.estado_desde or not is_dated)
            and expediente.estado is not EstadoExpediente.FALLIDO
            and is_approved(expediente)
        ):
            return expediente
    return None


def is_approved(expediente: Expediente) -> bool:
    """Whether all that an expediente for a buffet shows is still approved for it."""
    if not expediente.solo_aprobado:
        return False
    shown = {row["adjunto_id"] for row in expediente.originales}
    return shown <= {photo.id for photo in list_approved(expediente.oficio_id)}


def find_by_code(codigo: str) -> Expediente | None:
    """The issued expediente of a code."""
    return db.session.scalar(
        sa.select(Expediente).where(Expediente.codigo == codigo, Expediente.sha256.is_not(None))
    )


def find_by_hash(sha256: str) -> Expediente | None:
    """The issued expediente whose PDF has that hash."""
    return db.session.scalar(sa.select(Expediente).where(Expediente.sha256 == sha256))


def find_later(expediente: Expediente) -> Expediente | None:
    """The newest expediente of the same case and kind, when it is a later one."""
    newest = db.session.scalar(
        sa.select(Expediente)
        .where(
            Expediente.oficio_id == expediente.oficio_id,
            Expediente.variante == expediente.variante,
            Expediente.sha256.is_not(None),
        )
        .order_by(Expediente.emitido_at.desc(), Expediente.id.desc())
        .limit(1)
    )
    return None if newest is None or newest.id == expediente.id else newest


def storages_of(expediente: Expediente) -> dict[int, str]:
    """Which storage has each original now, by the id of its adjunto: files move."""
    ids = [row["adjunto_id"] for row in expediente.originales]
    rows = db.session.execute(sa.select(Adjunto.id, Adjunto.almacen).where(Adjunto.id.in_(ids)))
    return dict(iter(rows))


def list_entries(oficio_id: int) -> list[Investigacion]:
    """The whole bitácora, oldest first."""
    return list(reversed(db.session.scalars(timeline_statement(oficio_id)).all()))
