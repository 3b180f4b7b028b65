"""What a person does first this morning, from what the cases themselves say.

A few statements with limits, however many cases there are; the cards are read once for all groups.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, Generic, TypeVar

import sqlalchemy as sa

from app.avistamientos.models import Avistamiento
from app.core.clock import CLOCK_SKEW, local_today
from app.core.plazos import add_business_days
from app.db import db, prepared
from app.notificaciones.models import Notificacion, Respuesta
from app.notificaciones.queries.receptor_answers import answer_hours, list_unanswered
from app.notificaciones.queries.removals import list_removals
from app.notificaciones.rules import ANSWER_HOURS, LINK_LIFE
from app.notificaciones.rules.diligencias import EMBARGOS, Retiro
from app.oficios.models import Investigacion, Oficio, Seguimiento
from app.oficios.rules import OPEN_STATES
from app.promesas.models import Compromiso
from app.promesas.queries import has_state
from app.promesas.queries.calendar import read_calendar
from app.promesas.queries.shown_promises import PromesaMostrada, show_promises
from app.promesas.rules import EstadoPromesa
from app.tablero.queries.cards import FIRST_DUE, Card, list_cards
from app.tablero.queries.columns import Criteria
from app.tablero.rules import IDLE_DAYS, due_until

Row = TypeVar("Row")

#: Rows of a group; the number beside its title counts all.
GROUP_SIZE = 30
#: Business days (días hábiles) from which a deadline belongs to today.
NEAR_DAYS = 3
#: A vehicle that was seen since then has moved lately.
_LATELY = timedelta(hours=24)
#: Days ahead that the margin counts.
_AHEAD = 7


@dataclass(frozen=True)
class DueCase:
    """A case whose deadline is near or past."""

    card: Card
    #: Whether its gantries were ever asked.
    is_checked: bool


@dataclass(frozen=True)
class PressingCase:
    """A case of which a promise to its buffet is at risk or late."""

    card: Card
    promise: PromesaMostrada


@dataclass(frozen=True)
class Promise:
    """Something that somebody said they would do by today."""

    id: int
    card: Card
    #: The words of its note; none of a case that was only postponed.
    text: str | None
    para: date


@dataclass(frozen=True)
class SlowReceptor:
    """A notice that waits for its answer."""

    card: Card
    nombre: str
    hours: int


@dataclass(frozen=True)
class SeizedCase:
    """A case whose vehicle was seized, and may be removed soon or by now."""

    card: Card
    retiro: Retiro


@dataclass(frozen=True)
class MovedCase:
    """A vehicle that was seen lately."""

    card: Card
    pasos: int


@dataclass
class TodoGroup(Generic[Row]):
    """The first rows of a group, and how many there are in all."""

    total: int = 0
    rows: list[Row] = field(default_factory=list)


@dataclass
class Ahead:
    """What one of the next days holds."""

    day: date
    vencen: int
    seguimientos: int


@dataclass
class Today:
    """All that there is to do, by group."""

    pressing: TodoGroup[PressingCase]
    due: TodoGroup[DueCase]
    promised: TodoGroup[Promise]
    receptores: TodoGroup[SlowReceptor]
    seized: TodoGroup[SeizedCase]
    moved: TodoGroup[MovedCase]
    idle: TodoGroup[Card]
    done: list[tuple[str, str | None]]
    ahead: list[Ahead]

    @property
    def total(self) -> int:
        """How many rows there are to do."""
        groups = (
            self.pressing,
            self.due,
            self.promised,
            self.receptores,
            self.seized,
            self.moved,
            self.idle,
        )
        return sum(group.total for group in groups)


def read_today(conditions: Criteria, *, usuario_id: int, mine: bool, now: datetime) -> Today:
    """What the cases of a filter ask for; ``mine`` leaves other people's promises out.

    A case that the person postponed to a later day asks for nothing until then.
    """
    today = local_today(now)
    postponed = sa.select(Seguimiento.oficio_id).where(
        Seguimiento.usuario_id == usuario_id,
        Seguimiento.hecho_at.is_(None),
        Seguimiento.para > today,
    )
    asking: list[Any] = [
        *conditions,
        Oficio.estado.in_(OPEN_STATES),
        Oficio.id.not_in(postponed),
    ]
    due = _rows(
        sa.select(Oficio.id, sa.func.count().over(), Oficio.ultima_consulta_at)
        .where(*asking, Oficio.fecha_limite <= due_until(NEAR_DAYS, today))
        .order_by(Oficio.fecha_limite, Oficio.id)
    )
    pressing = _pressing(asking, now)
    promised = _promises(conditions, usuario_id=usuario_id if mine else None, today=today)
    receptores = _slow(asking, now)
    ahead, has_embargos = _ahead(conditions, usuario_id=usuario_id if mine else None, today=today)
    seized = _seized(asking, today) if has_embargos else {}
    moved = _moved(asking, now)
    seen = (
        {row[0] for row in (*due, *moved)}
        | {row.oficio_id for row, _n in pressing}
        | {row[1] for row in promised}
        | set(receptores)
        | set(seized)
    )
    idle = _rows(
        sa.select(Oficio.id, sa.func.count().over())
        .where(
            *asking,
            Oficio.ultima_actividad_at <= now - timedelta(days=IDLE_DAYS),
            Oficio.id.not_in(seen),
        )
        .order_by(Oficio.ultima_actividad_at, Oficio.id)
    )
    ids = [*seen, *(row[0] for row in idle)]
    cards = {card.id: card for card in list_cards(list(dict.fromkeys(ids)), now=now)}
    shown = zip(pressing, _shown(pressing, now), strict=True)
    return Today(
        TodoGroup(
            _total(pressing),
            [PressingCase(cards[row.oficio_id], promise) for (row, _n), promise in shown],
        ),
        TodoGroup(_total(due), [DueCase(cards[pk], at is not None) for pk, _n, at in due]),
        TodoGroup(
            promised[0][2] if promised else 0,
            [Promise(pk, cards[case], text, para) for pk, case, _n, text, para in promised],
        ),
        TodoGroup(
            len(receptores),
            [
                SlowReceptor(cards[pk], nombre, hours)
                for pk, (nombre, hours) in list(receptores.items())[:GROUP_SIZE]
            ],
        ),
        TodoGroup(
            len(seized),
            [SeizedCase(cards[pk], retiro) for pk, retiro in list(seized.items())[:GROUP_SIZE]],
        ),
        TodoGroup(_total(moved), [MovedCase(cards[pk], seen_) for pk, _n, seen_ in moved]),
        TodoGroup(_total(idle), [cards[pk] for pk, _n in idle]),
        _done(usuario_id, now),
        ahead,
    )


def _rows(statement: sa.Select[*tuple[Any, ...]]) -> Sequence[Any]:
    return db.session.execute(statement.limit(GROUP_SIZE)).all()


def _total(rows: Sequence[Any]) -> int:
    return rows[0][1] if rows else 0


def _promises(conditions: Criteria, *, usuario_id: int | None, today: date) -> Sequence[Any]:
    """The promises until today: of one person whatever the case, or of all in some cases."""
    whose = [Seguimiento.usuario_id == usuario_id] if usuario_id else [*conditions]
    return _rows(
        sa.select(
            Seguimiento.id,
            Seguimiento.oficio_id,
            sa.func.count().over(),
            Investigacion.descripcion,
            Seguimiento.para,
        )
        .join(Oficio, Oficio.id == Seguimiento.oficio_id)
        .outerjoin(Investigacion, Investigacion.id == Seguimiento.entrada_id)
        .where(
            *whose,
            Seguimiento.hecho_at.is_(None),
            Seguimiento.para <= today,
            Oficio.estado.in_(OPEN_STATES),
        )
        .order_by(Seguimiento.para, Seguimiento.id)
    )


def _pressing(asking: Criteria, now: datetime) -> Sequence[Any]:
    """The promise of each case that is due first, if it is at risk or late."""
    return _rows(
        sa.select(Compromiso, sa.func.count().over())
        .join(Oficio, Oficio.id == Compromiso.oficio_id)
        .where(
            *asking,
            Compromiso.id == FIRST_DUE,
            sa.or_(has_state(EstadoPromesa.VENCIDA, now), has_state(EstadoPromesa.EN_RIESGO, now)),
        )
        .order_by(Compromiso.vence_at, Compromiso.id)
    )


def _shown(pressing: Sequence[Any], now: datetime) -> list[PromesaMostrada]:
    """The same in words."""
    if not pressing:
        return []
    rows = [row for row, _n in pressing]
    return show_promises(rows, horario=read_calendar().horario, now=now)


def _slow(asking: Criteria, now: datetime) -> dict[int, tuple[str, int]]:
    """The receptor of each case who has not answered, and for how many hours."""
    waiting = list_unanswered(
        sent_before=now - timedelta(hours=ANSWER_HOURS.minimo),
        sent_after=now - LINK_LIFE,
        ahead=now + CLOCK_SKEW,
    )
    if not waiting:
        return {}
    late = now - timedelta(hours=answer_hours())
    ids = [notice.oficio_id for notice in waiting]
    meant = set(db.session.scalars(sa.select(Oficio.id).where(*asking, Oficio.id.in_(ids))))
    return {
        notice.oficio_id: (
            notice.destinatario_nombre or notice.destinatario_email or "El receptor",
            int((now - notice.enviada_at).total_seconds() // 3600),
        )
        for notice in waiting
        if notice.oficio_id in meant and notice.enviada_at and notice.enviada_at <= late
    }


def _seized(asking: Criteria, today: date) -> dict[int, Retiro]:
    """The removals that may be asked for within some days or by now, the first day first."""
    until = add_business_days(today, NEAR_DAYS)
    near = {pk: retiro for pk, retiro in list_removals().items() if retiro.desde <= until}
    if not near:
        return {}
    meant = set(db.session.scalars(sa.select(Oficio.id).where(*asking, Oficio.id.in_(near))))
    return {pk: retiro for pk, retiro in near.items() if pk in meant}


def _moved(asking: Criteria, now: datetime) -> Sequence[Any]:
    """The cases whose vehicle was seen lately, the newest first, with how often."""
    moments = sa.func.count(Avistamiento.id)
    return _rows(
        sa.select(Oficio.id, sa.func.count().over(), moments)
        .join(Avistamiento, Avistamiento.oficio_id == Oficio.id)
        .where(*asking, Avistamiento.fecha_hora >= now - _LATELY)
        .group_by(Oficio.id)
        .order_by(sa.func.max(Avistamiento.fecha_hora).desc(), Oficio.id)
    )


def _done(usuario_id: int, now: datetime) -> list[tuple[str, str | None]]:
    """What the person has done of it today: number of the case, and the words of the note."""
    start = now - timedelta(hours=24)
    rows = _done_since.rows(usuario_id=usuario_id, start=start)
    today = local_today(now)
    return [(numero, text) for numero, text, at in rows if at and local_today(at) == today]


@prepared
def _done_since(usuario_id: Any, start: Any) -> sa.Select[*tuple[Any, ...]]:
    return (
        sa.select(Oficio.numero_oficio, Investigacion.descripcion, Seguimiento.hecho_at)
        .join(Oficio, Oficio.id == Seguimiento.oficio_id)
        .outerjoin(Investigacion, Investigacion.id == Seguimiento.entrada_id)
        .where(Seguimiento.hecho_por_id == usuario_id, Seguimiento.hecho_at >= start)
        .order_by(Seguimiento.hecho_at.desc())
        .limit(GROUP_SIZE)
    )


def _ahead(
    conditions: Criteria, *, usuario_id: int | None, today: date
) -> tuple[list[Ahead], bool]:
    """The days after today that hold deadlines or promises; and whether any vehicle was seized,
    which is asked with them because most days none was.
    """
    last = today + timedelta(days=_AHEAD)
    due = (
        sa.select(sa.literal("vencen"), Oficio.fecha_limite, sa.func.count())
        .where(
            *conditions,
            Oficio.estado.in_(OPEN_STATES),
            Oficio.fecha_limite > today,
            Oficio.fecha_limite <= last,
        )
        .group_by(Oficio.fecha_limite)
    )
    whose = [Seguimiento.usuario_id == usuario_id] if usuario_id else [*conditions]
    promised = (
        sa.select(sa.literal("seguimientos"), Seguimiento.para, sa.func.count())
        .join(Oficio, Oficio.id == Seguimiento.oficio_id)
        .where(
            *whose,
            Seguimiento.hecho_at.is_(None),
            Seguimiento.para > today,
            Seguimiento.para <= last,
            Oficio.estado.in_(OPEN_STATES),
        )
        .group_by(Seguimiento.para)
    )
    seized = (
        sa.select(sa.literal("embargos"), Respuesta.fecha_diligencia, sa.func.count())
        .join(Notificacion, Notificacion.id == Respuesta.notificacion_id)
        .join(Oficio, Oficio.id == Notificacion.oficio_id)
        .where(
            *conditions,
            Oficio.estado.in_(OPEN_STATES),
            Respuesta.diligencia.in_(EMBARGOS),
            Respuesta.fecha_diligencia.is_not(None),
        )
        .group_by(Respuesta.fecha_diligencia)
    )
    found: dict[str, Counter[date]] = {
        name: Counter() for name in ("vencen", "seguimientos", "embargos")
    }
    counted: Any = db.session.execute(sa.union_all(due, promised, seized))
    for what, day, number in counted:
        found[what][day] = number
    days = sorted({*found["vencen"], *found["seguimientos"]})
    ahead = [Ahead(day, found["vencen"][day], found["seguimientos"][day]) for day in days]
    return ahead, bool(found["embargos"])
