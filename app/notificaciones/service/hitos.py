"""Telling buffets of milestones by mail, each milestone once."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from app.avisos.models import Aviso
from app.buffets.models import Buffet
from app.db import db
from app.notificaciones.mails import HitoDeOficio, compose_milestones
from app.notificaciones.models import HitoInformado, Notificacion
from app.notificaciones.rules import EstadoNotificacion, TipoNotificacion
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
            clave=one.hito.clave,
            buffet_id=buffet.id,
            notificacion_id=notice.id,
            oficio_id=one.oficio.id,
            created_at=now,
        )
        for one in news
    )
    db.session.flush()
    return notice


#: Why a digest that was written is not sent.
WITHHELD = (
    "No se envió: uno de los casos que nombra se bloqueó mientras esperaba. Lo de los demás se "
    "informa en otro correo."
)


def withhold_digest(notice: Notificacion) -> None:
    """Do not send a mail of several cases of which one is blocked; the others are told anew."""
    notice.estado = EstadoNotificacion.FALLIDA
    notice.error = WITHHELD
    # Its key is that of the first milestone, which another mail will tell.
    notice.clave = f"retenido:{notice.id}"
    db.session.execute(
        sa.update(Aviso)
        .where(Aviso.notificacion_id == notice.id)
        .values(correo_at=None, notificacion_id=None)
        .execution_options(synchronize_session=False)
    )
    db.session.execute(
        sa.delete(HitoInformado)
        .where(HitoInformado.notificacion_id == notice.id)
        .execution_options(synchronize_session=False)
    )
    db.session.flush()
