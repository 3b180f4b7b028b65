"""Coming back to a case on a day: promised in a note, postponed, and done."""

from __future__ import annotations

from datetime import date, datetime

import sqlalchemy as sa

from app.core.clock import local_today
from app.core.errors import Refused
from app.db import db
from app.oficios.models import Investigacion, Oficio, Seguimiento
from app.oficios.rules import Actividad
from app.oficios.rules.seguimientos import LONGEST
from app.usuarios.models import Usuario


class FollowUpRefused(Refused):
    """The day on which somebody wants to come back to a case is past or absurdly far."""


def check_follow_up(para: date | None, now: datetime) -> None:
    """Refuse a day that is past, or further ahead than anybody plans.

    Raises:
        FollowUpRefused: with what to choose instead.
    """
    if para is None:
        return
    today = local_today(now)
    if para < today:
        raise FollowUpRefused("El día para volver a esto ya pasó. Elija hoy o uno posterior.")
    if para > today + LONGEST:
        raise FollowUpRefused("El día para volver a esto está a más de un año. Revise la fecha.")


def follow_up(
    oficio: Oficio,
    para: date,
    *,
    entry: Investigacion | None = None,
    actor: Usuario,
    now: datetime,
) -> Seguimiento:
    """Remind the actor of a case on a day.

    What they had to come back to without a note moves to that day: nobody is reminded twice of one
    case for no reason of its own.

    Raises:
        FollowUpRefused: the day is past or absurdly far.
    """
    check_follow_up(para, now)
    plain = None if entry is not None else _find_plain(oficio.id, actor.id)
    if plain is not None:
        plain.para = para
        db.session.flush()
        return plain
    row = Seguimiento(
        oficio_id=oficio.id,
        entrada_id=entry.id if entry else None,
        usuario_id=actor.id,
        para=para,
        created_at=now,
    )
    db.session.add(row)
    db.session.flush()
    return row


def postpone(row: Seguimiento, para: date, *, now: datetime) -> None:
    """Come back to it on a later day.

    Raises:
        FollowUpRefused: the day is past or absurdly far.
    """
    check_follow_up(para, now)
    row.para = para
    db.session.flush()


def finish(row: Seguimiento, *, actor: Usuario, now: datetime) -> None:
    """Say that what was promised is done; said again, the first time stays."""
    if row.hecho_at is None:
        row.hecho_at = now
        row.hecho_por_id = actor.id
        db.session.flush()


def finish_due(oficio_id: int, *, actor: Usuario, now: datetime) -> None:
    """What was promised of a case until today is done when somebody notes what came of it."""
    due = sa.select(Seguimiento).where(
        Seguimiento.oficio_id == oficio_id,
        Seguimiento.hecho_at.is_(None),
        Seguimiento.para <= local_today(now),
    )
    for row in db.session.scalars(due.with_for_update()):
        finish(row, actor=actor, now=now)


def drop_follow_up(entry: Investigacion) -> None:
    """Forget what an entry promised that its author takes back, unless it is done."""
    promised = sa.select(Seguimiento).where(
        Seguimiento.entrada_id == entry.id, Seguimiento.hecho_at.is_(None)
    )
    for row in db.session.scalars(promised.with_for_update()):
        db.session.delete(row)
    db.session.flush()


def find_same_promise(
    oficio_id: int, text: str, para: date, *, actor: Usuario
) -> Investigacion | None:
    """The note of theirs that promises the same for the same day and is still to be done.

    The case is locked first: of two clicks at the same moment the second finds what the first did.
    """
    db.session.execute(
        sa.select(Oficio.id).where(Oficio.id == oficio_id).with_for_update(key_share=True)
    )
    return db.session.scalar(
        sa.select(Investigacion)
        .join(Seguimiento, Seguimiento.entrada_id == Investigacion.id)
        .where(
            Seguimiento.oficio_id == oficio_id,
            Seguimiento.usuario_id == actor.id,
            Seguimiento.hecho_at.is_(None),
            Seguimiento.para == para,
            Investigacion.tipo == Actividad.NOTA,
            Investigacion.descripcion == text,
            Investigacion.retirado_at.is_(None),
        )
        .order_by(Investigacion.id)
        .limit(1)
    )


def _find_plain(oficio_id: int, usuario_id: int) -> Seguimiento | None:
    return db.session.scalar(
        sa.select(Seguimiento).where(
            Seguimiento.oficio_id == oficio_id,
            Seguimiento.usuario_id == usuario_id,
            Seguimiento.entrada_id.is_(None),
            Seguimiento.hecho_at.is_(None),
        )
    )
