"""Mails that nobody writes by hand: to people of the firm and to buffets, through the ledger."""

from __future__ import annotations

import secrets
from datetime import datetime

from app.avisos.service import tell
from app.db import db
from app.notificaciones.mails import Composed, compose_internal, mail_domain
from app.notificaciones.models import Notificacion
from app.notificaciones.queries import find_by_key
from app.notificaciones.rules import TipoNotificacion
from app.notificaciones.service.notices import order_sending
from app.oficios.models import Oficio
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
    """Have a mail sent once for each ``clave``, in the caller's transaction."""
    existing = find_by_key(clave)
    if existing is not None:
        return existing
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


def tell_people(
    oficio: Oficio,
    others: list[Usuario | None],
    texto: str,
    *,
    path: str,
    accion: str,
    clave: str,
    now: datetime,
) -> None:
    """Tell whoever has the oficio, or else these others: with the bell, by mail if they want it.

    ``path`` is the page where it can be acted on and ``accion`` the words of the button to it.
    """
    for usuario in _who_to_tell([oficio.investigador, *others]):
        told = tell(
            usuario,
            texto,
            url=path,
            accion=accion,
            clave=clave,
            now=now,
            oficio_id=oficio.id,
        )
        if told and usuario.avisos_por_correo:
            order_mail(
                TipoNotificacion.INTERNA,
                compose_internal(texto, path=path, accion=accion, nombre=usuario.nombre),
                email=usuario.email,
                nombre=usuario.nombre,
                clave=f"{clave}:{usuario.id}",
                now=now,
                oficio_id=oficio.id,
            )


def _who_to_tell(candidates: list[Usuario | None]) -> list[Usuario]:
    """The first of them who still has an account."""
    return [one for one in candidates if one is not None and one.activo and one.is_staff][:1]
