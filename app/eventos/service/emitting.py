"""Events are stored in the transaction of the deed, and their ids follow the commits' order."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.orm import Session

from app.db import db, insert_many
from app.eventos.models import Entrega, Evento
from app.eventos.permissions import message_for_buffet
from app.eventos.queries import webhooks_for
from app.eventos.rules import WEBHOOK_KINDS, TipoEvento
from app.feature import asked_above
from app.jobs.queue import enqueue

#: The name of the job that tells a webhook.
DELIVER = "eventos.entregar"
#: From so many events on they are inserted as rows, as those of a list's cases.
_MANY = 20
_EVENTOS = Evento.metadata.tables[Evento.__tablename__]
#: Arbitrary key of the PostgreSQL advisory lock that serialises writers of events.
_LOCK = 7_246_001


@asked_above
def follow_cases(oficio_ids: Collection[int], *, now: datetime) -> int:
    """Bring up to date what follows from these cases, as the last deed of the transaction.

    Called with the cases of which something was emitted, or that ``touch_cases`` named. Returns how
    many rows that changed.
    """
    return 0


def touch_cases(oficio_ids: Iterable[int], *, now: datetime) -> None:
    """Say that something changed that follows from cases, of which nobody else is told."""
    pending = _pending()
    pending.touched.update(oficio_ids)
    pending.now = now


@dataclass
class _Pending:
    """What a transaction has to tell when it commits."""

    owner: Any
    events: list[dict[str, Any]] = field(default_factory=list)
    touched: set[int] = field(default_factory=set)
    now: datetime | None = None


def _pending() -> _Pending:
    session = db.session()
    pending: _Pending | None = session.info.get("eventos")
    if pending is None or pending.owner is not session.get_transaction():
        pending = session.info["eventos"] = _Pending(session.get_transaction())
    return pending


def emit(tipo: TipoEvento, *, oficio_id: int, buffet_id: int, now: datetime, **datos: Any) -> None:
    """Tell everybody who watches, if and only if the open transaction commits.

    ``datos`` are identifiers and states, never personal data. Several changes of an oficio in one
    transaction are one ``oficio.cambiado`` with the last data.
    """
    pending = _pending()
    pending.touched.add(oficio_id)
    pending.now = now
    if tipo is TipoEvento.CAMBIADO:
        same = (
            item
            for item in pending.events
            if (item["tipo"], item["oficio_id"]) == (tipo, oficio_id)
        )
        if known := next(same, None):
            known["datos"] = datos
            return
    pending.events.append(
        {
            "tipo": tipo,
            "oficio_id": oficio_id,
            "buffet_id": buffet_id,
            "datos": datos,
            "created_at": now,
        }
    )


@event.listens_for(Session, "before_commit")
def _store(session: Session) -> None:
    """Store what was emitted as the last deed of a transaction.

    On PostgreSQL two transactions could otherwise take ids in one order and commit in the other,
    and who reads on from the later id would never see the earlier one. The lock is taken last of
    all, so that nobody waits for a row while holding it.
    """
    pending: _Pending | None = session.info.get("eventos")
    if pending is None or pending.owner is not session.get_transaction():
        session.info.pop("eventos", None)
        return
    session.flush()
    if pending.touched and pending.now is not None:
        follow_cases(pending.touched, now=pending.now)
        session.flush()
    session.info.pop("eventos", None)
    if not pending.events:
        return
    if session.get_bind().dialect.name == "postgresql":
        session.execute(sa.select(sa.func.pg_advisory_xact_lock(_LOCK)))
    if len(pending.events) >= _MANY and not _watching(pending.events):
        # Nobody needs their ids: they follow the order of the rows.
        insert_many(_EVENTOS, pending.events)
        return
    eventos = [Evento(**values) for values in pending.events]
    session.add_all(eventos)
    session.flush()
    _order_deliveries([item for item in eventos if item.tipo in WEBHOOK_KINDS])


def _watching(events: Collection[Mapping[str, Any]]) -> bool:
    """Whether a webhook may want to hear of one of these events."""
    told = [one for one in events if one["tipo"] in WEBHOOK_KINDS]
    tipos, buffets = {one["tipo"] for one in told}, {one["buffet_id"] for one in told}
    return bool(told and webhooks_for(tipos, buffets))


def _order_deliveries(eventos: list[Evento]) -> None:
    """Put the deliveries of these events into the ledger, in the same transaction."""
    if not eventos:
        return
    hooks = webhooks_for({item.tipo for item in eventos}, {item.buffet_id for item in eventos})
    for hook in hooks:
        for item in eventos:
            if item.tipo.value in hook.tipos:
                message = message_for(describe(item), hook.buffet_id)
                if message is not None:
                    _order(hook.id, item, message)


def message_for(message: dict[str, Any], buffet_id: int | None) -> dict[str, Any] | None:
    """An event for the firm's own webhook (``buffet_id`` None) or for one of a buffet."""
    return message if buffet_id is None else message_for_buffet(message, buffet_id)


def _order(webhook_id: int, item: Evento, message: dict[str, Any]) -> None:
    entrega = Entrega(
        webhook_id=webhook_id,
        evento_id=item.id,
        tipo=item.tipo,
        cuerpo=json.dumps(message, ensure_ascii=False),
        created_at=item.created_at,
    )
    db.session.add(entrega)
    db.session.flush()
    trabajo = enqueue(
        DELIVER,
        key=f"{DELIVER}:{entrega.id}",
        now=item.created_at,
        args={"entrega_id": entrega.id},
        oficio_id=item.oficio_id,
    )
    entrega.trabajo_id = trabajo.id
    db.session.flush()


def describe(item: Evento) -> dict[str, Any]:
    """An event as programs read it, in a webhook and in the live stream alike."""
    return {
        "id": item.id,
        "tipo": item.tipo.value,
        "oficio_id": item.oficio_id,
        "buffet_id": item.buffet_id,
        "datos": item.datos,
        "created_at": item.created_at.isoformat(),
    }
