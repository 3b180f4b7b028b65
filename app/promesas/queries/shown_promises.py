"""Promises as people are shown them: how much of the term is used, and how much is left."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from app.promesas.models import Compromiso
from app.promesas.queries import standing_of
from app.promesas.rules import EstadoPromesa, SituacionPromesa, TipoPromesa
from app.promesas.rules.horario import Horario
from app.promesas.rules.promise_words import say_left, say_moment, say_promise


@dataclass(frozen=True)
class PromesaMostrada:
    """How one promise of a case stands at a moment."""

    tipo: TipoPromesa
    estado: EstadoPromesa
    empieza_at: datetime
    vence_at: datetime | None
    cumplida_at: datetime | None
    #: Business seconds that are left; None once it is decided, 0 when it is late.
    resta_s: int | None
    #: How much of the term is used, in percent; None once it is decided.
    usado: int | None
    #: What is left, in words: «queda 1 día hábil».
    resta: str
    #: Until when it is promised, or what became of it.
    detalle: str
    #: The whole in a sentence.
    frase: str


def show_promises(
    rows: Iterable[Compromiso], *, horario: Horario, now: datetime
) -> list[PromesaMostrada]:
    """How promises stand at a moment, in words."""
    return [_show(row, horario, now) for row in rows]


def _show(row: Compromiso, horario: Horario, now: datetime) -> PromesaMostrada:
    estado = standing_of(row, now)
    left = None
    if row.situacion is SituacionPromesa.DETENIDA:
        left = row.resta_s
    elif row.situacion is SituacionPromesa.CORRE and row.vence_at is not None:
        left = horario.worked(now, row.vence_at)
    words = say_left(left or 0, horario)
    used = None if left is None else max(0, min(100, 100 - 100 * left // max(row.plazo_s, 1)))
    return PromesaMostrada(
        tipo=row.tipo,
        estado=estado,
        empieza_at=row.empieza_at,
        vence_at=row.vence_at,
        cumplida_at=row.cumplida_at,
        resta_s=left,
        usado=used,
        resta=words,
        detalle=_detail(row, estado, words, now),
        frase=say_promise(row.tipo, estado, row.vence_at, words, now),
    )


def _detail(row: Compromiso, estado: EstadoPromesa, left: str, now: datetime) -> str:
    due = say_moment(row.vence_at, now) if row.vence_at else ""
    if estado is EstadoPromesa.DETENIDA:
        return f"{left[0].upper()}{left[1:]} cuando se reanude."
    if estado is EstadoPromesa.VENCIDA:
        return f"Se prometió para {due}."
    if estado is EstadoPromesa.SIN_EFECTO:
        return "El caso se cerró antes de que venciera."
    if row.cumplida_at is not None:
        promised = f"; se prometió para {due}" if estado is EstadoPromesa.INCUMPLIDA else ""
        return f"Se hizo {say_moment(row.cumplida_at, now)}{promised}."
    if estado is EstadoPromesa.INCUMPLIDA:
        return f"Se prometió para {due} y el caso se cerró sin hacerlo."
    return f"Vence {due}: {left}."
