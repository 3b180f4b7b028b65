"""The requests, by how soon they end."""

from __future__ import annotations

from datetime import date

import sqlalchemy as sa

from app.db import db
from app.titulares.models import Solicitud
from app.titulares.rules.solicitudes import EstadoSolicitud

_OPEN = tuple(estado for estado in EstadoSolicitud if estado.is_open)


def last_number(year: int) -> int:
    """The highest number given in a year; 0 when there is none."""
    newest = db.session.scalar(
        sa.select(sa.func.max(Solicitud.numero)).where(Solicitud.numero.like(f"S-{year}-%"))
    )
    return int(newest.rsplit("-", 1)[1]) if newest else 0


def requests_statement() -> sa.Select[Solicitud]:
    """All requests: open ones first, by their last day."""
    return sa.select(Solicitud).order_by(
        Solicitud.estado.not_in(_OPEN), Solicitud.vence, Solicitud.id.desc()
    )


def list_open(until: date) -> list[Solicitud]:
    """Open requests whose last day comes by then."""
    statement = sa.select(Solicitud).where(Solicitud.estado.in_(_OPEN), Solicitud.vence <= until)
    return list(db.session.scalars(statement.order_by(Solicitud.vence)))
