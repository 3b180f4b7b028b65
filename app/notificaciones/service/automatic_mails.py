"""Mails that nobody writes by hand: to people of the firm and to buffets, through the ledger."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime

from app.avisos.models import Aviso
from app.buffets.models import Buffet
from app.buffets.rules import SAMPLE_REFUSAL
from app.core.errors import Refused
from app.db import db
from app.notificaciones.mails import Composed, can_mail, compose_notices, mail_domain
from app.notificaciones.models import Notificacion
from app.notificaciones.queries import find_by_key
from app.notificaciones.rules import TipoNotificacion
from app.notificaciones.service.notices import order_sending
from app.usuarios.models import Usuario


def order_mail(
    tipo: TipoNotificacion,
    composed: Composed,
    *,
    email: str,
    nombre: str | None,
    clave: str,
    now: datetime,
    oficio_id: int | None = None,
    buffet_id: int | None = None,
) -> Notificacion:
    """Have a mail sent once for each ``clave``, in the caller's transaction.

    Raises:
        Refused: it is for the firm of the examples.
    """
    existing = find_by_key(clave)
    if existing is not None:
        return existing
    buffet = db.session.get(Buffet, buffet_id) if buffet_id is not None else None
    if buffet is not None and buffet.is_sample:
        raise Refused(SAMPLE_REFUSAL)
    notice = Notificacion(
        oficio_id=oficio_id,
        buffet_id=buffet_id,
        tipo=tipo,
        destinatario_nombre=nombre,
        destinatario_email=email,
        asunto=composed.asunto,
        cuerpo_texto=composed.texto,
        cuerpo_html=composed.html,
        message_id=f"<{secrets.token_hex(8)}@{mail_domain()}>",
        clave=clave,
        created_at=now,
    )
    db.session.add(notice)
    db.session.flush()
    notice.message_id = f"<notificacion-{notice.id}.{notice.message_id[1:]}"
    order_sending(notice, f"notificacion:{notice.id}", None, now)
    return notice


def mail_notices(
    usuario: Usuario, rows: Sequence[Aviso], *, is_digest: bool, now: datetime
) -> int | None:
    """Order the one mail that tells a person of the firm of these; None without a mail server."""
    if not can_mail():
        return None
    cases = {row.oficio_id for row in rows}
    return order_mail(
        TipoNotificacion.INTERNA,
        compose_notices(usuario, rows, is_digest=is_digest),
        email=usuario.email,
        nombre=usuario.nombre,
        clave=f"avisos:{usuario.id}:{rows[0].id}:{rows[-1].id}",
        now=now,
        oficio_id=cases.pop() if len(cases) == 1 else None,
    ).id
