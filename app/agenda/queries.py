"""What is due: for telling, and for a person's calendar."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import sqlalchemy as sa

from app.agenda.models import EnlaceCalendario
from app.agenda.rules import (
    DAYS_BEFORE,
    QUIET_DAYS,
    Recordatorio,
    deadline_due,
    follow_up_due,
    promise_due,
    quiet_case,
    removal_due,
)
from app.ajustes.queries import number_setting
from app.avisos.models import Aviso
from app.core.clock import local_today, to_local
from app.core.plazos import add_business_days
from app.db import db
from app.notificaciones.queries.removals import list_removals
from app.oficios.models import Oficio, Seguimiento
from app.oficios.rules import OPEN_STATES
from app.promesas.models import Compromiso, Pausa
from app.promesas.queries import list_pressing
from app.promesas.rules import EstadoPromesa, SituacionPromesa

#: Rows of one look at what was told: databases bound the values of a statement.
_CHUNK = 400


def list_due(now: datetime) -> list[Recordatorio]:
    """Everything whose time has come and of which nobody was told yet, in open cases."""
    today = local_today(now)
    found = [
        *_deadlines(today),
        *_promises(now),
        *_follow_ups(today),
        *_removals(today),
        *_quiet(now),
    ]
    told = _told_keys(one.clave for one in found)
    return [one for one in found if one.clave not in told]


def _deadlines(today: date) -> list[Recordatorio]:
    until = add_business_days(today, number_setting(DAYS_BEFORE))
    statement = (
        sa.select(Oficio.id, Oficio.numero_oficio, Oficio.fecha_limite)
        .where(Oficio.estado.in_(OPEN_STATES), Oficio.fecha_limite <= until)
        .order_by(Oficio.fecha_limite, Oficio.id)
    )
    return [
        deadline_due(pk, numero, limit, today)
        for pk, numero, limit in db.session.execute(statement)
        if limit is not None
    ]


def _promises(now: datetime) -> list[Recordatorio]:
    pressing = list_pressing(now)
    numbers = _numbers({one.oficio_id for one in pressing})
    return [
        promise_due(
            one.oficio_id,
            numbers[one.oficio_id],
            one.id,
            one.tipo.label,
            one.vence_at,
            is_late=one.estado is EstadoPromesa.VENCIDA,
        )
        for one in pressing
        if one.oficio_id in numbers
    ]


def _numbers(oficio_ids: set[int]) -> dict[int, str]:
    ids, found = sorted(oficio_ids), dict[int, str]()
    for start in range(0, len(ids), _CHUNK):
        rows = db.session.execute(
            sa.select(Oficio.id, Oficio.numero_oficio).where(
                Oficio.id.in_(ids[start : start + _CHUNK])
            )
        )
        found.update((row.id, row.numero_oficio) for row in rows)
    return found


def _follow_ups(today: date) -> list[Recordatorio]:
    statement = (
        sa.select(Seguimiento, Oficio.numero_oficio)
        .join(Oficio, Oficio.id == Seguimiento.oficio_id)
        .where(
            Seguimiento.hecho_at.is_(None),
            Seguimiento.para <= today,
            Oficio.estado.in_(OPEN_STATES),
        )
        .order_by(Seguimiento.para, Seguimiento.id)
    )
    return [
        follow_up_due(row.oficio_id, numero, row.id, row.usuario_id, row.para, today)
        for row, numero in db.session.execute(statement)
    ]


def _removals(today: date) -> list[Recordatorio]:
    """Of the vehicles that were seized, those whose removal may be asked for by now."""
    due = {pk: retiro for pk, retiro in list_removals().items() if retiro.desde <= today}
    numbers = _numbers(set(due))
    return [
        removal_due(pk, numbers[pk], retiro.embargo.fecha, retiro.desde)
        for pk, retiro in due.items()
        if pk in numbers
    ]


def _quiet(now: datetime) -> list[Recordatorio]:
    """Without those that somebody comes back to on a day, or in which others are awaited."""
    promised = sa.select(Seguimiento.oficio_id).where(Seguimiento.hecho_at.is_(None))
    paused = sa.select(Pausa.oficio_id).where(Pausa.hasta.is_(None))
    statement = (
        sa.select(Oficio.id, Oficio.numero_oficio, Oficio.ultima_actividad_at)
        .where(
            Oficio.estado.in_(OPEN_STATES),
            Oficio.ultima_actividad_at < now - timedelta(days=number_setting(QUIET_DAYS)),
            Oficio.id.not_in(promised),
            Oficio.id.not_in(paused),
        )
        .order_by(Oficio.ultima_actividad_at, Oficio.id)
    )
    return [
        quiet_case(pk, numero, to_local(since).date())
        for pk, numero, since in db.session.execute(statement)
    ]


def _told_keys(keys: Iterable[str]) -> set[str]:
    """Those of some keys that somebody was told of."""
    asked, told = sorted(set(keys)), set[str]()
    table = Aviso.__table__.c
    for start in range(0, len(asked), _CHUNK):
        chunk = asked[start : start + _CHUNK]
        told.update(db.session.scalars(sa.select(table.clave).where(table.clave.in_(chunk))))
    return told


@dataclass(frozen=True)
class Cita:
    """One line of a calendar. It names the case by its number alone: calendars leave the house."""

    uid: str
    titulo: str
    oficio_id: int
    #: A whole day, or a moment.
    cuando: date | datetime

    @property
    def has_hour(self) -> bool:
        """Whether it is a moment, not a whole day."""
        return isinstance(self.cuando, datetime)

    @property
    def dia(self) -> date:
        """The day of it in Santiago, by which a list is ordered."""
        return to_local(self.cuando).date() if isinstance(self.cuando, datetime) else self.cuando


def list_citas(usuario_id: int) -> Sequence[Cita]:
    """What a person's calendar shows: deadlines and promises of their open cases, from when a
    seized vehicle may be removed, and the days on which they come back to a case.
    """
    mine = (Oficio.investigador_id == usuario_id, Oficio.estado.in_(OPEN_STATES))
    deadlines = sa.select(Oficio.id, Oficio.numero_oficio, Oficio.fecha_limite).where(
        *mine, Oficio.fecha_limite.is_not(None)
    )
    follow_ups = (
        sa.select(Seguimiento.id, Oficio.id, Oficio.numero_oficio, Seguimiento.para)
        .join(Oficio, Oficio.id == Seguimiento.oficio_id)
        .where(
            Seguimiento.usuario_id == usuario_id,
            Seguimiento.hecho_at.is_(None),
            Oficio.estado.in_(OPEN_STATES),
        )
    )
    promises = (
        sa.select(
            Compromiso.id, Oficio.id, Oficio.numero_oficio, Compromiso.tipo, Compromiso.vence_at
        )
        .join(Oficio, Oficio.id == Compromiso.oficio_id)
        .where(
            *mine,
            Compromiso.situacion == SituacionPromesa.CORRE,
            Compromiso.vence_at.is_not(None),
        )
    )
    found = [
        Cita(f"plazo-{pk}", f"Vence: {numero}", pk, limit)
        for pk, numero, limit in db.session.execute(deadlines)
        if limit is not None
    ]
    found += [
        Cita(f"seguimiento-{pk}", f"Seguimiento: {numero}", oficio_id, para)
        for pk, oficio_id, numero, para in db.session.execute(follow_ups)
    ]
    found += [
        Cita(f"promesa-{pk}", f"Promesa ({tipo.label.lower()}): {numero}", oficio_id, due)
        for pk, oficio_id, numero, tipo, due in db.session.execute(promises)
        if due is not None
    ]
    removals = list_removals()
    own = sa.select(Oficio.id, Oficio.numero_oficio).where(*mine, Oficio.id.in_(removals))
    found += [
        Cita(f"retiro-{pk}", f"Retiro desde este día: {numero}", pk, removals[pk].desde)
        for pk, numero in (db.session.execute(own) if removals else ())
    ]
    return sorted(found, key=lambda one: one.uid)


def find_calendar(usuario_id: int) -> EnlaceCalendario | None:
    """The link of a person, if they made one."""
    return db.session.get(EnlaceCalendario, usuario_id)


def find_owner(selector: str) -> int | None:
    """Whose calendar a link opens."""
    return db.session.scalar(
        sa.select(EnlaceCalendario.usuario_id).where(EnlaceCalendario.selector == selector)
    )
