"""When and where to go for a case, as the page, the expediente and the API tell it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cache

from app.ajustes.queries import current_values
from app.consultas.queries.fuentes import alcance_of_provider, current_alcance, read_fuentes
from app.core.clock import SANTIAGO, local_today
from app.core.dates import format_fecha
from app.core.habilitacion import HorasHabiles
from app.core.time_zones import zone_name
from app.oficios.models import Oficio
from app.patrones.queries.sighting_columns import list_pasos
from app.patrones.rules import (
    Paso,
    Patron,
    Sugerencia,
    analyse,
    suggest,
    what_ended,
    why_not,
)
from app.patrones.rules.legal_hours import LEGAL_FROM, LEGAL_UNTIL
from app.patrones.rules.silence import what_was_not_seen, who_was_asked


@dataclass(frozen=True)
class Cuando:
    """What the sightings of a case say, and what nobody can say."""

    patron: Patron
    #: The crossings that were analysed.
    pasos: list[Paso]
    #: End of what is known: a source's coverage or the last sighting; None without either.
    conocido_hasta: datetime | None
    sugerencias: list[Sugerencia]
    #: Why there is no suggestion, in words; None where there is one.
    sin_sugerencia: str | None
    #: Windows that ended: no trips in the last weeks.
    terminadas: list[str]
    no_visto: list[str]
    #: Warning that the data is old, and whether a new look-up can help.
    age_warning: str | None
    #: Names of the time zones other than Santiago's that some of the hours are in.
    zonas: tuple[str, ...] = ()
    #: The sources that were asked, in words.
    fuentes: tuple[str, ...] = ()


def legal_hours() -> HorasHabiles:
    """The hours of the law as the office has them."""
    held = current_values([LEGAL_FROM, LEGAL_UNTIL])
    return HorasHabiles(int(held[LEGAL_FROM.clave]), int(held[LEGAL_UNTIL.clave]))


def read_when(oficio: Oficio, *, proveedor: str, now: datetime) -> Cuando:
    """Analyse a case's sightings. ``proveedor`` is the configured one, which can be asked now."""
    fuentes = read_fuentes(oficio, now=now)
    pasos = list_pasos(oficio.id, fuentes)
    patron = analyse(pasos, now=now, tramos=fuentes.tramos)
    reach_of = cache(current_alcance)
    return Cuando(
        patron=patron,
        pasos=[paso for paso in pasos if paso.fecha >= patron.desde],
        conocido_hasta=patron.conocido_hasta if pasos or fuentes.tramos else None,
        sugerencias=suggest(patron, today=local_today(now), horas=legal_hours()),
        sin_sugerencia=why_not(patron),
        terminadas=[what_ended(franja) for franja in patron.pasadas],
        no_visto=what_was_not_seen(pasos, fuentes.tramos, now=now, reach_of=reach_of),
        age_warning=_how_old(patron, proveedor, now),
        zonas=tuple(sorted({zone_name(paso.zona) for paso in pasos if paso.zona != SANTIAGO})),
        fuentes=tuple(who_was_asked(fuentes.tramos, reach_of=reach_of)),
    )


def _how_old(patron: Patron, proveedor: str, now: datetime) -> str | None:
    """That the data ends some time ago; asking is proposed only when it can bring later data."""
    if not patron.is_old or patron.is_too_old:
        return None
    until = format_fecha(patron.conocido_hasta)
    alcance = alcance_of_provider(proveedor)
    reachable = alcance.known_until(now)
    if reachable.date() > patron.conocido_hasta.date():
        return f"Los datos llegan hasta el {until}: consulte los pórticos antes de salir."
    return (
        f"Los datos llegan hasta el {until}, y consultar no los adelanta: la fuente cuenta una "
        f"pasada desde el día {alcance.desde_dia}."
    )
