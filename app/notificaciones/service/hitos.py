"""Telling buffets of milestones by mail, each milestone once."""

from __future__ import annotations

from datetime import datetime

from app.buffets.models import Buffet
from app.db import db
from app.notificaciones.mails import HitoDeOficio, compose_milestones
from app.notificaciones.models import HitoInformado, Notificacion
from app.notificaciones.rules import TipoNotificacion
from app.notificaciones.service.automatic_mails import order_mail


def tell_buffet(
    buffet: Buffet, news: list[HitoDeOficio], *, weekly: bool, now: datetime
) -> Notificacion:
    """Order one mail with all the news, and note that they were told.

    Two workers at once: the second fails on the first milestone, stores nothing and finds nothing
    new when it is tried again.
    """
    oficios = {one.oficio.id for one in news}
    notice = order_mail(
        TipoNotificacion.BUFFET,
        compose_milestones(buffet, news, weekly=weekly),
        email=buffet.email_principal,
        nombre=buffet.contacto_nombre or buffet.nombre,
        clave=f"hitos:{news[0].hito.clave}",
        now=now,
        oficio_id=oficios.pop() if len(oficios) == 1 else None,
        buffet_id=buffet.id,
    )
    db.session.add_all(
        HitoInformado(
            clave=one.hito.clave, buffet_id=buffet.id, notificacion_id=notice.id, created_at=now
        )
        for one in news
    )
    db.session.flush()
    return notice
