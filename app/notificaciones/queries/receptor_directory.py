"""The directory of receptores judiciales, and who of it a case concerns."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.orm import selectinload

from app.core.clock import SANTIAGO
from app.core.tribunales import find_tribunal
from app.db import db
from app.direcciones.models import Direccion
from app.notificaciones.models import (
    Notificacion,
    Receptor,
)
from app.notificaciones.rules import (
    EstadoNotificacion,
)
from app.notificaciones.rules.sources import find_location
from app.oficios.models import Oficio


def list_receptores() -> list[Receptor]:
    """The receptores that a notice may be sent to, by name."""
    statement = sa.select(Receptor).where(Receptor.activo).order_by(Receptor.nombre, Receptor.id)
    return list(db.session.scalars(statement))


def receptores_statement() -> sa.Select[Receptor]:
    """The whole directory, those in use first."""
    return sa.select(Receptor).order_by(Receptor.activo.desc(), Receptor.nombre, Receptor.id)


def suggest_receptores(tribunal: str | None) -> list[Receptor]:
    """The active receptores who act in the court of that name, however it is written."""
    court = find_tribunal(tribunal) if tribunal else None
    if court is None:
        return []
    return [one for one in list_receptores() if court.pjud_id in one.tribunales_pjud]


def told_receptor_ids(oficio_id: int) -> set[int]:
    """The receptores of the directory who were sent, or are being sent, a notice of this case."""
    statement = sa.select(Notificacion.receptor_id).where(
        Notificacion.oficio_id == oficio_id,
        Notificacion.receptor_id.is_not(None),
        Notificacion.estado != EstadoNotificacion.FALLIDA,
    )
    return {pk for pk in db.session.scalars(statement) if pk is not None}


def list_notices_of_receptor(receptor_id: int) -> list[tuple[Notificacion, str]]:
    """What a receptor was sent, newest first, each with the number of its oficio."""
    rows = db.session.execute(
        sa.select(Notificacion, Oficio.numero_oficio)
        .join(Oficio, Oficio.id == Notificacion.oficio_id)
        .where(Notificacion.receptor_id == receptor_id)
        .options(selectinload(Notificacion.respuestas))
        .order_by(Notificacion.created_at.desc(), Notificacion.id.desc())
        .limit(50)
    )
    return [(notice, numero) for notice, numero in rows]


def find_receptor_by_email(email: str) -> Receptor | None:
    """The receptor of an address, whatever its case."""
    return db.session.scalar(sa.select(Receptor).where(Receptor.email == email.lower()))


def case_zone(oficio_id: int | None) -> ZoneInfo:
    """The zone in which a receptor goes about a case: of where it was found, else of its address.

    Of several addresses the last that was verified; Santiago's while nobody knows any.
    """
    if oficio_id is None:
        return SANTIAGO
    location = find_location(oficio_id)
    if location is not None:
        return location.zona
    place = db.session.scalar(
        sa.select(Direccion)
        .where(Direccion.oficio_id == oficio_id)
        .order_by(
            Direccion.verificada.desc(),
            Direccion.verificada_at.is_(None),
            Direccion.verificada_at.desc(),
            Direccion.id,
        )
        .limit(1)
    )
    return place.zona if place else SANTIAGO
