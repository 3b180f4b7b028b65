"""Reading one's notices."""

from __future__ import annotations

import sqlalchemy as sa

from app.avisos.models import Aviso
from app.db import db


def avisos_statement(usuario_id: int) -> sa.Select[Aviso]:
    """Everything that a person was told, newest first."""
    return (
        sa.select(Aviso)
        .where(Aviso.usuario_id == usuario_id)
        .order_by(Aviso.created_at.desc(), Aviso.id.desc())
    )


def count_unread(usuario_id: int) -> int:
    """How many a person has not opened yet."""
    statement = sa.select(sa.func.count()).where(
        Aviso.usuario_id == usuario_id, Aviso.leido_at.is_(None)
    )
    return db.session.scalar(statement) or 0


def find_aviso(usuario_id: int, aviso_id: int) -> Aviso | None:
    """One of that person's, and of nobody else's."""
    return db.session.scalar(
        sa.select(Aviso).where(Aviso.id == aviso_id, Aviso.usuario_id == usuario_id)
    )
