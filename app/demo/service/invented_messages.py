"""What the demonstration's first buffet and the office wrote to each other, and who has a link."""

from __future__ import annotations

from datetime import datetime, timedelta

import sqlalchemy as sa

from app.buffets.models import Buffet, Enlace
from app.buffets.service import LINK_LIFE
from app.core.link_signature import new_selector
from app.db import db
from app.mensajes.rules import ClaseMensaje
from app.mensajes.service import AutorDelBuffet, write_from_buffet, write_to_buffet
from app.notificaciones.models import Notificacion
from app.notificaciones.rules import EstadoNotificacion
from app.oficios.models import Oficio
from app.oficios.rules import Estado
from app.usuarios.models import Usuario

#: Name, address, for how many days it has been there, how often it was opened.
_PEOPLE = (
    ("Laura Sepúlveda, abogada", "laura@buffetgonzalez.example", 40, 17),
    ("Pedro Lagos, procurador", "pedro@buffetgonzalez.example", 12, 3),
    ("Inés Vidal, que ya no está", "ines@buffetgonzalez.example", 200, 58),
)


def exchange_messages(admin_id: int, investigador_id: int, now: datetime) -> None:
    """A question and a request that wait for the buffet, one that waits for the office, one that
    waits to be released, and one that was answered.
    """
    buffet = db.session.scalars(sa.select(Buffet).order_by(Buffet.id)).first()
    if buffet is None:
        return
    laura = _give_links(buffet, now)
    admin = db.session.get_one(Usuario, admin_id)
    investigador = db.session.get_one(Usuario, investigador_id)
    searched = _cases(buffet, Estado.INVESTIGACION)
    waiting = _cases(buffet, Estado.NOTIFICACION)
    autor = AutorDelBuffet(enlace=laura)

    def ago(hours: float) -> datetime:
        return now - timedelta(hours=hours)

    for oficio in waiting[:1]:
        write_to_buffet(
            oficio,
            "El vehículo está en un recinto privado: para retirarlo falta la orden del tribunal.",
            ClaseMensaje.ORDEN,
            actor=admin,
            now=ago(26),
        )
    if len(searched) > 1:
        asked = "¿Sigue vigente el domicilio que trae la demanda? Los vecinos dicen que se mudó."
        write_to_buffet(searched[0], asked, ClaseMensaje.PREGUNTA, actor=admin, now=ago(3))
        first = write_from_buffet(
            searched[1],
            "¿Ya visitaron el lugar de trabajo?",
            ClaseMensaje.PREGUNTA,
            autor=autor,
            now=ago(50),
        )
        write_to_buffet(
            searched[1],
            "Sí, el martes. El informe queda en los hitos cuando se ubique.",
            ClaseMensaje.INFORMA,
            actor=admin,
            now=ago(47),
            answers=first,
        )
    if len(searched) > 2:
        write_from_buffet(
            searched[2],
            "La causa se suspende hasta el viernes: ¿pueden esperar?",
            ClaseMensaje.PREGUNTA,
            autor=autor,
            now=ago(5),
        )
        write_to_buffet(
            searched[2],
            "De acuerdo, la búsqueda queda en espera hasta el viernes.",
            ClaseMensaje.INFORMA,
            actor=investigador,
            now=ago(1),
        )
    _count_as_sent()


def _give_links(buffet: Buffet, now: datetime) -> Enlace:
    """Links of three people; no mail goes out for them. Returns the first."""
    rows = [
        Enlace(
            buffet_id=buffet.id,
            etiqueta=etiqueta,
            email=email,
            selector=new_selector(),
            created_at=now - timedelta(days=days),
            expira_at=now - timedelta(days=days) + LINK_LIFE,
            usos=opened,
            ultimo_uso_at=now - timedelta(hours=opened),
        )
        for etiqueta, email, days, opened in _PEOPLE
    ]
    db.session.add_all(rows)
    db.session.flush()
    db.session.expire(buffet, ["enlaces"])
    return rows[0]


def _cases(buffet: Buffet, estado: Estado) -> list[Oficio]:
    statement = (
        sa.select(Oficio)
        .where(Oficio.buffet_id == buffet.id, Oficio.estado == estado)
        .order_by(Oficio.ultima_actividad_at.desc(), Oficio.id)
    )
    return list(db.session.scalars(statement))


def _count_as_sent() -> None:
    """Let the mails about these messages be of their day: the demo's mailbox begins empty."""
    ordered = sa.select(Notificacion).where(
        Notificacion.estado == EstadoNotificacion.PENDIENTE, Notificacion.clave.like("mensaje:%")
    )
    for notice in db.session.scalars(ordered):
        notice.estado, notice.enviada_at = EstadoNotificacion.ENVIADA, notice.created_at
    db.session.flush()
