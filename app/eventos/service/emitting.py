"""Events are stored in the transaction of the deed, and their ids follow the commits' order."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.orm import Session

from app.db import db
from app.eventos.models import Entrega, Evento
from app.eventos.permissions import message_for_buffet
from app.eventos.queries import webhooks_for
from app.eventos.rules import WEBHOOK_KINDS, TipoEvento
from app.jobs.queue import enqueue

#: The name of the job that tells a webhook.
DELIVER = "eventos.entregar"
#: Arbitrary key of the PostgreSQL advisory lock that serialises writers of events.
_LOCK = 7_246_001


def emit(tipo: TipoEvento, *, oficio_id: int, buffet_id: int, now: datetime, **datos: Any) -> None:
    """Tell everybody who watches, if and only if the open transaction commits.

    ``datos`` are identifiers and states, never personal data. Several changes of an oficio in one
    transaction are one ``oficio.cambiado`` with the last data.
    """
    session = db.session()
    owner, pending = session.info.get("eventos", (None, []))
    if owner is None or owner is not session.get_transaction():
        pending = []
        session.info["eventos"] = (session.get_transaction(), pending)
    if tipo is TipoEvento.CAMBIADO:
        same = (item for item in pending if (item["tipo"], item["oficio_id"]) == (tipo, oficio_id))
        if known := next(same, None):
            known["datos"] = datos
            return
    pending.append(
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
    owner, pending = session.info.pop("eventos", (None, []))
    if not pending or owner is not session.get_transaction():
        return
    session.flush()
    if session.get_bind().dialect.name == "postgresql":
        session.execute(sa.select(sa.func.pg_advisory_xact_lock(_LOCK)))
    eventos = [Evento(**values) for values in pending]
    session.add_all(eventos)
    session.flush()
    _order_deliveries([item for item in eventos if item.tipo in WEBHOOK_KINDS])


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
