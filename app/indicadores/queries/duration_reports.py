"""How long cases took, and how old the open ones are."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from app.core.clock import local_today
from app.db import db
from app.indicadores.models import Ciclo
from app.indicadores.queries.flow_reports import of_selection
from app.indicadores.rules import OLD_DAYS, Informe
from app.indicadores.rules.cuadro import CasosDetras, Cuadro, Medida, TipoMedida
from app.indicadores.rules.medidas import spread
from app.indicadores.rules.periodo import Seleccion, monday
from app.oficios.rules import OPEN_STATES

#: The last day of each class of ages; older cases are in the last class.
_AGES = (7, 15, 30, 45, 60, 90)


def read_closing_time(seleccion: Seleccion) -> Cuadro:
    """From entry to closing (lead time), of the cases closed in the period, by week."""
    statement = (
        sa.select(
            Ciclo.cerrado_dia, Ciclo.dias_total, sa.func.count(), sa.func.min(Ciclo.oficio_id)
        )
        .where(
            Ciclo.cerrado_dia.between(seleccion.desde, seleccion.hasta),
            *of_selection(Ciclo, seleccion),
        )
        .group_by(Ciclo.cerrado_dia, Ciclo.dias_total)
    )
    points: list[tuple[date, int, int, int]] = []
    weeks: dict[date, Counter[int]] = defaultdict(Counter)
    everything: Counter[int] = Counter()
    for day, days, amount, first in db.session.execute(statement):
        if day is None or days is None:
            continue
        points.append((day, days, int(amount), int(first)))
        weeks[monday(day)][days] += int(amount)
        everything[days] += int(amount)
    all_of_them = spread(everything)
    rows = []
    for week in seleccion.weeks():
        one = spread(weeks[week])
        rows.append(
            {
                "semana": week,
                "cerrados": one.n,
                "mediana": one.mediana,
                "p85": one.p85,
                "maximo": max(weeks[week], default=None),
            }
        )
    late = sum(n for days, n in everything.items() if days > (all_of_them.p85 or 0))
    return Cuadro(
        Informe.CIERRE,
        seleccion,
        all_of_them.n,
        (
            Medida("semana", "Semana del", TipoMedida.DIA),
            Medida("cerrados", "Cerrados"),
            Medida("mediana", "La mitad, en días"),
            Medida("p85", "85 de 100, en días"),
            Medida("maximo", "El más largo, en días"),
        ),
        rows if all_of_them.n else (),
        pie=_late_note(late, all_of_them.p85) if all_of_them.n else "",
        detras=CasosDetras("verlo" if late == 1 else "verlos") if late else None,
        dibujo={"puntos": sorted(points), "todos": all_of_them},
    )


def _late_note(late: int, p85: int | None) -> str:
    if not late:
        return f"Ninguno tardó más de {p85} días"
    verb = "tardó" if late == 1 else "tardaron"
    return f"{late} {verb} más de {p85} días"


def read_stages(seleccion: Seleccion) -> Cuadro:
    """The days in each state, and the cycle and lead times, of the cases closed in the period."""
    rows = []
    for clave, label, column in (
        ("pendiente", "Pendiente", Ciclo.dias_pendiente),
        ("investigacion", "Investigación", Ciclo.dias_investigacion),
        ("notificacion", "Notificación", Ciclo.dias_notificacion),
        ("busqueda", "Búsqueda a cierre", Ciclo.dias_busqueda),
        ("total", "Ingreso a cierre", Ciclo.dias_total),
    ):
        statement = (
            sa.select(column, sa.func.count())
            .where(
                Ciclo.cerrado_dia.between(seleccion.desde, seleccion.hasta),
                column.is_not(None),
                *of_selection(Ciclo, seleccion),
            )
            .group_by(column)
        )
        one = spread(
            {days: int(n) for days, n in db.session.execute(statement) if days is not None}
        )
        rows.append(
            {"paso": label, "clave": clave, "n": one.n, "mediana": one.mediana, "p85": one.p85}
        )
    closed = int(rows[-1]["n"] or 0)  # type: ignore[call-overload]  # the spread's own number
    return Cuadro(
        Informe.ETAPAS,
        seleccion,
        closed,
        (
            Medida("paso", "Paso", TipoMedida.TEXTO),
            Medida("n", "Oficios que pasaron por él"),
            Medida("mediana", "La mitad, en días"),
            Medida("p85", "85 de 100, en días"),
        ),
        rows if closed else (),
    )


def read_ages(seleccion: Seleccion, *, now: datetime) -> Cuadro:
    """How long the cases that are open now have been there, by state."""
    today = local_today(now)
    statement = (
        sa.select(Ciclo.estado, Ciclo.recibido_dia, sa.func.count())
        .where(Ciclo.cerrado_dia.is_(None), *of_selection(Ciclo, seleccion))
        .group_by(Ciclo.estado, Ciclo.recibido_dia)
    )
    counted: Counter[tuple[int, str]] = Counter()
    ages: Counter[int] = Counter()
    for estado, received, amount in db.session.execute(statement):
        age = max(0, (today - received).days)
        ages[age] += int(amount)
        counted[_class_of(age), estado.value] += int(amount)
    rows: list[dict[str, Any]] = []
    for index, label in enumerate(_labels()):
        row: dict[str, Any] = {"dias": label}
        row |= {estado.value: counted[index, estado.value] for estado in OPEN_STATES}
        rows.append({**row, "total": sum(counted[index, one.value] for one in OPEN_STATES)})
    total = sum(ages.values())
    old = sum(n for age, n in ages.items() if age > OLD_DAYS)
    whole = spread(ages)
    pie = f"{old} con más de {OLD_DAYS} días · la mitad tiene {whole.mediana} o menos"
    return Cuadro(
        Informe.ANTIGUEDAD,
        seleccion,
        total,
        (
            Medida("dias", "Días desde el ingreso", TipoMedida.TEXTO),
            *(Medida(estado.value, estado.label) for estado in OPEN_STATES),
            Medida("total", "Abiertos"),
        ),
        rows if total else (),
        pie=pie if total else "",
        dibujo={"viejos": old},
    )


def _class_of(age: int) -> int:
    return next((index for index, last in enumerate(_AGES) if age <= last), len(_AGES))


def _labels() -> list[str]:
    begins = (0, *(last + 1 for last in _AGES))
    return [
        *(f"{first} a {last}" for first, last in zip(begins, _AGES, strict=False)),
        f"más de {_AGES[-1]}",
    ]
