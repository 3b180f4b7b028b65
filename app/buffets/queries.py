"""Finding buffets and their links."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from app.auditoria.models import Auditoria
from app.buffets.models import Buffet, Enlace
from app.buffets.rules import SAMPLE_RUT, OrigenModo, make_token, read_token
from app.db import db, prepared


def buffets_statement(*, activo: bool | None = None) -> sa.Select[Buffet]:
    """The buffets of a list, by name."""
    statement = sa.select(Buffet).order_by(Buffet.nombre, Buffet.id)
    return statement if activo is None else statement.where(Buffet.activo == activo)


def list_active_buffets() -> list[Buffet]:
    """The buffets that can send an oficio."""
    return list(db.session.scalars(buffets_statement(activo=True)))


def find_by_rut(rut: str) -> Buffet | None:
    """The buffet with a RUT (``76123456-0``); the check digit does not tell two apart."""
    body = rut.partition("-")[0]
    return db.session.scalar(sa.select(Buffet).where(Buffet.rut.like(f"{body}-%")))


def find_mail_choice(buffet_id: int) -> tuple[datetime, OrigenModo] | None:
    """When it was last chosen how a buffet is told of milestones, and where."""
    row = db.session.execute(
        sa.select(Auditoria.created_at, Auditoria.detalle)
        .where(
            Auditoria.accion == "buffet.correos",
            Auditoria.entidad == "buffet",
            Auditoria.entidad_id == buffet_id,
        )
        .order_by(Auditoria.id.desc())
        .limit(1)
    ).one_or_none()
    if row is None:
        return None
    return row.created_at, OrigenModo(row.detalle.get("origen", OrigenModo.OFICINA.value))


def current_enlace(buffet: Buffet, now: datetime, email: str | None = None) -> Enlace | None:
    """The newest link of a buffet that still opens its dashboard: its own, or that of a person.

    The link of one person is never given to another: an address without a link of its own has the
    buffet's.
    """
    usable = [enlace for enlace in buffet.enlaces if enlace.is_usable(now)]
    theirs = [one for one in usable if email and (one.email or "").lower() == email.lower()]
    return next(iter([*theirs, *(one for one in usable if not one.is_personal)]), None)


def current_token(
    buffet: Buffet, secret: str, now: datetime, email: str | None = None
) -> str | None:
    """What opens the dashboard of a buffet at that moment, for that address; None: nothing does."""
    enlace = current_enlace(buffet, now, email)
    return make_token(enlace.selector, secret) if enlace else None


def list_personal(buffet: Buffet) -> list[Enlace]:
    """The links of its people, those that were taken away last."""
    personal = [enlace for enlace in buffet.enlaces if enlace.is_personal]
    return sorted(personal, key=lambda one: (one.revocado_at is not None, one.etiqueta or ""))


def find_asked_link(email: str) -> int | None:
    """The link that an address may ask for again: its own, else that of the buffet whose it is.

    One that has ended by its age is found too; one that was taken away is not. The same is asked
    of the database whatever the address.
    """
    address = email.strip().lower()
    living = sa.select(Enlace.id).join(Buffet, Buffet.id == Enlace.buffet_id)
    living = living.where(Buffet.activo, Enlace.revocado_at.is_(None))
    newest = Enlace.id.desc()
    own = db.session.scalar(
        living.where(sa.func.lower(Enlace.email) == address).order_by(newest).limit(1)
    )
    of_buffet = db.session.scalar(
        living.where(sa.func.lower(Buffet.email_principal) == address, Enlace.email.is_(None))
        .order_by(newest)
        .limit(1)
    )
    return own or of_buffet


def find_enlace(token: str, secret: str, now: datetime) -> Enlace | None:
    """The link behind a token, if it opens anything now.

    Unknown, tampered, revoked, expired, or of an inactive buffet: all the same None.
    """
    selector = read_token(token, secret)
    if selector is None:
        return None
    enlace = db.session.scalar(sa.select(Enlace).where(Enlace.selector == selector))
    return enlace if enlace is not None and enlace.is_usable(now) else None


def is_open_link(enlace_id: int, now: datetime) -> bool:
    """Whether a link still opens its dashboard, as ``Enlace.is_usable``, of columns alone."""
    row = _link_facts.rows(enlace_id=enlace_id).one_or_none()
    return row is not None and row[0] is None and now < row[1] and bool(row[2])


@prepared
def _link_facts(enlace_id: Any) -> sa.Select:
    return (
        sa.select(Enlace.revocado_at, Enlace.expira_at, Buffet.activo)
        .join(Enlace.buffet)
        .where(Enlace.id == enlace_id)
    )


def sample_buffets() -> sa.Select[int]:
    """The firm whose cases are examples; none where none were loaded."""
    table = Buffet.__table__
    return sa.select(table.c.id).where(table.c.rut == SAMPLE_RUT)


def find_sample_buffet() -> Buffet | None:
    """That firm itself."""
    return db.session.scalar(sa.select(Buffet).where(Buffet.rut == SAMPLE_RUT))
