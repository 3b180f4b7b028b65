"""What the sources could have told: only there is silence evidence, elsewhere it is ignorance."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime, time, timedelta

from app.consultas.rules.vouched_spans import Tramo
from app.core.clock import start_of_day, to_local
from app.patrones.rules.trips import Paso

#: Minutes of a whole day.
DAY = 1440


def known_until(tramos: Iterable[Tramo]) -> datetime | None:
    """Until when at least one source would have told; None when nobody was asked."""
    return max((tramo.hasta for tramo in tramos), default=None)


def spans_without_source(pasos: Iterable[Paso], tramos: Sequence[Tramo]) -> list[Tramo]:
    """For each source the time of its crossings that none of its tramos holds, first to last.

    What people write down, and look-ups from before there was a record of them. That time counts
    when hits are weighed against days, never as silence.
    """
    ends: dict[str, tuple[datetime, datetime]] = {}
    for paso in pasos:
        moment = paso.momento or start_of_day(paso.fecha)
        if any(
            tramo.fuente == paso.fuente and tramo.desde <= moment <= tramo.hasta for tramo in tramos
        ):
            continue
        first, last = ends.get(paso.fuente, (moment, moment))
        ends[paso.fuente] = (min(first, moment), max(last, moment))
    return [
        Tramo(fuente, start_of_day(to_local(first).date()), last)
        for fuente, (first, last) in ends.items()
    ]


def speaks_of(tramo: Tramo, fuentes: Collection[str], vias: Collection[str]) -> bool:
    """Whether the silence of a tramo says anything of crossings with these sources and roads.

    A source that never told of them may be unable to: with a TAG the public one sees nothing.
    One that tells all of a road speaks of that road, whoever told of the crossings.
    """
    return tramo.fuente in fuentes or bool(tramo.vias and tramo.vias.intersection(vias))


def known_minutes(tramos: Iterable[Tramo], first: date, days: int) -> list[int]:
    """For each day from ``first`` on, until which minute of it the sources would have told.

    0 is a day that is not known from its beginning, ``DAY`` one that is known whole.
    """
    known = [0] * days
    for tramo in tramos:
        start, end = to_local(tramo.desde), to_local(tramo.hasta)
        begin = start.date() if start.time() == time.min else start.date() + timedelta(days=1)
        for number in range(max(0, (begin - first).days), min(days, (end.date() - first).days)):
            known[number] = DAY
        last = (end.date() - first).days
        if end.date() >= begin and 0 <= last < days:
            known[last] = max(known[last], 60 * end.hour + end.minute)
    return known


def whole_days(tramos: Iterable[Tramo], first: date, last: date) -> list[date]:
    """The days from ``first`` to ``last``, both included, that are known whole."""
    days = (last - first).days + 1
    known = known_minutes(tramos, first, max(0, days))
    # A list that ends on a day ends at 23:59, so a gap of the day's last minute is ignored.
    return [
        first + timedelta(days=number) for number, minutes in enumerate(known) if minutes >= DAY - 1
    ]


def stretches(days: Iterable[date]) -> list[tuple[date, date]]:
    """Days in a row as pairs of the first and the last of them."""
    found: list[tuple[date, date]] = []
    for day in sorted(set(days)):
        if found and day - found[-1][1] == timedelta(days=1):
            found[-1] = (found[-1][0], day)
        else:
            found.append((day, day))
    return found
