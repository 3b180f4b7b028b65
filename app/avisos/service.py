"""Telling people, and noting that they know."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from app.avisos.models import Aviso
from app.db import db
from app.usuarios.models import Usuario


def tell(
    usuario: Usuario,
    texto: str,
    *,
    url: str,
    accion: str,
    clave: str,
    now: datetime,
    oficio_id: int | None = None,
) -> bool:
    """Tell a person something, once for each ``clave``. False: they were told before.

    ``url`` is a path of this application, ``accion`` the words of the button that leads there.
    """
    known = sa.select(Aviso.id).where(Aviso.usuario_id == usuario.id, Aviso.clave == clave)
    if db.session.scalar(known) is not None:
        return False
    db.session.add(
        Aviso(
            usuario_id=usuario.id,
            oficio_id=oficio_id,
            texto=texto[:500],
            url=url,
            accion=accion,
            clave=clave,
            created_at=now,
        )
    )
    db.session.flush()
    return True


def tell_owner(usuario: Usuario, texto: str, *, clave: str, now: datetime) -> None:
    """Tell a person what happened to their account; the button leads to it."""
    tell(usuario, texto, url="/cuenta", accion="Ver mi cuenta", clave=clave, now=now)


def mark_read(aviso: Aviso, *, now: datetime) -> None:
    """Its person opened it."""
    if aviso.leido_at is None:
        aviso.leido_at = now
        db.session.flush()


def mark_all_read(usuario_id: int, *, now: datetime) -> None:
    """Mark all avisos of a person as read."""
    db.session.execute(
        sa.update(Aviso)
        .where(Aviso.usuario_id == usuario_id, Aviso.leido_at.is_(None))
        .values(leido_at=now)
    )
    db.session.flush()
