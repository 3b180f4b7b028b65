"""Reading notices, mails and previews."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import joinedload, selectinload, undefer

from app.adjuntos.models import Adjunto
from app.ajustes.queries import number_setting
from app.db import db, prepared
from app.jobs.models import Trabajo
from app.jobs.rules import EstadoTrabajo
from app.notificaciones.models import (
    Borrador,
    Notificacion,
    Plantilla,
)
from app.notificaciones.rules import (
    COPY_KEY,
    MAX_MAIL_MB,
    UNSETTLED,
    EstadoNotificacion,
    TipoNotificacion,
    is_key,
)
from app.notificaciones.rules.plantillas import POR_DEFECTO, Textos
from app.oficios.models import Oficio

#: The one template that can be edited.
PLANTILLA_RECEPTOR = "receptor"


@dataclass(frozen=True)
class NoticeLine:
    """A notice in the list, and when it is tried again by itself."""

    notice: Notificacion
    proximo_intento: datetime | None

    @classmethod
    def of(
        cls, notice: Notificacion, when: datetime | None, estado: EstadoTrabajo | None
    ) -> NoticeLine:
        """From a row of ``notices_statement``."""
        return cls(notice, when if estado is EstadoTrabajo.PROGRAMADO else None)


def notices_statement(oficio_id: int) -> sa.Select:
    """The notices of a case, newest first, with the moment and the state of their jobs."""
    return (
        sa.select(Notificacion, Trabajo.ejecutar_desde, Trabajo.estado)
        .outerjoin(Trabajo, Trabajo.id == Notificacion.trabajo_id)
        .where(Notificacion.oficio_id == oficio_id)
        .options(
            joinedload(Notificacion.usuario),
            selectinload(Notificacion.adjuntos),
            selectinload(Notificacion.respuestas),
        )
        .order_by(Notificacion.created_at.desc(), Notificacion.id.desc())
    )


def list_notices(oficio_id: int) -> list[NoticeLine]:
    """The notices of a case, newest first."""
    return [NoticeLine.of(*row) for row in db.session.execute(notices_statement(oficio_id))]


def find_notice_line(oficio_id: int, notificacion_id: int) -> NoticeLine | None:
    """A notice of that case, and of no other, and when it is tried again."""
    statement = notices_statement(oficio_id).where(Notificacion.id == notificacion_id)
    row = db.session.execute(statement).one_or_none()
    return NoticeLine.of(*row) if row else None


def count_notices(oficio_id: int) -> sa.Select[int]:
    """Return the SQL statement that counts the notices of a case."""
    return (
        sa.select(sa.func.count())
        .select_from(Notificacion)
        .where(Notificacion.oficio_id == oficio_id)
    )


def find_notice(oficio_id: int, notificacion_id: int) -> Notificacion | None:
    """A notice of that case, and of no other, with its contents."""
    return db.session.scalar(
        sa.select(Notificacion)
        .where(Notificacion.id == notificacion_id, Notificacion.oficio_id == oficio_id)
        .options(undefer(Notificacion.cuerpo_texto), undefer(Notificacion.cuerpo_html))
    )


def find_by_key(clave: str) -> Notificacion | None:
    """What a form that was sent before has become."""
    return db.session.scalar(sa.select(Notificacion).where(Notificacion.clave == clave))


def find_newest_copy(notificacion_id: int) -> Notificacion | None:
    """The newest copy of a sent mail that somebody had sent again."""
    return db.session.scalar(
        sa.select(Notificacion)
        .where(Notificacion.clave.like(f"{COPY_KEY}{notificacion_id}-%"))
        .order_by(Notificacion.id.desc())
        .limit(1)
    )


def find_mail(notificacion_id: int) -> Notificacion | None:
    """A mail of any case or of none, with its contents."""
    return db.session.scalar(
        sa.select(Notificacion)
        .where(Notificacion.id == notificacion_id)
        .options(undefer(Notificacion.cuerpo_texto), undefer(Notificacion.cuerpo_html))
    )


def mails_statement(view: str, buffet_id: int | None = None) -> sa.Select:
    """Mails with the number of their oficio, newest first.

    ``view`` is ``problemas`` (failed or uncertain), ``sin_caso`` (of no one oficio) or anything
    else for all.
    """
    statement: sa.Select = (
        sa.select(Notificacion, Oficio.numero_oficio, Trabajo.ejecutar_desde, Trabajo.estado)
        .outerjoin(Oficio, Oficio.id == Notificacion.oficio_id)
        .outerjoin(Trabajo, Trabajo.id == Notificacion.trabajo_id)
        .options(joinedload(Notificacion.usuario))
        .order_by(Notificacion.created_at.desc(), Notificacion.id.desc())
    )
    if view == "problemas":
        statement = statement.where(Notificacion.estado.in_(UNSETTLED))
    elif view == "sin_caso":
        statement = statement.where(Notificacion.oficio_id.is_(None))
    if buffet_id is not None:
        statement = statement.where(Notificacion.buffet_id == buffet_id)
    return statement


def count_unsettled() -> int:
    """How many mails failed or may not have arrived, and wait for somebody to decide."""
    return _unsettled.rows().scalar_one()


@prepared
def _unsettled() -> sa.Select[int]:
    statement = sa.select(sa.func.count()).select_from(Notificacion)
    return statement.where(Notificacion.estado.in_(UNSETTLED))


def find_draft(oficio_id: int, clave: str) -> Borrador | None:
    """A preview of that case, and of no other; none under what is no key."""
    if not is_key(clave):
        return None
    return db.session.scalar(
        sa.select(Borrador).where(Borrador.clave == clave, Borrador.oficio_id == oficio_id)
    )


def find_earlier(oficio_id: int, email: str) -> Notificacion | None:
    """The newest notice of this case that reached, or may yet reach, that address."""
    return db.session.scalar(
        sa.select(Notificacion)
        .where(
            Notificacion.oficio_id == oficio_id,
            Notificacion.tipo == TipoNotificacion.RECEPTOR_JUDICIAL,
            sa.func.lower(Notificacion.destinatario_email) == email.lower(),
            Notificacion.estado != EstadoNotificacion.FALLIDA,
        )
        .order_by(Notificacion.id.desc())
        .limit(1)
    )


def list_photos(oficio_id: int, ids: list[int]) -> list[Adjunto]:
    """Those of the given photos that this case has, in the order that they were taken up."""
    statement = sa.select(Adjunto).where(
        Adjunto.id.in_(ids), Adjunto.oficio_id == oficio_id, Adjunto.eliminado_at.is_(None)
    )
    return [row for row in db.session.scalars(statement.order_by(Adjunto.id)) if row.is_image]


def current_textos() -> Textos:
    """The words around the facts of a notice, as an admin wrote them or as the product brings."""
    row = db.session.get(Plantilla, PLANTILLA_RECEPTOR)
    if row is None:
        return POR_DEFECTO
    return Textos(row.asunto, row.saludo, row.introduccion, row.despedida)


def max_mail_bytes() -> int:
    """How large a mail may be on the wire, photos included."""
    return number_setting(MAX_MAIL_MB) * 1024 * 1024
