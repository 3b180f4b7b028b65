"""What receptores answered, who did not, and which links open their page."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased, selectinload

from app.ajustes.queries import number_setting
from app.db import db, prepared
from app.notificaciones.models import (
    Notificacion,
    Respuesta,
)
from app.notificaciones.rules import (
    ANSWER_HOURS,
    EstadoNotificacion,
    TipoNotificacion,
)
from app.oficios.models import Investigacion, Oficio
from app.oficios.rules import OPEN_STATES, Actividad, Estado


def answer_hours() -> int:
    """Hours without an answer after which something is proposed."""
    return number_setting(ANSWER_HOURS)


def find_answer(clave: str) -> Respuesta | None:
    """What a receptor's form that was sent before has become."""
    return db.session.scalar(sa.select(Respuesta).where(Respuesta.clave == clave))


def find_reminder(notificacion_id: int) -> Notificacion | None:
    """The newest reminder of a notice that was not given up."""
    return db.session.scalar(
        sa.select(Notificacion)
        .where(
            Notificacion.recordatorio_de_id == notificacion_id,
            Notificacion.estado != EstadoNotificacion.FALLIDA,
        )
        .order_by(Notificacion.id.desc())
        .limit(1)
    )


def count_failed_reminders(notificacion_id: int) -> int:
    """How many reminders of a notice were given up."""
    statement = sa.select(sa.func.count()).where(
        Notificacion.recordatorio_de_id == notificacion_id,
        Notificacion.estado == EstadoNotificacion.FALLIDA,
    )
    return db.session.scalar(statement) or 0


def has_answer(notificacion_id: int) -> bool:
    """Whether the receptor answered the notice, or the reminder of it."""
    return bool(db.session.scalar(sa.select(_answered(sa.literal(notificacion_id)))))


def list_unanswered(
    *,
    sent_before: datetime,
    sent_after: datetime,
    ahead: datetime,
    among: Sequence[int] | None = None,
    oficio_id: int | None = None,
) -> list[Notificacion]:
    """The notices of open cases that nobody answered and that may still be asked about.

    Of each case only the newest: with a second receptor on his way, the first is not missed.
    ``among`` looks at notices of these ids only, ``oficio_id`` at those of one case.
    """
    statement = _unanswered()
    if among is not None:
        statement = statement.where(Notificacion.id.in_(among))
    if oficio_id is not None:
        statement = statement.where(Notificacion.oficio_id == oficio_id)
    values = {"sent_before": sent_before, "sent_after": sent_after, "ahead": ahead}
    return list(db.session.scalars(statement, values))


def _newest_without_answer() -> tuple[sa.ColumnElement[bool], ...]:
    """The newest notice of a case to a receptor, if it was sent and nobody answered it.

    Reminders are answered with what they remind of; one that failed replaces nothing.
    """
    later = aliased(Notificacion)
    return (
        Notificacion.tipo == TipoNotificacion.RECEPTOR_JUDICIAL,
        Notificacion.estado == EstadoNotificacion.ENVIADA,
        Notificacion.recordatorio_de_id.is_(None),
        ~_answered(Notificacion.id),
        ~sa.exists().where(
            later.oficio_id == Notificacion.oficio_id,
            later.tipo == TipoNotificacion.RECEPTOR_JUDICIAL,
            later.recordatorio_de_id.is_(None),
            later.estado != EstadoNotificacion.FALLIDA,
            later.id > Notificacion.id,
        ),
    )


@cache
def _unanswered() -> sa.Select[Notificacion]:
    """The statement of ``list_unanswered``, written once."""
    return (
        sa.select(Notificacion)
        .join(Oficio, Oficio.id == Notificacion.oficio_id)
        .where(
            *_newest_without_answer(),
            Notificacion.sustituto_propuesto_at.is_(None),
            Notificacion.selector.is_not(None),
            sa.or_(
                Notificacion.enviada_at.between(
                    sa.bindparam("sent_after"), sa.bindparam("sent_before")
                ),
                # Sent while the clock ran ahead: nobody knows when, so it is asked about.
                Notificacion.enviada_at > sa.bindparam("ahead"),
            ),
            Oficio.estado.in_(OPEN_STATES),
        )
        .order_by(Notificacion.id)
    )


def list_silent(buffet_id: int, *, sent_before: datetime) -> dict[int, datetime]:
    """Of a buffet's cases that wait for a receptor, those whose newest notice nobody answered.

    With the moment at which it was sent.
    """
    waiting = list(_waiting.rows(buffet_id=buffet_id).scalars())
    if not waiting:
        return {}
    rows = _silent.rows(oficio_ids=waiting)
    sent = {row.oficio_id: row.enviada_at for row in rows if row.enviada_at is not None}
    return {pk: moment for pk, moment in sent.items() if moment <= sent_before}


@prepared
def _waiting(buffet_id: Any) -> sa.Select:
    """Asked first: in one statement SQLite began with all notices that were ever sent."""
    return sa.select(Oficio.id).where(
        Oficio.buffet_id == buffet_id, Oficio.estado == Estado.NOTIFICACION
    )


@prepared
def _silent(oficio_ids: Any) -> sa.Select:
    return sa.select(Notificacion.oficio_id, Notificacion.enviada_at).where(
        Notificacion.oficio_id.in_(oficio_ids), *_newest_without_answer()
    )


def _answered(notificacion_id: sa.SQLColumnExpression[int]) -> sa.ColumnElement[bool]:
    """By two look-ups: with one condition for both, each answer of the office was read."""
    reminder = aliased(Notificacion)
    itself = sa.exists().where(Respuesta.notificacion_id == notificacion_id)
    reminded = sa.exists().where(
        reminder.recordatorio_de_id == notificacion_id, Respuesta.notificacion_id == reminder.id
    )
    return sa.or_(itself.correlate(Notificacion), reminded.correlate(Notificacion))


def find_linked_notice(selector: str, now: datetime) -> Notificacion | None:
    """The notice of a receptor's link, if the link opens anything now.

    It ends by its age and for good when the case closes, also when that is opened again later.
    """
    notice = db.session.scalar(
        sa.select(Notificacion)
        .where(Notificacion.selector == selector)
        .options(selectinload(Notificacion.adjuntos), selectinload(Notificacion.respuestas))
    )
    return notice if notice is not None and is_link_open(notice, now) else None


def is_link_open(notice: Notificacion, now: datetime) -> bool:
    """Whether the link of a notice opens its receptor's page now."""
    if not notice.selector or not notice.enlace_expira_at or now >= notice.enlace_expira_at:
        return False
    return notice.oficio_id is not None and not _was_closed(notice.oficio_id, notice.created_at)


def _was_closed(oficio_id: int, since: datetime) -> bool:
    """Whether a case is closed, or was closed in between."""
    if db.session.get_one(Oficio, oficio_id).estado.is_final:
        return True
    moves = sa.select(Investigacion.detalle).where(
        Investigacion.oficio_id == oficio_id,
        Investigacion.tipo == Actividad.CAMBIO_ESTADO,
        Investigacion.created_at >= since,
    )
    return any(Estado(detalle["a"]).is_final for detalle in db.session.scalars(moves))
