"""How the clock of a promise runs: over priorities, pauses and closed hours, until it is due.

A share of the term is used up by each stretch of time at the term of the priority that the case has
then. A case that becomes urgent when half of its term is used has half of the urgent term left: it
does not become late by the change, and a lower priority does not undo what was late.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from fractions import Fraction
from math import ceil

from app.core.clock import local_today
from app.oficios.rules import Prioridad
from app.promesas.rules import SituacionPromesa
from app.promesas.rules.horario import Horario


@dataclass(frozen=True)
class Vida:
    """What happened to a case, as far as its clock is concerned."""

    empieza_at: datetime
    #: From when on it had which priority, in order; the first holds from the beginning.
    prioridades: tuple[tuple[datetime, Prioridad], ...]
    #: From when until when the clock stood; None: it stands.
    pausas: tuple[tuple[datetime, datetime | None], ...] = ()
    #: When what was promised was done.
    cumplida_at: datetime | None = None
    #: When the case was closed, if it is closed.
    cerrada_at: datetime | None = None


@dataclass(frozen=True)
class Marcha:
    """How a promise stands by what happened so far."""

    situacion: SituacionPromesa
    #: From when it is at risk, and when it is or was due; None while that is not known.
    riesgo_at: datetime | None
    vence_at: datetime | None
    #: Since when it is decided, or when it will be if nothing is done; None while the clock stands.
    decide_at: datetime | None
    #: The term of the case's last priority that has one, in business seconds.
    plazo_s: int
    #: Business seconds left while the clock stands.
    resta_s: int | None = None


def begins_at(created_at: datetime, fecha_ingreso: date | None, horario: Horario) -> datetime:
    """When the clock of a case begins.

    When it was entered; but at the end of the day on which the office received it where that was
    an earlier one, because a day has no hour.
    """
    if fecha_ingreso is None or fecha_ingreso >= local_today(created_at):
        return created_at
    return min(created_at, horario.end_of(fecha_ingreso))


def run_clock(
    vida: Vida, plazos: Mapping[Prioridad, int], horario: Horario, riesgo: int
) -> Marcha | None:
    """How a promise stands; None where nothing is promised of the priority that the case has.

    ``plazos`` are business seconds by priority; ``riesgo`` is the percentage of a term from which
    it is at risk.
    """
    used, plazo = Fraction(0), 0
    reached: dict[Fraction, datetime] = {}
    shares = (Fraction(riesgo, 100), Fraction(1))
    stands = has_term = False
    for start, end, prioridad, stands in _stretches(vida):
        has_term = prioridad in plazos
        plazo = plazos.get(prioridad, plazo)
        if stands or not has_term:
            continue
        for share in shares:
            if share not in reached:
                moment = horario.after(start, ceil((share - used) * plazo))
                if end is None or moment <= end:
                    reached[share] = moment
        if shares[1] in reached or end is None:
            break
        used += Fraction(horario.worked(start, end), plazo)
    riesgo_at, vence_at = (reached.get(share) for share in shares)
    if not plazo or (vence_at is None and not has_term):
        return None
    situacion, decide_at = _decide(vida, vence_at)
    if situacion is not SituacionPromesa.DETENIDA:
        return Marcha(situacion, riesgo_at, vence_at, decide_at, plazo)
    return Marcha(situacion, riesgo_at, None, None, plazo, ceil((1 - used) * plazo))


def settle(vida: Vida, marcha: Marcha) -> Marcha:
    """What became of a promise whose term is settled, by when it was done or its case closed."""
    situacion, decide_at = _decide(vida, marcha.vence_at)
    return replace(marcha, situacion=situacion, decide_at=decide_at)


def _decide(vida: Vida, vence_at: datetime | None) -> tuple[SituacionPromesa, datetime | None]:
    """What became of a promise, and when that was or will be decided."""
    done, closed = vida.cumplida_at, vida.cerrada_at
    if done is not None:
        if vence_at is None or done <= vence_at:
            return SituacionPromesa.CUMPLIDA, done
        return SituacionPromesa.INCUMPLIDA, vence_at
    if closed is not None:
        if vence_at is not None and vence_at <= closed:
            return SituacionPromesa.INCUMPLIDA, vence_at
        return SituacionPromesa.SIN_EFECTO, closed
    if vence_at is None:
        return SituacionPromesa.DETENIDA, None
    return SituacionPromesa.CORRE, vence_at


def _stretches(vida: Vida) -> Iterator[tuple[datetime, datetime | None, Prioridad, bool]]:
    """The time of a case in pieces of one priority in which the clock runs or stands.

    The last one has no end: it is how things stood when it was done or closed, or stand now.
    """
    until = vida.cumplida_at or vida.cerrada_at
    bounds = [vida.empieza_at, *_bounds(vida, vida.empieza_at, until)]
    for index, start in enumerate(bounds):
        end = bounds[index + 1] if index + 1 < len(bounds) else None
        prioridad = vida.prioridades[0][1]
        for since, one in vida.prioridades[1:]:
            if since <= start:
                prioridad = one
        stands = any(
            since <= start and (ends is None or start < ends) for since, ends in vida.pausas
        )
        yield start, end, prioridad, stands


def _bounds(vida: Vida, start: datetime, until: datetime | None) -> Iterable[datetime]:
    moments = {since for since, _one in vida.prioridades[1:]}
    moments |= {moment for pausa in vida.pausas for moment in pausa if moment is not None}
    return sorted(
        moment for moment in moments if moment > start and (until is None or moment < until)
    )
