"""What happens to webhooks and to their deliveries."""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from app.auditoria.rules import CanalDivulgacion
from app.auditoria.service import OFFICE_BASIS, ORDER_BASIS, audit, record_disclosure
from app.core.errors import Refused
from app.db import db
from app.eventos.models import Entrega, Evento, Webhook
from app.eventos.rules import EstadoEntrega, TipoEvento
from app.eventos.rules.webhook_signature import new_seed
from app.eventos.service.emitting import DELIVER
from app.jobs.models import Trabajo
from app.jobs.queue import enqueue
from app.usuarios.models import Usuario

#: Why a message is not sent, or not sent again.
NOT_TOLD = (
    "De este evento ya no se avisa: el caso está bloqueado o borrado, o el evento tiene más de "
    "30 días."
)


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
        Refused: it is under way, its webhook is switched off, or the event may not be told of.
    """
    if entrega.estado is EstadoEntrega.PENDIENTE:
        raise Refused("Esta entrega está en curso: no hace falta reenviarla.")
    if not entrega.webhook.activo:
        raise Refused("El webhook está desactivado: actívelo antes de reenviar.")
    evento = db.session.get(Evento, entrega.evento_id)
    if evento is None:
        raise Refused(NOT_TOLD)
    entrega.estado = EstadoEntrega.PENDIENTE
    entrega.error = None
    entrega.trabajo_id = enqueue(
        DELIVER,
        key=f"{DELIVER}:{entrega.id}:{secrets.token_hex(4)}",
        now=now,
        args={"entrega_id": entrega.id},
        oficio_id=evento.oficio_id,
        usuario_id=actor.id,
    ).id
    db.session.flush()


def note_attempt(entrega: Entrega, estado: int | None, error: str | None, *, now: datetime) -> None:
    """Write down what came of an attempt; a server that answered has read the message.

    That it left the house is recorded once, whatever the server answered.
    """
    entrega.intentos += 1
    entrega.respuesta_estado = estado
    entrega.error = error
    if estado is not None:
        _record_leaving(entrega, now)
    db.session.flush()


def _record_leaving(entrega: Entrega, now: datetime) -> None:
    hook = entrega.webhook
    told = json.loads(entrega.cuerpo)
    record_disclosure(
        CanalDivulgacion.WEBHOOK,
        f"Evento «{entrega.tipo.label}»",
        f"{hook.nombre} ({urlsplit(hook.url).hostname})",
        now=now,
        base=OFFICE_BASIS if hook.buffet_id is None else ORDER_BASIS,
        oficio_id=told["oficio_id"],
        buffet_id=told["buffet_id"],
        clave=f"entrega {entrega.id}",
    )


def mark_delivered(entrega: Entrega, estado: int, *, now: datetime) -> None:
    """The receiver answered 2xx."""
    note_attempt(entrega, estado, None, now=now)
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
