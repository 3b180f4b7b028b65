"""Copies that left the application, whose files nobody can search."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from app.auditoria.models import Auditoria
from app.db import db
from app.usuarios.models import Usuario

#: How the deeds are called after which somebody has a file with rows of many cases.
_EXPORTED = "%.exportad%"
_MOST = 100


@dataclass(frozen=True)
class Salida:
    """A file with rows of many cases that somebody took with them."""

    accion: str
    quien: str | None
    created_at: datetime


def find_exports(since: datetime) -> list[Salida]:
    """The exports since a moment, the newest first: the person may be in them."""
    statement = (
        sa.select(Auditoria.accion, Usuario.nombre, Auditoria.created_at)
        .outerjoin(Usuario, Usuario.id == Auditoria.usuario_id)
        .where(Auditoria.accion.like(_EXPORTED), Auditoria.created_at >= since)
        .order_by(Auditoria.id.desc())
        .limit(_MOST)
    )
    return [Salida(*row) for row in db.session.execute(statement)]
