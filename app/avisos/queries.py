"""Reading one's notices."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

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


@dataclass(frozen=True)
class Campana:
    """What a person's bell shows."""

    sin_leer: int
    #: The id of the newest; 0 when there was never one.
    ultimo: int


def read_bell(usuario_id: int) -> Campana:
    """How many a person has not opened yet, and up to which one this was asked."""
    unread, last = db.session.execute(_bell(), {"usuario_id": usuario_id}).one()
    return Campana(unread, last)


@cache
def _bell() -> sa.Select:
    """The two numbers of ``usuario_id``; written once, as every page asks for them."""
    return sa.select(
        sa.func.count().filter(Aviso.leido_at.is_(None)), sa.func.coalesce(sa.func.max(Aviso.id), 0)
    ).where(Aviso.usuario_id == sa.bindparam("usuario_id"))


def bells_state(usuario_ids: set[int]) -> object:
    """Return a fingerprint that changes with the bell of any of these people. Two index look-ups,
    since it is polled twice a second.
    """
    newest = db.session.scalar(sa.select(sa.func.max(Aviso.id)))
    unread = (
        sa.select(Aviso.usuario_id, sa.func.count())
        .where(Aviso.usuario_id.in_(usuario_ids), Aviso.leido_at.is_(None))
        .group_by(Aviso.usuario_id)
        .order_by(Aviso.usuario_id)
    )
    return newest, tuple(tuple(row) for row in db.session.execute(unread))


def read_bells(usuario_ids: set[int]) -> dict[int, Campana]:
    """The bells of some people, by their id."""
    statement = (
        sa.select(
            Aviso.usuario_id,
            sa.func.count().filter(Aviso.leido_at.is_(None)),
            sa.func.max(Aviso.id),
        )
        .where(Aviso.usuario_id.in_(usuario_ids))
        .group_by(Aviso.usuario_id)
    )
    bells = {pk: Campana(unread, last) for pk, unread, last in db.session.execute(statement)}
    return {pk: bells.get(pk, Campana(0, 0)) for pk in usuario_ids}


def list_since(usuario_id: int, aviso_id: int, limit: int) -> Sequence[Aviso]:
    """What a person was told after that one and has not opened, newest first."""
    statement = (
        avisos_statement(usuario_id)
        .where(Aviso.id > aviso_id, Aviso.leido_at.is_(None))
        .limit(limit)
    )
    return db.session.scalars(statement).all()


def find_aviso(usuario_id: int, aviso_id: int) -> Aviso | None:
    """One of that person's, and of nobody else's."""
    return db.session.scalar(
        sa.select(Aviso).where(Aviso.id == aviso_id, Aviso.usuario_id == usuario_id)
    )
