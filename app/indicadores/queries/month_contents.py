"""What a monthly report tells a buffet: the figures of *Informes*, and milestones of its cases."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from app.buffets.models import Buffet
from app.core.clock import local_today
from app.core.personal_data import EMPTIED
from app.db import db
from app.indicadores.models import Ciclo
from app.indicadores.queries.duration_reports import read_stages
from app.indicadores.queries.flow_reports import count_closed, count_received, read_flow, read_pace
from app.indicadores.queries.group_reports import read_locating_time, read_promises
from app.indicadores.rules.cuadro import Cuadro
from app.indicadores.rules.medidas import Proporcion
from app.indicadores.rules.periodo import Seleccion, month_span
from app.notificaciones.queries.hitos import list_avances
from app.oficios.models import Oficio
from app.oficios.rules import Estado
from app.promesas.queries.calendar import are_shown_to_buffets
from app.vehiculos.models import Vehiculo

#: Cases whose milestones are read in one go.
_BATCH = 500


@dataclass(frozen=True)
class HitoDelMes:
    """A milestone of a case in the month, as its buffet is told of it."""

    oficio_id: int
    dia: date
    numero_oficio: str
    rol: str | None
    patente: str
    texto: str


@dataclass(frozen=True)
class ContenidoMensual:
    """All that a monthly report says."""

    buffet: str
    mes: date
    seleccion: Seleccion
    #: Until when the figures were read.
    leido_at: datetime
    recibidos: int
    exito: Proporcion
    abiertos: int
    ritmo: Cuadro
    etapas: Cuadro
    #: The row of the buffet in «Días hasta ubicar»; None where nothing was located.
    ubicar: dict[str, Any] | None
    #: The same in «Promesas cumplidas»; None where there are none, or the office keeps them.
    promesas: dict[str, Any] | None
    hitos: Sequence[HitoDelMes]

    @property
    def casos(self) -> list[int]:
        """The cases that it names."""
        return sorted({one.oficio_id for one in self.hitos})


def read_month(buffet: Buffet, month: date, *, now: datetime) -> ContenidoMensual:
    """The month of a buffet; every figure is that of the same report on the page *Informes*."""
    first, last = month_span(month)
    seleccion = Seleccion(first, last, buffet_id=buffet.id)
    closed = count_closed(seleccion)
    found = sum(n for (_, estado), n in closed.items() if estado is Estado.ENCONTRADO)
    flow = read_flow(seleccion)
    promesas = read_promises(seleccion, now=now).filas if are_shown_to_buffets() else ()
    return ContenidoMensual(
        buffet=buffet.nombre,
        mes=month,
        seleccion=seleccion,
        leido_at=now,
        recibidos=sum(count_received(seleccion).values()),
        exito=Proporcion(found, sum(closed.values())),
        abiertos=int(flow.filas[-1]["abiertos"]) if flow.filas else 0,
        ritmo=read_pace(seleccion),
        etapas=read_stages(seleccion),
        ubicar=_only(read_locating_time(seleccion).filas),
        promesas=_only(promesas),
        hitos=_list_milestones(buffet.id, first, last),
    )


def list_active(month: date) -> Sequence[int]:
    """The buffets of which something can be told: they had cases that were open in the month."""
    first, last = month_span(month)
    had_cases = sa.select(Ciclo.buffet_id).where(_was_open(first, last))
    statement = sa.select(Buffet.id).where(Buffet.activo, Buffet.id.in_(had_cases))
    return db.session.scalars(statement.order_by(Buffet.id)).all()


def _was_open(first: date, last: date) -> sa.ColumnElement[bool]:
    still_open = sa.or_(Ciclo.cerrado_dia.is_(None), Ciclo.cerrado_dia >= first)
    return sa.and_(Ciclo.recibido_dia <= last, still_open)


def _only(rows: Sequence[Any]) -> dict[str, Any] | None:
    return dict(rows[0]) if rows else None


def _list_milestones(buffet_id: int, first: date, last: date) -> list[HitoDelMes]:
    """What happened to its cases in the month, case by case, the oldest first.

    A case that was closed before and reopened meanwhile is among them by its figures.
    """
    rows = db.session.execute(
        sa.select(Oficio.id, Oficio.numero_oficio, Oficio.rol, Vehiculo.patente)
        .join(Vehiculo, Vehiculo.oficio_id == Oficio.id)
        .join(Ciclo, Ciclo.oficio_id == Oficio.id)
        .where(
            Oficio.buffet_id == buffet_id,
            # Of what was erased by law nothing is left to tell.
            Oficio.numero_oficio != EMPTIED,
            _was_open(first, last),
        )
        .order_by(Oficio.numero_oficio, Oficio.id)
    ).all()
    found = []
    for start in range(0, len(rows), _BATCH):
        part = rows[start : start + _BATCH]
        avances = list_avances([row.id for row in part])
        found += [
            HitoDelMes(row.id, day, row.numero_oficio, row.rol, row.patente, hito.texto)
            for row in part
            for hito in reversed(avances[row.id].hitos)
            if first <= (day := local_today(hito.cuando)) <= last
        ]
    return found
