"""When and where a vehicle is seen, from its sightings alone: pure, and fast enough for a page."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from app.consultas.rules.vouched_spans import Tramo
from app.core.clock import local_today, to_local
from app.patrones.rules.coverage import known_minutes, known_until, spans_without_source
from app.patrones.rules.trips import Paso, Viaje, group_trips, monday_of
from app.patrones.rules.weekly_windows import (
    Franja,
    Periodo,
    find_windows,
    has_enough,
    period_of,
)

#: Older sightings are counted and shown but not analysed: people move and change jobs.
WEEKS = 12
#: Age in days from which the data is marked as old, and from which it is not used.
OLD = 14
TOO_OLD = 56
MOST_PLACES = 5


@dataclass(frozen=True)
class Celda:
    """One hour of one weekday in the heat table."""

    viajes: int = 0
    #: Number of distinct weeks with a trip.
    semanas: int = 0
    #: 0 to 4, relative to the fullest cell.
    nivel: int = 0


@dataclass(frozen=True)
class HourRow:
    """An hour of the day for the seven weekdays; hours without any trip are put together."""

    desde: int
    hasta: int
    celdas: tuple[Celda, ...]

    @property
    def is_empty(self) -> bool:
        """Whether the vehicle was never seen in these hours."""
        return not self.celdas


@dataclass(frozen=True)
class FrequentPlace:
    """A gantry, a place or a direction, and how often the vehicle is seen there."""

    nombre: str
    sentido: str | None
    #: Number of distinct days, so that several gantries of a trip or a return trip count once.
    dias: int
    semanas: int
    ultima: date


@dataclass(frozen=True)
class Patron:
    """What the sightings of the last weeks say."""

    total: int
    #: Number of sightings before the analysed weeks.
    antiguos: int
    con_hora: int
    sin_hora: int
    viajes: int
    #: Numbers of weeks: with a sighting, with a trip of known hour, and covered by a source.
    semanas: int
    semanas_con_hora: int
    semanas_conocidas: int
    desde: date
    conocido_hasta: datetime
    ultimo: Paso | None
    #: Days since the last sighting.
    hace_dias: int | None
    calor: tuple[HourRow, ...]
    lugares: tuple[FrequentPlace, ...]
    sentidos: tuple[FrequentPlace, ...]
    franjas: tuple[Franja, ...]
    #: Windows without trips in the last weeks.
    pasadas: tuple[Franja, ...]
    has_enough: bool
    is_old: bool
    is_too_old: bool


def analyse(pasos: Iterable[Paso], *, now: datetime, tramos: Sequence[Tramo] = ()) -> Patron:
    """Say when and where a vehicle is seen.

    ``tramos`` are the times of which the sources would have told: only there does the silence of
    a week count against a habit. Without them only what lies before the last sighting is known.
    """
    everything = list(pasos)
    last_day = max((paso.fecha for paso in everything), default=None)
    spans = spans_without_source(everything, tramos)
    until = min(now, known_until([*tramos, *spans]) or now)
    end = max(to_local(until).date(), min(last_day or date.min, local_today(now)))
    start = monday_of(end) - timedelta(weeks=WEEKS - 1)
    recent = [paso for paso in everything if paso.fecha >= start]
    trips = group_trips(recent)
    periodo = period_of(trips, tramos, spans, end=end, ultima=last_day or date.min, weeks=WEEKS)
    days_unknown = (local_today(now) - to_local(until).date()).days
    windows = find_windows(trips, periodo) if periodo and days_unknown <= TOO_OLD else []
    days = {paso.fecha for paso in recent}
    first = monday_of(min(days, default=start))
    known = known_minutes([*tramos, *spans], first, (end - first).days + 1)
    with_hour = sum(1 for paso in recent if paso.momento is not None)
    return Patron(
        total=len(everything),
        antiguos=len(everything) - len(recent),
        con_hora=with_hour,
        sin_hora=len(recent) - with_hour,
        viajes=len(trips),
        semanas=len({monday_of(day) for day in days}),
        semanas_con_hora=len({trip.semana for trip in trips}),
        semanas_conocidas=len(
            {*Periodo(first, tuple(known)).semanas, *(monday_of(day) for day in days)}
        ),
        desde=first,
        conocido_hasta=until,
        ultimo=_last(everything),
        hace_dias=(local_today(now) - last_day).days if last_day else None,
        calor=heat(trips),
        lugares=_places(recent),
        sentidos=_directions(recent),
        franjas=tuple(window for window in windows if not window.is_over),
        pasadas=tuple(window for window in windows if window.is_over),
        has_enough=has_enough(trips),
        is_old=days_unknown > OLD,
        is_too_old=days_unknown > TOO_OLD,
    )


def heat(trips: Sequence[Viaje]) -> tuple[HourRow, ...]:
    """The trips by hour and weekday; runs of hours without any become one row."""
    counts: Counter[tuple[int, int]] = Counter()
    weeks: dict[tuple[int, int], set[date]] = {}
    for trip in trips:
        cell = (trip.minuto // 60, trip.fecha.weekday())
        counts[cell] += 1
        weeks.setdefault(cell, set()).add(trip.semana)
    if not counts:
        return ()
    most = max(counts.values())
    rows: list[HourRow] = []
    for hour in range(24):
        if any((hour, day) in counts for day in range(7)):
            cells = (_cell(counts[hour, day], weeks.get((hour, day)), most) for day in range(7))
            rows.append(HourRow(hour, hour + 1, tuple(cells)))
        elif rows and rows[-1].is_empty:
            rows[-1] = HourRow(rows[-1].desde, hour + 1, ())
        else:
            rows.append(HourRow(hour, hour + 1, ()))
    return tuple(rows)


def _cell(count: int, weeks: set[date] | None, most: int) -> Celda:
    return Celda(count, len(weeks or ()), -(-4 * count // most))


def _last(pasos: Sequence[Paso]) -> Paso | None:
    """The newest sighting; of a day, the one whose hour is known."""
    never = datetime.min.replace(tzinfo=UTC)
    return max(pasos, key=lambda paso: (paso.fecha, paso.momento or never), default=None)


def _places(pasos: Sequence[Paso]) -> tuple[FrequentPlace, ...]:
    return _count((paso.lugar or paso.via, paso) for paso in pasos)


def _directions(pasos: Sequence[Paso]) -> tuple[FrequentPlace, ...]:
    return _count((paso.sentido, paso) for paso in pasos)


def _count(named: Iterable[tuple[str | None, Paso]]) -> tuple[FrequentPlace, ...]:
    """The most frequent names by the different days on which they were seen."""
    days: dict[str, set[date]] = {}
    directions: dict[str, Counter[str]] = {}
    for name, paso in named:
        if name:
            days.setdefault(name, set()).add(paso.fecha)
            if paso.sentido:
                directions.setdefault(name, Counter())[paso.sentido] += 1
    order = sorted(days, key=lambda name: (-len(days[name]), name))
    return tuple(
        FrequentPlace(
            nombre=name,
            sentido=directions[name].most_common(1)[0][0] if name in directions else None,
            dias=len(days[name]),
            semanas=len({monday_of(day) for day in days[name]}),
            ultima=max(days[name]),
        )
        for name in order[:MOST_PLACES]
    )
