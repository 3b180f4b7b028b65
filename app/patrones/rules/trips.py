"""Sightings as the analysis reads them, and the trips that they are made of."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from app.core.clock import SANTIAGO, to_local

#: Maximum gap between two gantries of one trip…
TRIP_GAP = timedelta(minutes=30)
#: …and maximum length of a trip, so that a day of deliveries is not a single one.
TRIP_LENGTH = timedelta(minutes=90)


@dataclass(frozen=True, slots=True)
class Paso:
    """One sighting: the vehicle was seen, at an hour and a place that may be unknown."""

    fecha: date
    momento: datetime | None = None
    #: The gantry, or the place in words.
    lugar: str | None = None
    #: The road, also where only the company is known.
    via: str | None = None
    sentido: str | None = None
    #: Whether it is a gantry's or a fine's: evidence of passing, not of standing at a place.
    es_corredor: bool = True
    #: Name of its source, as in ``Tramo.fuente``; empty for a person or an unknown source.
    fuente: str = ""
    #: Time zone of its local hour.
    zona: ZoneInfo = SANTIAGO
    #: The gantry of the catalogue that it is tied to.
    portico_id: int | None = None


@dataclass(frozen=True, slots=True)
class Viaje:
    """Crossings that belong together, counted once, at the clock of the place of the first one."""

    fecha: date
    #: Minutes since midnight, local time.
    minuto: int
    pasos: tuple[Paso, ...]

    @property
    def semana(self) -> date:
        """The Monday of its week."""
        return monday_of(self.fecha)


def monday_of(day: date) -> date:
    """The Monday on which the week of a day begins."""
    return day - timedelta(days=day.weekday())


def group_trips(pasos: Iterable[Paso]) -> list[Viaje]:
    """Put the sightings whose hour is known together into trips, oldest first.

    A crossing that is told twice, and the next gantries of the same road, are one presence of
    the vehicle: without this a long motorway would look like a habit.
    """
    known = [(paso.momento, paso) for paso in pasos if paso.momento is not None]
    known.sort(key=lambda pair: pair[0])
    trips: list[tuple[datetime, list[Paso]]] = []
    last: datetime | None = None
    for moment, paso in known:
        if last is None or moment - last > TRIP_GAP or moment - trips[-1][0] > TRIP_LENGTH:
            trips.append((moment, []))
        trips[-1][1].append(paso)
        last = moment
    return [_trip(moment, members) for moment, members in trips]


def _trip(moment: datetime, pasos: list[Paso]) -> Viaje:
    local = to_local(moment, pasos[0].zona)
    return Viaje(local.date(), 60 * local.hour + local.minute, tuple(pasos))
