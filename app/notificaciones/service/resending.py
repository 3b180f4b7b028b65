"""Sending a mail again, of whatever kind: only on purpose, and asked for twice."""

from __future__ import annotations

import secrets
from datetime import datetime

from app.core.dates import format_fecha_hora
from app.core.errors import Refused
from app.core.link_signature import new_selector
from app.db import db
from app.notificaciones.mails import mail_domain, receptor_path
from app.notificaciones.models import Notificacion
from app.notificaciones.queries import find_newest_copy
from app.notificaciones.rules import (
    COPY_KEY,
    LINK_LIFE,
    MOVING,
    AskedOnce,
    EstadoNotificacion,
    TipoNotificacion,
    describe_lacking,
)
from app.notificaciones.service.notices import order_sending
from app.oficios.models import Oficio
from app.usuarios.models import Usuario


def describe_resend(notice: Notificacion) -> str:
    """What is known of a mail that somebody wants to send again, and what a notice lacks."""
    known = _describe_outcome(notice)
    if notice.tipo is not TipoNotificacion.RECEPTOR_JUDICIAL:
        return known
    return f"{known} {describe_lacking(notice.cuerpo_texto, len(notice.adjuntos))}".rstrip()


def _describe_outcome(notice: Notificacion) -> str:
    if notice.estado is EstadoNotificacion.FALLIDA:
        return "Este correo no salió: se intenta otra vez el mismo, sin cambios."
    if notice.estado is EstadoNotificacion.INCIERTA:
        return (
            "Este correo puede haber llegado: el servidor lo recibió o el envío se interrumpió. "
            "Pregunte primero; si lo envía otra vez, puede llegar dos veces."
        )
    when = format_fecha_hora(notice.enviada_at or notice.created_at)
    return f"Este correo ya se envió el {when}: si lo envía otra vez, llega una copia igual."


def resend_notice(
    notice: Notificacion, *, confirmed: bool, actor: Usuario, now: datetime
) -> Notificacion:
    """Send the same mail again after it failed, although it may have arrived, or although it did.

    One that was sent stays as it is, and a copy goes out beside it; pressed twice, it is one copy.
    Returns what is being sent.

    Raises:
        AskedOnce: nobody said yes a second time.
        Refused: it is on its way, it is a receptor's of a case that is closed, or it shows a
            photo that was taken out of the case.
    """
    db.session.refresh(notice, with_for_update=True)
    if notice.estado in MOVING:
        raise Refused(
            f"Este correo está «{notice.estado.label.lower()}»: espere a ver qué pasa con él."
        )
    if _is_over(notice):
        raise Refused("El caso está cerrado: el receptor ya no podría abrir el enlace del correo.")
    if any(adjunto.eliminado_at is not None for adjunto in notice.adjuntos):
        raise Refused(
            "Una foto de este correo se eliminó del caso después: escriba un aviso nuevo sin ella."
        )
    if not confirmed:
        raise AskedOnce(describe_resend(notice))
    if notice.estado is EstadoNotificacion.ENVIADA:
        return _send_copy(notice, actor, now)
    notice.estado = EstadoNotificacion.PENDIENTE
    notice.error = None
    notice.enviando_at = None
    if notice.selector:
        notice.enlace_expira_at = now + LINK_LIFE
    order_sending(notice, f"notificacion:{notice.id}:{secrets.token_hex(4)}", actor, now)
    return notice


def _is_over(notice: Notificacion) -> bool:
    """Whether a receptor could no longer act on it."""
    if notice.tipo is not TipoNotificacion.RECEPTOR_JUDICIAL:
        return False
    return db.session.get_one(Oficio, notice.oficio_id).estado.is_final


def _send_copy(notice: Notificacion, actor: Usuario, now: datetime) -> Notificacion:
    newest = find_newest_copy(notice.id)
    if newest is not None and newest.estado in MOVING:
        return newest
    number = 1 + int(newest.clave.rpartition("-")[2]) if newest and newest.clave else 1
    selector = new_selector() if notice.selector else None
    texto, html = notice.cuerpo_texto, notice.cuerpo_html
    if notice.selector and selector:
        # Each copy has a link of its own, so that what is answered is known to be its answer.
        old, new = receptor_path(notice.selector), receptor_path(selector)
        texto, html = texto.replace(old, new), html.replace(old, new)
    token = secrets.token_hex(8)
    copy = Notificacion(
        oficio_id=notice.oficio_id,
        buffet_id=notice.buffet_id,
        tipo=notice.tipo,
        receptor_id=notice.receptor_id,
        destinatario_nombre=notice.destinatario_nombre,
        destinatario_email=notice.destinatario_email,
        cc_email=notice.cc_email,
        responder_a=notice.responder_a,
        asunto=notice.asunto,
        mensaje_adicional=notice.mensaje_adicional,
        cuerpo_texto=texto,
        cuerpo_html=html,
        message_id=f"<{token}@{mail_domain()}>",
        clave=f"{COPY_KEY}{notice.id}-{number}",
        usuario_id=actor.id,
        created_at=now,
        adjuntos=list(notice.adjuntos),
        adjuntos_enlace=notice.adjuntos_enlace,
        selector=selector,
        enlace_expira_at=now + LINK_LIFE if selector else None,
        recordatorio_de_id=notice.recordatorio_de_id,
    )
    db.session.add(copy)
    db.session.flush()
    copy.message_id = f"<notificacion-{copy.id}.{token}@{mail_domain()}>"
    order_sending(copy, f"notificacion:{copy.id}", actor, now)
    return copy
