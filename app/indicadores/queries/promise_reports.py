"""How promises were kept, kind by kind and week by week, beside the goal of each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any, NamedTuple

from app.ajustes.queries import current_values
from app.indicadores.rules import MIN_SAMPLE, Informe
from app.indicadores.rules.cuadro import CasosDetras, Cuadro, Medida, TipoMedida
from app.indicadores.rules.medidas import Proporcion
from app.indicadores.rules.periodo import Seleccion
from app.promesas.queries.kept_promises import count_kept_by_week
from app.promesas.rules import GOALS, TipoPromesa

#: Weeks in a row below a goal from which it is said: one alone may be chance.
_STREAK = 2


class MarchaPromesa(NamedTuple):
    """How the promises of one kind went over a period."""

    tipo: TipoPromesa
    #: In percent.
    meta: int
    total: Proporcion
    #: Of each week of the period, in order; of one in which none was decided ``n`` is 0.
    semanas: tuple[Proporcion, ...]

    @property
    def is_below(self) -> bool:
        """Whether the whole period is below the goal, of a sample that says something."""
        return self.total.n >= MIN_SAMPLE and _is_below(self.total, self.meta)

    @property
    def streak(self) -> int:
        """The last weeks in a row that were below the goal; those without any are passed over."""
        below = 0
        for week in reversed(self.semanas):
            if week.n and not _is_below(week, self.meta):
                break
            below += 1 if week.n else 0
        return below


def read_promise_weeks(seleccion: Seleccion, *, now: datetime) -> Cuadro:
    """The share of the promises of each kind that were kept, by the week of their decision."""
    kept: Counter[tuple[date, TipoPromesa]] = Counter()
    decided: Counter[tuple[date, TipoPromesa]] = Counter()
    for one in count_kept_by_week(
        seleccion.desde, seleccion.hasta, now=now, buffet_id=seleccion.buffet_id
    ):
        kept[one.semana, one.tipo] += one.cumplidas
        decided[one.semana, one.tipo] += one.cumplidas + one.incumplidas
    weeks = seleccion.weeks()
    goals = current_values(list(GOALS.values()))
    marchas = []
    for tipo, setting in GOALS.items():
        shares = tuple(Proporcion(kept[week, tipo], decided[week, tipo]) for week in weeks)
        total = Proporcion(sum(one.si for one in shares), sum(one.n for one in shares))
        marchas.append(MarchaPromesa(tipo, int(goals[setting.clave]), total, shares))
    n = sum(one.total.n for one in marchas)
    pie, detras = _stands_out(marchas)
    if n and seleccion.investigador_id is not None:
        pie += " · no se separan por investigador"
    return Cuadro(
        Informe.PROMESAS_SEMANA,
        seleccion,
        n,
        (Medida("semana", "Semana del", TipoMedida.DIA), *_measures()),
        [_row(week, number, marchas) for number, week in enumerate(weeks)] if n else (),
        pie=pie if n else "",
        detras=detras,
        dibujo={"marchas": marchas},
    )


def _is_below(share: Proporcion, goal: int) -> bool:
    """Compared as whole numbers: 89,6 % rounds to 90 and is below a goal of 90 all the same."""
    return 100 * share.si < goal * share.n


def _measures() -> Iterable[Medida]:
    for tipo in GOALS:
        yield Medida(f"{tipo.value}_si", f"{tipo.label}: cumplidas")
        yield Medida(f"{tipo.value}_n", f"{tipo.label}: cumplidas o vencidas")
        yield Medida(f"{tipo.value}_parte", f"{tipo.label}: parte", TipoMedida.PORCENTAJE)


def _row(week: date, number: int, marchas: Iterable[MarchaPromesa]) -> dict[str, Any]:
    row: dict[str, Any] = {"semana": week}
    for one in marchas:
        share = one.semanas[number]
        row[f"{one.tipo.value}_si"] = share.si
        row[f"{one.tipo.value}_n"] = share.n
        row[f"{one.tipo.value}_parte"] = share.porcentaje
    return row


def _stands_out(marchas: Iterable[MarchaPromesa]) -> tuple[str, CasosDetras | None]:
    """What is longest below its goal, and the cases in which it was missed."""
    worst = max(marchas, key=lambda one: (one.streak, one.is_below))
    if worst.streak >= _STREAK:
        words = f"«{worst.tipo.label}» lleva {worst.streak} semanas bajo la meta"
    elif below := next((one for one in marchas if one.is_below), None):
        worst, words = below, f"«{below.tipo.label}» está bajo la meta en el período"
    else:
        return f"Ninguna lleva {_STREAK} semanas bajo su meta", None
    missed = worst.total.n - worst.total.si
    label = "ver el caso" if missed == 1 else f"ver los {missed}"
    return words, CasosDetras(label, {"tipo": worst.tipo.value})
