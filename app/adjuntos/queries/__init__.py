"""Reading the files of an oficio. What was deleted is not listed."""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import contains_eager, joinedload

from app.adjuntos.models import Adjunto
from app.db import db, prepared
from app.direcciones.models import Direccion, Visita


def list_adjuntos(oficio_id: int) -> list[Adjunto]:
    """Photos and documents as people placed them; the others before them, newest first."""
    statement = (
        _of(oficio_id)
        .options(joinedload(Adjunto.usuario))
        .options(joinedload(Adjunto.visita).joinedload(Visita.direccion))
        .order_by(Adjunto.orden, Adjunto.created_at.desc(), Adjunto.id.desc())
    )
    return list(db.session.scalars(statement))


def list_visitas(oficio_id: int) -> list[Visita]:
    """The visits to the addresses of a case, newest first."""
    statement = (
        sa.select(Visita)
        .join(Visita.direccion)
        .where(Direccion.oficio_id == oficio_id)
        .options(contains_eager(Visita.direccion))
        .order_by(Visita.fecha_hora.desc(), Visita.id.desc())
    )
    return list(db.session.scalars(statement))


class NewPhoto(NamedTuple):
    """A photo as the *Resumen* of its case shows it."""

    id: int
    descripcion: str | None
    filename: str
    created_at: datetime


def list_newest(oficio_id: int, limit: int) -> list[NewPhoto]:
    """The photos that came in last, at most ``limit``."""
    return [NewPhoto(*row) for row in _newest.rows(oficio_id=oficio_id, most=limit)]


@prepared
def _newest(oficio_id: Any, most: Any) -> sa.Select:
    return (
        sa.select(*(getattr(Adjunto, name) for name in NewPhoto._fields))
        .where(
            Adjunto.oficio_id == oficio_id,
            Adjunto.eliminado_at.is_(None),
            Adjunto.miniatura_key.is_not(None),
        )
        .order_by(Adjunto.created_at.desc(), Adjunto.id.desc())
        .limit(most)
    )


def list_images(oficio_id: int) -> list[Adjunto]:
    """The files that have a picture to show or to send, newest first."""
    return [adjunto for adjunto in list_adjuntos(oficio_id) if adjunto.is_drawn]


def approved_statement(oficio_id: int) -> sa.Select[Adjunto]:
    """What ``permissions.is_for_buffet`` lets the buffet of a case see, as people placed it."""
    return (
        _of(oficio_id)
        .where(Adjunto.aprobado_at.is_not(None), Adjunto.copia_key.is_not(None))
        .order_by(Adjunto.orden, Adjunto.created_at.desc(), Adjunto.id.desc())
    )


def list_approved(oficio_id: int) -> list[Adjunto]:
    """The photos that were approved for the buffet of a case."""
    return list(db.session.scalars(approved_statement(oficio_id)))


def count_adjuntos(oficio_id: int) -> sa.Select[int]:
    """Return the SQL statement that counts the files of a case."""
    return sa.select(sa.func.count()).select_from(_of(oficio_id).subquery())


def find_adjunto(adjunto_id: int) -> Adjunto | None:
    """A file that was not deleted."""
    adjunto = db.session.get(Adjunto, adjunto_id)
    return None if adjunto is None or adjunto.eliminado_at else adjunto


def find_same_file(oficio_id: int, sha256: str) -> Adjunto | None:
    """The same bytes, if the case has them already."""
    return db.session.scalar(_of(oficio_id).where(Adjunto.sha256 == sha256))


def find_sent(oficio_id: int, cliente_id: str) -> Adjunto | None:
    """Return an earlier upload with the same ``cliente_id``, even if it was deleted since."""
    statement = sa.select(Adjunto).where(
        Adjunto.oficio_id == oficio_id, Adjunto.cliente_id == cliente_id
    )
    return db.session.scalar(statement)


def list_stored(almacen: str) -> list[Adjunto]:
    """Every row, deleted or not, whose files a storage has, oldest first."""
    return list(
        db.session.scalars(
            sa.select(Adjunto).where(Adjunto.almacen == almacen).order_by(Adjunto.id)
        )
    )


def is_key_referenced(almacen: str, key: str) -> bool:
    """Whether a row, deleted or not, names this file of that storage."""
    names = sa.or_(
        Adjunto.original_key == key, Adjunto.copia_key == key, Adjunto.miniatura_key == key
    )
    statement = sa.select(Adjunto.id).where(Adjunto.almacen == almacen, names).limit(1)
    return db.session.scalar(statement) is not None


def is_referenced(original_key: str) -> bool:
    """Whether a row, deleted or not, names this file."""
    statement = sa.select(Adjunto.id).where(Adjunto.original_key == original_key)
    return db.session.scalar(statement) is not None


def _of(oficio_id: Any) -> sa.Select[Adjunto]:
    return sa.select(Adjunto).where(Adjunto.oficio_id == oficio_id, Adjunto.eliminado_at.is_(None))
