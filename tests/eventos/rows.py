"""What programs outside have to do with a case: a key, a webhook and a delivery to it."""

from __future__ import annotations

from flask import Flask

from app.api.rules import Alcance, new_key
from app.api.service import create_key
from app.core.clock import utcnow
from app.db import db, transaction
from app.eventos.models import Entrega
from app.eventos.rules import EstadoEntrega, TipoEvento
from app.eventos.service import WebhookData, create_webhook
from app.usuarios.models import Usuario


def make_outside(app: Flask, admin: Usuario, evento_id: int = 1) -> dict[str, int]:
    """The ids of a key, a webhook and a failed delivery."""
    with app.app_context(), transaction():
        actor, now = db.session.get_one(Usuario, admin.id), utcnow()
        clave = create_key("Prueba", actor, {Alcance.LECTURA}, new_key(), actor=actor, now=now)
        data = WebhookData("Prueba", "https://aviso.example", None, (TipoEvento.CERRADO,))
        hook = create_webhook(data, actor=actor, now=now)
        entrega = Entrega(
            webhook_id=hook.id,
            evento_id=evento_id,
            tipo=TipoEvento.CERRADO,
            cuerpo="{}",
            estado=EstadoEntrega.FALLIDA,
            error="El servidor respondió 500.",
        )
        db.session.add(entrega)
        db.session.flush()
        return {"clave_id": clave.id, "webhook_id": hook.id, "entrega_id": entrega.id}
