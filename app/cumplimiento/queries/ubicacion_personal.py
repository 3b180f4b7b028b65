"""Versions of what the office tells its people of their position, and who read them."""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from app.cumplimiento.models.ubicacion_personal import InformacionUbicacion, LecturaUbicacion
from app.db import db, prepared
from app.usuarios.models import Usuario
from app.usuarios.rules import Rol


class Lector(NamedTuple):
    """A person of the firm, and the last version that they read."""

    nombre: str
    numero: int | None
    leida_at: datetime | None


def find_information() -> InformacionUbicacion | None:
    """The newest version."""
    return db.session.scalar(
        sa.select(InformacionUbicacion).order_by(InformacionUbicacion.numero.desc()).limit(1)
    )


def list_versions() -> list[InformacionUbicacion]:
    """All versions, the newest first, with who published them."""
    statement = sa.select(InformacionUbicacion).options(
        joinedload(InformacionUbicacion.publicada_por)
    )
    return list(db.session.scalars(statement.order_by(InformacionUbicacion.numero.desc())))


def has_unread(usuario_id: int) -> bool:
    """Whether the newest version was not read by a person; False while there is none."""
    return bool(_unread.rows(usuario_id=usuario_id).scalar_one_or_none())


@prepared
def _unread(usuario_id: Any) -> sa.Select[int]:
    newest = sa.select(sa.func.max(InformacionUbicacion.id)).scalar_subquery()
    read = sa.exists().where(
        LecturaUbicacion.informacion_id == InformacionUbicacion.id,
        LecturaUbicacion.usuario_id == usuario_id,
    )
    return sa.select(InformacionUbicacion.id).where(InformacionUbicacion.id == newest, ~read)


def find_reading(usuario_id: int, informacion_id: int) -> LecturaUbicacion | None:
    """That a person read a version."""
    return db.session.scalar(
        sa.select(LecturaUbicacion).where(
            LecturaUbicacion.usuario_id == usuario_id,
            LecturaUbicacion.informacion_id == informacion_id,
        )
    )


def list_readers() -> list[Lector]:
    """Every active person of the firm, with what they read last."""
    last = (
        sa.select(
            LecturaUbicacion.usuario_id, sa.func.max(LecturaUbicacion.informacion_id).label("id")
        )
        .group_by(LecturaUbicacion.usuario_id)
        .subquery()
    )
    statement = (
        sa.select(Usuario.nombre, InformacionUbicacion.numero, LecturaUbicacion.leida_at)
        .outerjoin(last, last.c.usuario_id == Usuario.id)
        .outerjoin(InformacionUbicacion, InformacionUbicacion.id == last.c.id)
        .outerjoin(
            LecturaUbicacion,
            sa.and_(
                LecturaUbicacion.usuario_id == Usuario.id,
                LecturaUbicacion.informacion_id == last.c.id,
            ),
        )
        .where(Usuario.activo, Usuario.rol.in_((Rol.ADMIN, Rol.INVESTIGADOR)))
        .order_by(Usuario.nombre, Usuario.id)
    )
    return [Lector(*row) for row in db.session.execute(statement)]
