"""What the analysis found, in sentences that an investigator can act on and check."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from app.core.clock import to_local
from app.core.dates import DIAS, format_fecha
from app.core.habilitacion import HorasHabiles, why_habilitacion
from app.patrones.rules.summary import TOO_OLD, Patron
from app.patrones.rules.weekly_windows import MIN_TRIPS, MIN_WEEKS, Franja

#: Minimum share of a window's trips in which a place occurs for it to be named.
_PLACE_SHARE = 0.5
#: Steps of «menos de 1 vez en …»; nothing finer is stated.
_ODDS = (1_000_000, 100_000, 10_000, 1_000, 100, 50, 20)

LEGAL_HOURS = HorasHabiles()

CORRIDOR = "Es un corredor: dice por dónde circula a esa hora, no dónde se estaciona."
SEEN = "Ahí lo vio una persona en esas ocasiones: no asegura que vuelva a estar."


#: How a note begins that plans to go at a window.
VISIT = "Ir a buscarlo:"


@dataclass(frozen=True)
class Sugerencia:
    """When and where to go, why, and what it does not say."""

    cuando: str
    donde: str
    evidencia: str
    limite: str
    #: The part of the window in which a receptor needs leave of the court, in words; None for none
    #: of it.
    habilitacion: str | None = None


def suggest(patron: Patron, *, today: date, horas: HorasHabiles = LEGAL_HOURS) -> list[Sugerencia]:
    """The windows that are worth a visit, the clearest first; at most three."""
    return [
        Sugerencia(
            cuando=when(franja),
            donde=_where(franja),
            evidencia=_evidence(franja, patron),
            limite=CORRIDOR if _is_corridor(franja) else SEEN,
            habilitacion=why_habilitacion(
                franja.dias, franja.desde, franja.hasta, today=today, horas=horas
            ),
        )
        for franja in patron.franjas
    ]


def why_not(patron: Patron) -> str | None:
    """Why nothing is suggested, and what is missing for it; None when something is."""
    if patron.franjas:
        return None
    if patron.is_too_old:
        return (
            f"Los datos llegan hasta el {format_fecha(patron.conocido_hasta)}, hace más de "
            f"{TOO_OLD // 7} semanas: lo que hacía entonces ya no sirve para decidir una salida. "
            "Consulte los pórticos."
        )
    if not patron.has_enough:
        return (
            f"Para sugerir una franja se necesitan al menos {MIN_TRIPS} viajes con hora, en "
            f"{MIN_WEEKS} semanas distintas. Hay {_count(patron.viajes, 'viaje', 'viajes')} en "
            f"{_count(patron.semanas_con_hora, 'semana', 'semanas')}."
        )
    if patron.pasadas:
        return (
            "El horario que tenía no se repitió en las últimas semanas y ningún otro destaca "
            "todavía: no hay una franja que sugerir."
        )
    return (
        f"Hay {_count(patron.viajes, 'viaje', 'viajes')} con hora en "
        f"{_count(patron.semanas_con_hora, 'semana', 'semanas')}, y ninguna franja se repite más "
        "de lo que daría un reparto al azar: no hay un horario al que apostar."
    )


def when(franja: Franja) -> str:
    """«martes a jueves, 7:30 a 8:30»."""
    return f"{_days(franja.dias)}, {_clock(franja.desde)} a {_clock(franja.hasta)}"


def next_day(franja: Franja, now: datetime) -> date:
    """The next day on which one can still be there before a window ends, today included."""
    local = to_local(now)
    minute = 60 * local.hour + local.minute
    days = (local.date() + timedelta(days=ahead) for ahead in range(8))
    return next(
        day
        for day in days
        if day.weekday() in franja.dias and (day > local.date() or minute < franja.hasta)
    )


def visit_note(sugerencia: Sugerencia) -> str:
    """What is written down when somebody plans to go at a window."""
    return f"{_visit_at(sugerencia)} {sugerencia.donde}."


def is_visit_at(text: str, sugerencia: Sugerencia) -> bool:
    """Whether a note plans to go at a window, whatever its author added to it."""
    return text.startswith(_visit_at(sugerencia))


def _visit_at(sugerencia: Sugerencia) -> str:
    return f"{VISIT} {sugerencia.cuando},"


def what_ended(franja: Franja) -> str:
    """A habit of the past, told so that nobody goes there."""
    return (
        f"Hasta el {format_fecha(franja.ultima)} pasaba {when(franja)} ({_where(franja)}), "
        "pero no se ha repetido en las últimas semanas."
    )


def _days(dias: tuple[int, ...]) -> str:
    """«lunes, miércoles y viernes»; three or more in a row are «martes a jueves»."""
    if len(dias) == 7:
        return "todos los días"
    is_row = dias == tuple(range(dias[0], dias[0] + len(dias)))
    if is_row and len(dias) > 2:
        return f"{DIAS[dias[0]]} a {DIAS[dias[-1]]}"
    names = [DIAS[day] for day in dias]
    return " y ".join(part for part in (", ".join(names[:-1]), names[-1]) if part)


def _clock(minutes: int) -> str:
    return f"{minutes // 60}:{minutes % 60:02}"


def _where(franja: Franja) -> str:
    """The gantry that most of the window's trips went by, or what can be said instead."""
    places: Counter[tuple[str, str | None]] = Counter()
    roads: Counter[str] = Counter()
    for trip in franja.viajes:
        places.update({(paso.lugar, paso.sentido): 1 for paso in trip.pasos if paso.lugar})
        roads.update({paso.via for paso in trip.pasos if paso.via})
    enough = _PLACE_SHARE * len(franja.viajes)
    if places and places.most_common(1)[0][1] >= enough:
        lugar, sentido = places.most_common(1)[0][0]
        return f"{lugar}, {sentido}" if sentido else str(lugar)
    if roads and roads.most_common(1)[0][1] >= enough:
        return f"por distintos puntos de {roads.most_common(1)[0][0]}"
    return "por lugares distintos o no informados"


def _is_corridor(franja: Franja) -> bool:
    pasos = [paso for trip in franja.viajes for paso in trip.pasos]
    return 2 * sum(paso.es_corredor for paso in pasos) >= len(pasos)


def _evidence(franja: Franja, patron: Patron) -> str:
    """«En 5 de las últimas 6 semanas (14 de 18 días). Al azar, menos de 1 vez en 1.000.»"""
    if patron.is_old:
        weeks = f"En {franja.semanas} de {franja.semanas_conocidas} semanas, hasta el "
        weeks += format_fecha(patron.conocido_hasta)
    else:
        weeks = f"En {franja.semanas} de las últimas {franja.semanas_conocidas} semanas"
    odds = next((odds for odds in _ODDS if franja.azar * odds <= 1), _ODDS[-1])
    often = f"{odds:,}".replace(",", ".")
    return (
        f"{weeks} ({franja.aciertos} de {franja.dias_conocidos} días). Un vehículo sin horario "
        f"daría algo así menos de 1 vez en {often}."
    )


def _count(number: int, one: str, many: str) -> str:
    return f"{number} {one if number == 1 else many}"
