"""Reading notices, previews and the directory of receptores judiciales."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import joinedload, selectinload, undefer

from app.adjuntos.models import Adjunto
from app.db import db
from app.jobs.models import Trabajo
from app.jobs.rules import EstadoTrabajo
from app.notificaciones.models import Borrador, Notificacion, Receptor
from app.notificaciones.rules import EstadoNotificacion, TipoNotificacion


@dataclass(frozen=True)
class NoticeLine:
    """A notice in the list, and when it is tried again by itself."""

    notice: Notificacion
    proximo_intento: datetime | None


def list_notices(oficio_id: int) -> list[NoticeLine]:
    """The notices of a case, newest first."""
    rows = db.session.execute(
        sa.select(Notificacion, Trabajo.ejecutar_desde, Trabajo.estado)
        .outerjoin(Trabajo, Trabajo.id == Notificacion.trabajo_id)
        .where(Notificacion.oficio_id == oficio_id)
        .options(joinedload(Notificacion.usuario), selectinload(Notificacion.adjuntos))
        .order_by(Notificacion.created_at.desc(), Notificacion.id.desc())
    )
    return [
        NoticeLine(notice, when if estado is EstadoTrabajo.PROGRAMADO else None)
        for notice, when, estado in rows
    ]


def count_notices(oficio_id: int) -> int:
    """How many notices a case has."""
    return (
        db.session.scalar(
            sa.select(sa.func.count())
            .select_from(Notificacion)
            .where(Notificacion.oficio_id == oficio_id)
        )
        or 0
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


def find_draft(oficio_id: int, clave: str) -> Borrador | None:
    """A preview of that case, and of no other."""
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


def list_receptores() -> list[Receptor]:
    """The receptores that a notice may be sent to, by name."""
    statement = sa.select(Receptor).where(Receptor.activo).order_by(Receptor.nombre, Receptor.id)
    return list(db.session.scalars(statement))


def receptores_statement() -> sa.Select[Receptor]:
    """The whole directory, those in use first."""
    return sa.select(Receptor).order_by(Receptor.activo.desc(), Receptor.nombre, Receptor.id)


def find_receptor_by_email(email: str) -> Receptor | None:
    """The receptor of an address, whatever its case."""
    return db.session.scalar(sa.select(Receptor).where(Receptor.email == email.lower()))
