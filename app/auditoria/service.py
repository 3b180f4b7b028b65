"""Writing down who did what."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any, Protocol

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from app.auditoria.models import Auditoria, Divulgacion, DivulgacionCaso
from app.auditoria.rules import CanalDivulgacion, find_origin
from app.db import after_commit, db, dispensable_transaction, insert_one


class Actor(Protocol):
    """Whoever acts: an account."""

    @property
    def id(self) -> Any:
        """Its number."""


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
    lugar, equipo = find_origin()
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
        "lugar": lugar,
        "equipo": equipo,
    }
    # On the connection: pages of a case write one, and nothing of the session is concerned.
    if not casos:
        insert_one(_TABLE, values, unless_known=True)
        return
    connection = db.session.connection()
    insert_look, insert_case = _INSERTS[connection.dialect.name]
    written = connection.execute(insert_look, values).scalar_one_or_none()
    if written is None:  # by its key it was there
        written = connection.execute(_KNOWN, {"clave": clave}).scalar_one()
    connection.execute(
        insert_case,
        [{"divulgacion_id": written, "oficio_id": each} for each in sorted(set(casos))],
    )


_TABLE = Divulgacion.metadata.tables[Divulgacion.__tablename__]
_CASES = DivulgacionCaso.metadata.tables[DivulgacionCaso.__tablename__]


def _inserts(insert: Any) -> tuple[Any, Any]:
    return (
        insert(_TABLE).on_conflict_do_nothing().returning(_TABLE.c.id),
        insert(_CASES).on_conflict_do_nothing(),
    )


# Built once: what a page writes down is a part of its time.
_INSERTS = {"postgresql": _inserts(postgresql.insert), "sqlite": _inserts(sqlite.insert)}
_KNOWN = sa.select(_TABLE.c.id).where(_TABLE.c.clave == sa.bindparam("clave"))
_NAMED = sa.select(_CASES.c.oficio_id).where(
    _CASES.c.divulgacion_id == sa.bindparam("divulgacion_id"),
    _CASES.c.oficio_id.in_(sa.bindparam("casos", expanding=True)),
)


def view_key(who: str, what: str, now: datetime) -> str:
    """What a look at something is recorded under: once for who looks, what, and each hour (UTC)."""
    # However long the rest is, the hour stays: a look that is older than it gets no cases any more.
    return f"{f'{who} {what}'[:106]} {now:%Y-%m-%dT%H}"


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
) -> bool:
    """Record a look in a transaction of its own, once for each who, what, case and hour.

    ``casos`` are those that a list showed; those of its other pages are added to the same look.
    What cannot be written, as the database is away or full, keeps nobody from looking: it is
    logged, the answer is False, and the next look tries again.
    """
    clave = look_key(que, who, oficio_id, now)
    account = Account(actor.id) if actor else None
    # Without a list the key itself tells; a list is written to again only for other cases.
    if casos and _is_written(clave, casos):
        return True
    done: list[str] = []
    with dispensable_transaction():
        record_disclosure(
            canal,
            que,
            destinatario,
            now=now,
            base=base,
            actor=account,
            oficio_id=oficio_id,
            buffet_id=buffet_id,
            clave=clave,
            casos=casos,
        )
        after_commit(partial(done.append, clave))
    return bool(done)


def look_key(que: str, who: str, oficio_id: int | None, now: datetime) -> str:
    """What a look is recorded under."""
    return view_key(who, f"{que[:60]} {oficio_id or ''}", now)


@dataclass(frozen=True)
class Account:
    """Who acts, by their number: once the read that loaded them has ended, nobody asks again."""

    id: int


def _is_written(clave: str, casos: Collection[int]) -> bool:
    """Whether a look, and each of its cases, stands there already."""
    connection = db.session.connection()
    known = connection.execute(_KNOWN, {"clave": clave}).scalar_one_or_none()
    if known is None:
        return False
    values = {"divulgacion_id": known, "casos": sorted(set(casos))}
    return len(connection.execute(_NAMED, values).all()) == len(set(casos))
