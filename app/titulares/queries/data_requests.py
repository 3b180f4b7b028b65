"""The requests, by how soon they end."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa

from app.db import db, prepared
from app.titulares.models import Bloqueo, Solicitud
from app.titulares.rules.solicitudes import EstadoSolicitud, days_left

#: Days before the end from which on a term is shown as near.
SOON = 5
_OPEN = tuple(estado for estado in EstadoSolicitud if estado.is_open)


def last_number(year: int) -> int:
    """The highest number given in a year; 0 when there is none."""
    newest = db.session.scalar(
        sa.select(sa.func.max(Solicitud.numero)).where(Solicitud.numero.like(f"S-{year}-%"))
    )
    return int(newest.rsplit("-", 1)[1]) if newest else 0


def find_by_number(numero: str) -> Solicitud | None:
    """The request of that number, as «S-2026-0001»."""
    statement = sa.select(Solicitud).where(Solicitud.numero == numero.strip().upper())
    return db.session.scalar(statement)


def requests_statement() -> sa.Select[Solicitud]:
    """All requests: open ones first, by their last day."""
    return sa.select(Solicitud).order_by(
        Solicitud.estado.not_in(_OPEN), Solicitud.vence, Solicitud.id.desc()
    )


def where_open(*, is_open: bool) -> sa.ColumnElement[bool]:
    """The condition that a request waits for an answer, or does not any more."""
    column = Solicitud.estado
    return column.in_(_OPEN) if is_open else column.not_in(_OPEN)


def list_open(until: date) -> list[Solicitud]:
    """Open requests whose last day comes by then."""
    statement = sa.select(Solicitud).where(Solicitud.estado.in_(_OPEN), Solicitud.vence <= until)
    return list(db.session.scalars(statement.order_by(Solicitud.vence)))


@dataclass(frozen=True)
class Pendiente:
    """What the office still owes to a person."""

    solicitud_id: int
    numero: str
    #: The answer to the request, or the decision on the block until then.
    que: str
    vence: date
    #: Calendar days; negative when the term is over.
    quedan: int

    @property
    def tono(self) -> str:
        """The tone of its badge."""
        if self.quedan < 0:
            return "danger"
        return "warn" if self.quedan <= SOON else "ok"

    @property
    def texto(self) -> str:
        """How long there is, in words."""
        if self.quedan == 0:
            return "Vence hoy"
        days = abs(self.quedan)
        unit = "día" if days == 1 else "días"
        if self.quedan < 0:
            return f"Venció hace {days} {unit}"
        return f"{'Queda' if days == 1 else 'Quedan'} {days} {unit}"


def count_open_requests() -> int:
    """How many requests of persons wait for an answer."""
    return _open_number.rows().scalar_one()


@prepared
def _open_number() -> sa.Select[int]:
    return sa.select(sa.func.count()).where(Solicitud.estado.in_(_OPEN))


def list_due(now: datetime) -> list[Pendiente]:
    """Every open request and every temporary block to decide on, what ends first in front."""
    statement = sa.select(Solicitud).where(Solicitud.estado.in_(_OPEN))
    found = [
        Pendiente(row.id, row.numero, row.tipo.label, row.vence, days_left(row.vence, now))
        for row in db.session.scalars(statement)
    ]
    found += [
        Pendiente(row.id, row.numero, "Bloqueo mientras se resuelve", day, days_left(day, now))
        for row in list_without_block()
        if (day := row.bloqueo_vence) is not None
    ]
    return sorted(found, key=lambda one: (one.vence, one.numero))


def list_without_block() -> list[Solicitud]:
    """Open requests that ask for a temporary block, of which nothing is blocked yet."""
    blocked = sa.select(Bloqueo.solicitud_id).where(Bloqueo.solicitud_id.is_not(None))
    statement = sa.select(Solicitud).where(
        Solicitud.estado.in_(_OPEN),
        Solicitud.bloqueo_vence.is_not(None),
        Solicitud.id.not_in(blocked),
    )
    return list(db.session.scalars(statement.order_by(Solicitud.bloqueo_vence)))


def list_unproven(since: datetime) -> list[Solicitud]:
    """Requests answered or passed on since a moment, of whose mail nobody knows that it left."""
    statement = sa.select(Solicitud).where(
        Solicitud.enviada_at.is_(None),
        sa.or_(Solicitud.resuelta_at >= since, Solicitud.derivada_at >= since),
    )
    return list(db.session.scalars(statement.order_by(Solicitud.id)))
