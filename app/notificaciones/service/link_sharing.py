"""The link of a notice goes another way than by mail, or ends before its time."""

from __future__ import annotations

from datetime import datetime

from app.auditoria.rules import CanalDivulgacion
from app.auditoria.service import audit, record_disclosure
from app.core.errors import Refused
from app.db import db
from app.notificaciones.models import Notificacion
from app.notificaciones.queries.receptor_answers import is_link_open
from app.oficios.models import Oficio
from app.oficios.rules import Actividad
from app.oficios.service import record
from app.usuarios.models import Usuario

_ENDED = "El enlace de este aviso ya no abre nada: envíe otro aviso."


def share_link(notice: Notificacion, *, actor: Usuario, now: datetime) -> None:
    """Write down that somebody was given the link of a notice, to hand it to its receptor.

    Whether it was sent then nobody here knows, and nothing says so.

    Raises:
        Refused: it opens nothing any more.
    """
    oficio = _locked(notice, now)
    who = notice.destinatario_nombre or notice.destinatario_email
    _record(oficio, notice, f"Enlace del aviso a {who} preparado para WhatsApp.", actor, now)
    audit(
        "enlace.compartido",
        actor=actor,
        now=now,
        entidad="notificacion",
        entidad_id=notice.id,
        oficio_id=oficio.id,
    )
    record_disclosure(
        CanalDivulgacion.RECEPTOR,
        f"Enlace del aviso n.º {notice.id}, para WhatsApp",
        notice.destinatario_email,
        now=now,
        actor=actor,
        oficio_id=oficio.id,
        buffet_id=oficio.buffet_id,
    )


def end_link(notice: Notificacion, *, actor: Usuario, now: datetime) -> None:
    """Let the link of a notice open nothing from now on, also that in its mail.

    Raises:
        Refused: it does already.
    """
    oficio = _locked(notice, now)
    notice.enlace_expira_at = now
    who = notice.destinatario_nombre or notice.destinatario_email
    _record(oficio, notice, f"Enlace del aviso a {who} anulado: ya no abre nada.", actor, now)
    audit(
        "enlace.anulado",
        actor=actor,
        now=now,
        entidad="notificacion",
        entidad_id=notice.id,
        oficio_id=oficio.id,
    )
    db.session.flush()


def _locked(notice: Notificacion, now: datetime) -> Oficio:
    oficio = db.session.get_one(
        Oficio, notice.oficio_id, with_for_update=True, populate_existing=True
    )
    db.session.refresh(notice)
    if not is_link_open(notice, now):
        raise Refused(_ENDED)
    return oficio


def _record(oficio: Oficio, notice: Notificacion, text: str, actor: Usuario, now: datetime) -> None:
    detalle = {"notificacion_id": notice.id}
    record(oficio, Actividad.NOTIFICACION, text, actor=actor, now=now, detalle=detalle)
