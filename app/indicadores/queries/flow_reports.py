"""How many cases stood where, came in and were closed, day by day and week by week."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import date
from typing import Any

import sqlalchemy as sa

from app.core.dates import format_fecha
from app.db import db
from app.indicadores.models import Ciclo, Etapa
from app.indicadores.rules import Informe
from app.indicadores.rules.cuadro import Cuadro, Medida, TipoMedida
from app.indicadores.rules.periodo import Seleccion, monday
from app.oficios.rules import OPEN_STATES, Estado


def of_selection(
    model: type[Ciclo] | type[Etapa], seleccion: Seleccion
) -> list[sa.ColumnElement[bool]]:
    """The conditions on buffet and investigador."""
    conditions = []
    if seleccion.buffet_id is not None:
        conditions.append(model.buffet_id == seleccion.buffet_id)
    if seleccion.investigador_id is not None:
        conditions.append(model.investigador_id == seleccion.investigador_id)
    return conditions


def read_flow(seleccion: Seleccion) -> Cuadro:
    """How many cases stood in each state at the end of days of the period.

    Counted back from where the cases stand now, so that what is read are the days since the period
    began and not all years before it.
    """
    standing = _count_standing(seleccion)
    entered = _count_after(Etapa.desde_dia, seleccion)
    left = _count_after(Etapa.hasta_dia, seleccion)
    days = sorted({day for _, day in (*entered, *left)})
    rows: list[dict[str, Any]] = []
    for mark in reversed(seleccion.marks()):
        while days and days[-1] > mark:
            day = days.pop()
            for estado in Estado:
                standing[estado] += left.get((estado, day), 0) - entered.get((estado, day), 0)
        rows.insert(0, _flow_row(mark, standing))
    last, first = rows[-1], rows[0]
    total = int(last["cerrados"]) + int(last["abiertos"])
    return Cuadro(
        Informe.FLUJO,
        seleccion,
        total,
        (
            Medida("dia", "Día", TipoMedida.DIA),
            *(Medida(estado.value, estado.label) for estado in OPEN_STATES),
            Medida("cerrados", "Cerrados"),
            Medida("abiertos", "Abiertos"),
        ),
        rows if total else (),
        pie=f"Abiertos: de {first['abiertos']} a {last['abiertos']}" if total else "",
    )


def _count_standing(seleccion: Seleccion) -> Counter[Estado]:
    """How many stays last still, by state; these are named since the index begins with them."""
    statement = (
        sa.select(Etapa.estado, sa.func.count())
        .where(
            Etapa.estado.in_(list(Estado)),
            Etapa.hasta_dia.is_(None),
            *of_selection(Etapa, seleccion),
        )
        .group_by(Etapa.estado)
    )
    return Counter({estado: int(amount) for estado, amount in db.session.execute(statement)})


def _count_after(column: Any, seleccion: Seleccion) -> dict[tuple[Estado, date], int]:
    """How many stays began or ended on each day after the first of the period, by their state."""
    statement = (
        sa.select(Etapa.estado, column, sa.func.count())
        .where(
            Etapa.estado.in_(list(Estado)),
            column > seleccion.desde,
            *of_selection(Etapa, seleccion),
        )
        .group_by(Etapa.estado, column)
    )
    return {(estado, day): int(amount) for estado, day, amount in db.session.execute(statement)}


def _flow_row(mark: date, standing: Counter[Estado]) -> dict[str, Any]:
    open_ones = {estado.value: standing[estado] for estado in OPEN_STATES}
    return {
        "dia": mark,
        **open_ones,
        "cerrados": standing[Estado.ENCONTRADO] + standing[Estado.NO_ENCONTRADO],
        "abiertos": sum(open_ones.values()),
    }


def read_pace(seleccion: Seleccion) -> Cuadro:
    """How many cases came in and were closed in each week."""
    received = _by_week(count_received(seleccion))
    closed = count_closed(seleccion)
    found = _by_week({day: n for (day, estado), n in closed.items() if estado is Estado.ENCONTRADO})
    lost = _by_week(
        {day: n for (day, estado), n in closed.items() if estado is Estado.NO_ENCONTRADO}
    )
    rows = [
        {
            "semana": week,
            "recibidos": received[week],
            "encontrados": found[week],
            "no_encontrados": lost[week],
            "cerrados": found[week] + lost[week],
        }
        for week in seleccion.weeks()
    ]
    came, ended = sum(received.values()), sum(found.values()) + sum(lost.values())
    pace = f"{ended / len(rows):.1f}".replace(".", ",")
    whole = "" if _is_whole(seleccion) else " · la primera o la última semana está incompleta"
    return Cuadro(
        Informe.RITMO,
        seleccion,
        came + ended,
        (
            Medida("semana", "Semana del", TipoMedida.DIA),
            Medida("recibidos", "Recibidos"),
            Medida("encontrados", "Encontrados"),
            Medida("no_encontrados", "No encontrados"),
            Medida("cerrados", "Cerrados"),
        ),
        rows if came + ended else (),
        pie=f"{pace} cerrados por semana{whole}" if came + ended else "",
        dibujo={"recibidos": came, "cerrados": ended},
    )


def _is_whole(seleccion: Seleccion) -> bool:
    return seleccion.desde == monday(seleccion.desde) and seleccion.hasta.weekday() == 6


def count_received(seleccion: Seleccion) -> dict[date, int]:
    """How many cases came in on each day of the period."""
    statement = (
        sa.select(Ciclo.recibido_dia, sa.func.count())
        .where(
            Ciclo.recibido_dia.between(seleccion.desde, seleccion.hasta),
            *of_selection(Ciclo, seleccion),
        )
        .group_by(Ciclo.recibido_dia)
    )
    return {day: int(amount) for day, amount in db.session.execute(statement)}


def count_closed(seleccion: Seleccion) -> dict[tuple[date, Estado], int]:
    """How many cases were closed on each day of the period, by how."""
    statement = (
        sa.select(Ciclo.cerrado_dia, Ciclo.estado, sa.func.count())
        .where(
            Ciclo.cerrado_dia.between(seleccion.desde, seleccion.hasta),
            *of_selection(Ciclo, seleccion),
        )
        .group_by(Ciclo.cerrado_dia, Ciclo.estado)
    )
    return {
        (day, estado): int(amount)
        for day, estado, amount in db.session.execute(statement)
        if day is not None
    }


def _by_week(days: dict[date, int]) -> dict[date, int]:
    weeks: dict[date, int] = defaultdict(int)
    for day, amount in days.items():
        weeks[monday(day)] += amount
    return weeks


def describe_span(seleccion: Seleccion) -> str:
    """The period in words."""
    return f"del {format_fecha(seleccion.desde)} al {format_fecha(seleccion.hasta)}"
