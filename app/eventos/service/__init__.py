"""What happens to webhooks and to their deliveries."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime

from app.auditoria.service import audit
from app.core.errors import Refused
from app.db import db
from app.eventos.models import Entrega, Evento, Webhook
from app.eventos.rules import EstadoEntrega, TipoEvento
from app.eventos.rules.webhook_signature import new_seed
from app.eventos.service.emitting import DELIVER
from app.jobs.models import Trabajo
from app.jobs.queue import enqueue
from app.usuarios.models import Usuario


@dataclass(frozen=True)
class WebhookData:
    """Who is told of what, where."""

    nombre: str
    url: str
    #: None: of every buffet.
    buffet_id: int | None
    tipos: tuple[TipoEvento, ...]


def create_webhook(data: WebhookData, *, actor: Usuario, now: datetime) -> Webhook:
    """Have an address told of events from now on."""
    hook = Webhook(
        nombre=data.nombre,
        url=data.url,
        buffet_id=data.buffet_id,
        tipos=[tipo.value for tipo in data.tipos],
        semilla=new_seed(),
        creado_por_id=actor.id,
        created_at=now,
    )
    db.session.add(hook)
    db.session.flush()
    _audit("webhook.creado", hook, actor, now)
    return hook


def update_webhook(hook: Webhook, data: WebhookData, *, actor: Usuario, now: datetime) -> None:
    """Change who is told of what, where; the secret stays."""
    hook.nombre = data.nombre
    hook.url = data.url
    hook.buffet_id = data.buffet_id
    hook.tipos = [tipo.value for tipo in data.tipos]
    _audit("webhook.modificado", hook, actor, now)
    db.session.flush()


def set_webhook_active(hook: Webhook, *, activo: bool, actor: Usuario, now: datetime) -> None:
    """Stop telling an address, or begin again; what happened in between is not made up for."""
    hook.activo = activo
    _audit("webhook.activado" if activo else "webhook.desactivado", hook, actor, now)
    db.session.flush()


def resend(entrega: Entrega, *, actor: Usuario, now: datetime) -> None:
    """Deliver the same message once more; its id tells the receiver that it is the same.

    Raises:
        Refused: it is under way, or its webhook is switched off.
    """
    if entrega.estado is EstadoEntrega.PENDIENTE:
        raise Refused("Esta entrega está en curso: no hace falta reenviarla.")
    if not entrega.webhook.activo:
        raise Refused("El webhook está desactivado: actívelo antes de reenviar.")
    evento = db.session.get(Evento, entrega.evento_id)
    entrega.estado = EstadoEntrega.PENDIENTE
    entrega.error = None
    entrega.trabajo_id = enqueue(
        DELIVER,
        key=f"{DELIVER}:{entrega.id}:{secrets.token_hex(4)}",
        now=now,
        args={"entrega_id": entrega.id},
        oficio_id=evento.oficio_id if evento else None,
        usuario_id=actor.id,
    ).id
    db.session.flush()


def note_attempt(entrega: Entrega, estado: int | None, error: str | None) -> None:
    """Write down what came of an attempt that did not get there."""
    entrega.intentos += 1
    entrega.respuesta_estado = estado
    entrega.error = error
    db.session.flush()


def mark_delivered(entrega: Entrega, estado: int, *, now: datetime) -> None:
    """The receiver answered 2xx."""
    note_attempt(entrega, estado, None)
    entrega.estado = EstadoEntrega.ENTREGADA
    entrega.entregada_at = now
    db.session.flush()


def give_up(trabajo: Trabajo, cause: str, _now: datetime) -> None:
    """No more attempts; a person may resend it."""
    entrega = db.session.get(Entrega, trabajo.argumentos["entrega_id"])
    if entrega is not None and entrega.estado is EstadoEntrega.PENDIENTE:
        entrega.estado = EstadoEntrega.FALLIDA
        entrega.error = cause
        db.session.flush()


def _audit(accion: str, hook: Webhook, actor: Usuario, now: datetime) -> None:
    audit(accion, actor=actor, now=now, entidad="webhook", entidad_id=hook.id)
