"""Writing down who did what."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any, Protocol

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from app.auditoria.models import Auditoria, Divulgacion, DivulgacionCaso
from app.auditoria.rules import CanalDivulgacion
from app.db import db, dispensable_transaction


class Actor(Protocol):
    """Whoever acts: an account."""

    id: Any


def audit(
    accion: str,
    *,
    actor: Actor | None,
    now: datetime,
    entidad: str | None = None,
    entidad_id: int | None = None,
    oficio_id: int | None = None,
    **detalle: Any,
) -> None:
    """Write down a deed that concerns security or personal data, in the deed's transaction.

    ``oficio_id`` is the case that it concerns, whose *Historial* then shows it. ``detalle`` holds
    identifiers and small facts as JSON, never secrets or personal data.
    """
    db.session.add(
        Auditoria(
            accion=accion,
            usuario_id=actor.id if actor else None,
            entidad=entidad,
            entidad_id=entidad_id,
            oficio_id=oficio_id or (entidad_id if entidad == "oficio" else None),
            detalle=detalle,
            created_at=now,
        )
    )


#: The basis of what people of the office take out of here.
OFFICE_BASIS = "Uso de la propia oficina"
#: The basis of what a law firm or its receptor is shown of the firm's own cases.
ORDER_BASIS = "Encargo del buffet: ejercicio de derechos ante tribunales"


def record_disclosure(
    canal: CanalDivulgacion,
    que: str,
    destinatario: str,
    *,
    now: datetime,
    base: str = ORDER_BASIS,
    actor: Actor | None = None,
    oficio_id: int | None = None,
    buffet_id: int | None = None,
    cantidad: int = 1,
    clave: str | None = None,
    casos: Collection[int] = (),
) -> None:
    """Write down that data left the house, in the transaction of the deed: one insert.

    ``cantidad`` are the rows or files that went out. What has a ``clave`` is written once.
    ``casos`` are the cases that a list held, which costs one insert more.
    """
    values = {
        "canal": canal,
        "que": que[:200],
        "destinatario": destinatario[:254],
        "base": base,
        "oficio_id": oficio_id,
        "buffet_id": buffet_id,
        "usuario_id": actor.id if actor else None,
        "cantidad": cantidad,
        "clave": clave,
        "created_at": now,
    }
    written = db.session.execute(
        _insert(Divulgacion).values(**values).on_conflict_do_nothing().returning(Divulgacion.id)
    ).scalar_one_or_none()
    if casos:
        if written is None:  # by its key it was there
            known = sa.select(Divulgacion.id).where(Divulgacion.clave == clave)
            written = db.session.execute(known).scalar_one()
        db.session.execute(
            _insert(DivulgacionCaso).on_conflict_do_nothing(),
            [{"divulgacion_id": written, "oficio_id": each} for each in sorted(set(casos))],
        )


def _insert(model: Any) -> Any:
    is_postgresql = db.engine.dialect.name == "postgresql"
    return (postgresql.insert if is_postgresql else sqlite.insert)(model)


def view_key(who: str, what: str, now: datetime) -> str:
    """What a look at something is recorded under: once for who looks, what, and each hour (UTC)."""
    return f"{who} {what} {now:%Y-%m-%dT%H}"[:120]


def note_view(
    canal: CanalDivulgacion,
    que: str,
    destinatario: str,
    who: str,
    *,
    now: datetime,
    base: str = ORDER_BASIS,
    actor: Actor | None = None,
    oficio_id: int | None = None,
    buffet_id: int | None = None,
    casos: Collection[int] = (),
) -> None:
    """Record a look in a transaction of its own, once for each who, what, case and hour.

    ``casos`` are those that a list showed; those of its other pages are added to the same look.
    What cannot be written, as the database is away or full, keeps nobody from looking: it is
    logged, and the next look tries again.
    """
    clave = view_key(who, f"{que[:60]} {oficio_id or ''}", now)
    known = db.session.scalar(sa.select(Divulgacion.id).where(Divulgacion.clave == clave))
    if known is not None and not _unwritten(known, casos):
        return  # a read by an index; only the first look of an hour writes
    with dispensable_transaction():
        record_disclosure(
            canal,
            que,
            destinatario,
            now=now,
            base=base,
            actor=actor,
            oficio_id=oficio_id,
            buffet_id=buffet_id,
            clave=clave,
            casos=casos,
        )


def _unwritten(divulgacion_id: int, casos: Collection[int]) -> set[int]:
    """Those of the cases that a look does not name yet."""
    if not casos:
        return set()
    table = DivulgacionCaso.__table__
    named = sa.select(table.c.oficio_id).where(
        table.c.divulgacion_id == divulgacion_id, table.c.oficio_id.in_(casos)
    )
    return set(casos) - set(db.session.scalars(named))
