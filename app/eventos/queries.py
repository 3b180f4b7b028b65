"""Reading what happened, from a place in it on."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from app.db import db, delete_in_parts
from app.eventos.models import Entrega, Evento, Webhook
from app.eventos.rules import TipoEvento


def list_since(last_id: int, *, buffet_id: int | None = None, limit: int = 100) -> list[Evento]:
    """The events after one, oldest first; of one buffet, or of all.

    Ids follow the order of the commits, so none appears later behind one that was read.
    """
    statement = sa.select(Evento).where(Evento.id > last_id).order_by(Evento.id).limit(limit)
    if buffet_id is not None:
        statement = statement.where(Evento.buffet_id == buffet_id)
    return list(db.session.scalars(statement))


def list_ids_from(first_id: int) -> set[int]:
    """The ids of the events from one on, of cases that may be told of now."""
    return set(db.session.scalars(sa.select(Evento.id).where(Evento.id >= first_id)))


def last_id() -> int:
    """The id of the newest event; 0 before the first one."""
    return db.session.scalar(sa.select(sa.func.max(Evento.id))) or 0


def first_id() -> int | None:
    """The id of the oldest event that is still kept."""
    return db.session.scalar(sa.select(sa.func.min(Evento.id)))


def list_webhooks() -> list[Webhook]:
    """All webhooks, the newest first."""
    return list(db.session.scalars(sa.select(Webhook).order_by(Webhook.id.desc())))


def webhooks_for(tipos: set[TipoEvento], buffet_ids: set[int]) -> list[Webhook]:
    """The active webhooks that may want to hear of events of these buffets."""
    statement = sa.select(Webhook).where(
        Webhook.activo, sa.or_(Webhook.buffet_id.is_(None), Webhook.buffet_id.in_(buffet_ids))
    )
    wanted = {tipo.value for tipo in tipos}
    return [hook for hook in db.session.scalars(statement) if wanted & set(hook.tipos)]


def entregas_statement(webhook_id: int) -> sa.Select[Entrega]:
    """The deliveries to a webhook, newest first."""
    return (
        sa.select(Entrega)
        .where(Entrega.webhook_id == webhook_id)
        .order_by(Entrega.created_at.desc(), Entrega.id.desc())
    )


def forget_before(moment: datetime) -> None:
    """Forget the events older than a moment, in transactions of their own."""
    delete_in_parts(Evento, Evento.created_at < moment)
