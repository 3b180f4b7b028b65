"""Windows of the week in which the vehicle passes more than chance would have it.

The question is asked of days: of the Tuesdays, Wednesdays and Thursdays that are known, on how
many did it pass between 7:30 and 8:30? The answer is held against a vehicle that makes as many
trips each week but spreads them evenly over the waking hours of the seven days. Many windows are
tried, so each has to be that much clearer (Bonferroni): a vehicle without habits gets a
suggestion in fewer than ``FALSE_ALARMS`` of the cases.
"""

from __future__ import annotations

import functools
import math
import operator
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from app.consultas.rules.vouched_spans import Tramo
from app.patrones.rules.coverage import known_minutes, speaks_of, whole_days
from app.patrones.rules.trips import Viaje, monday_of

#: Minimum trips of known hour, and distinct weeks with one, for a suggestion.
MIN_TRIPS = 6
MIN_WEEKS = 4
#: Minimum distinct weeks with a trip in the window…
WINDOW_WEEKS = 3
#: …minimum share of the covered weeks, and of the window's own days.
WEEK_SHARE = 0.5
DAY_SHARE = 0.4
#: It is hit that many times as often as by a vehicle without habits: one that passes all day long
#: is met at any hour, and no hour is worth a suggestion.
LIFT = 1.5
#: How often a vehicle without habits may get a suggestion.
FALSE_ALARMS = 0.05
#: A habit is of the past when so many days went by since, up to the last of which its sources would
#: have told. A public source tells after eleven days: of who stopped five weeks ago that is 24
#: days, of one that it merely did not tell of for thirty days 19.
SILENT_DAYS = 23
#: Of these days its sources would have told at least so many; a single look-up of the public source
#: vouches for eighteen whole ones.
COVERED_DAYS = 17
#: While the vehicle itself was seen within so many days, its habit alone is asked for.
STILL_SEEN = 7
MOST_WINDOWS = 3
#: A window is at least an hour and at most two, in half hours.
LENGTHS = (2, 3, 4)
SLOTS = 48
#: Half hours from 6:00 to 23:00, over which chance spreads the trips. Spread over the whole night
#: as well they would be thinner by day, and a window would stand out more easily.
ACTIVE_SLOTS = 24
#: Around a window that was found, what is left over is not a second habit (half hours).
_MARGIN = 2
#: Every choice of days and every stretch of hours counts as tried.
_TRIED = (2**7 - 1) * sum(SLOTS - length + 1 for length in LENGTHS)


@dataclass(frozen=True)
class Franja:
    """A window of the week, with the trips that speak for it."""

    #: Monday is 0.
    dias: tuple[int, ...]
    #: Minutes since midnight.
    desde: int
    hasta: int
    semanas: int
    semanas_conocidas: int
    #: Days of the window on which it passed, and that are known.
    aciertos: int
    dias_conocidos: int
    viajes: tuple[Viaje, ...]
    #: How likely chance alone would do as well anywhere in the week, at most.
    azar: float
    #: Not hit in the last weeks: told, not suggested.
    is_over: bool
    ultima: date


@dataclass(frozen=True)
class Periodo:
    """The days that are looked at, from a Monday on, and what is known of each."""

    desde: date
    #: Until which minute of each day the trips are known; 0: not at all.
    conocido: tuple[int, ...]
    #: Of which the silence of a habit is judged; nothing is read from the others.
    tramos: tuple[Tramo, ...] = ()
    #: The last day on which the vehicle was seen at all.
    ultima: date = date.min

    @property
    def semanas(self) -> tuple[date, ...]:
        """The Mondays of the weeks with a known day."""
        return tuple(
            self.desde + timedelta(weeks=number)
            for number in range(-(-len(self.conocido) // 7))
            if any(self.conocido[7 * number : 7 * number + 7])
        )

    def numbers_until(self, minute: int) -> list[int]:
        """Its days that are known up to a minute, counted from its beginning."""
        return [number for number, until in enumerate(self.conocido) if until >= max(1, minute)]

    def dates_until(self, minute: int) -> list[date]:
        """Those days."""
        return [self.desde + timedelta(days=number) for number in self.numbers_until(minute)]


def find_windows(trips: Sequence[Viaje], periodo: Periodo) -> list[Franja]:
    """The windows that stand out, the clearest first; none when there is too little to tell."""
    inside = [trip for trip in trips if trip.fecha >= periodo.desde]
    if not has_enough(inside):
        return []
    found: list[Franja] = []
    while len(found) < MOST_WINDOWS:
        franja = _clearest(inside, periodo)
        if franja is None:
            break
        found.append(franja)
        inside = [trip for trip in inside if not _is_near(trip, franja)]
    return found


def has_enough(trips: Sequence[Viaje]) -> bool:
    """Whether there is enough to look for habits at all."""
    return len(trips) >= MIN_TRIPS and len({trip.semana for trip in trips}) >= MIN_WEEKS


def _is_near(trip: Viaje, franja: Franja) -> bool:
    margin = 30 * _MARGIN
    is_hour = franja.desde - margin <= trip.minuto < franja.hasta + margin
    return is_hour and trip.fecha.weekday() in franja.dias


#: The days of a period are bits of a number, counted from its first Monday: all of one weekday.
_SAME_WEEKDAY = sum(1 << 7 * week for week in range(60))


@dataclass(frozen=True)
class _Days:
    """The days of a period that are known and those with a trip, as bits.

    Two hundred windows are tried on each: one operation for all of the days is what takes seconds
    to milliseconds.
    """

    #: For each half hour: the days with a trip in it.
    seen: list[int]
    #: For each half hour: the days that are known until it begins.
    known: list[int]
    #: For each length of window and each week: the chance that one of its trips falls in.
    chances: dict[int, dict[int, float]]
    #: By length of window and known days: of each weekday how many are known, and the hits that
    #: chance would make of them.
    means: dict[tuple[int, int], list[tuple[int, float]]] = field(default_factory=dict)

    def means_of(self, length: int, known: int) -> list[tuple[int, float]]:
        """Of each weekday: its known days, and the hits that chance would make of them."""
        if (length, known) not in self.means:
            weeks = [
                [
                    number // 7
                    for number in range(weekday, known.bit_length(), 7)
                    if known >> number & 1
                ]
                for weekday in range(7)
            ]
            self.means[length, known] = [
                (len(some), sum(self.chances[length][week] for week in some)) for some in weeks
            ]
        return self.means[length, known]


def _clearest(trips: Sequence[Viaje], periodo: Periodo) -> Franja | None:
    days = _read_days(trips, periodo)
    best: tuple[float, int, int, tuple[int, ...]] | None = None
    for length in LENGTHS:
        for start in range(SLOTS - length + 1):
            tried = _best_days(days, start, length)
            if tried is not None and (best is None or tried[0] < best[0]):
                best = (tried[0], start, length, tried[1])
    if best is None or best[0] * _TRIED > FALSE_ALARMS:
        return None
    return _window(trips, periodo, best)


def _read_days(trips: Sequence[Viaje], periodo: Periodo) -> _Days:
    known = _known_days(periodo)
    in_week = Counter(number // 7 for number in periodo.numbers_until(0))
    seen = [0] * SLOTS
    weekly: Counter[int] = Counter()
    for trip in trips:
        number = (trip.fecha - periodo.desde).days
        if number >= 0 and known[0] >> number & 1:
            seen[trip.minuto // 30] |= 1 << number
            weekly[number // 7] += 1
    chances = {
        length: {
            # Chance spreads the trips over the days that are known, not over the week.
            week: 1 - (1 - length / (days * ACTIVE_SLOTS)) ** weekly[week]
            for week, days in in_week.items()
        }
        for length in LENGTHS
    }
    return _Days(seen, known, chances)


def _known_days(periodo: Periodo) -> list[int]:
    """For the beginning of each half hour, and the end of the last: the days known until then."""
    alike: dict[int, int] = {}  # nearly all days are known to their end, or not at all
    for number, until in enumerate(periodo.conocido):
        alike[until] = alike.get(until, 0) | 1 << number
    return [
        sum(days for until, days in alike.items() if until >= max(1, 30 * slot))
        for slot in range(SLOTS + 1)
    ]


def _best_days(days: _Days, start: int, length: int) -> tuple[float, tuple[int, ...]] | None:
    """The days of the week for which these hours stand out most, and how likely by chance.

    Of all choices of as many days the ones with the most hits are best, so seven are compared.
    """
    known = days.known[start + length]
    seen = functools.reduce(operator.or_, days.seen[start : start + length]) & known
    if not seen:
        return None
    means = days.means_of(length, known)
    # For each weekday: its days with a hit, moved so that those of one week share a bit.
    hits = [seen >> weekday & _SAME_WEEKDAY for weekday in range(7)]
    order = sorted(
        (day for day in range(7) if hits[day]),
        key=lambda day: (-hits[day].bit_count() / means[day][0], day),
    )
    best: tuple[float, tuple[int, ...]] | None = None
    total = count = weeks = most = 0
    mean = 0.0
    for size, day in enumerate(order, 1):
        of_day, by_chance = means[day]
        total, count = total + hits[day].bit_count(), count + of_day
        weeks, mean, most = weeks | hits[day], mean + by_chance, max(most, of_day)
        if total < max(DAY_SHARE * count, LIFT * mean) or weeks.bit_count() < max(
            WINDOW_WEEKS, WEEK_SHARE * most
        ):
            continue
        chance = binomial_tail(total, count, mean / count)
        if best is None or chance < best[0]:
            best = (chance, tuple(sorted(order[:size])))
    return best


def binomial_tail(hits: int, count: int, chance: float) -> float:
    """How likely at least that many hits are, when each has the same chance.

    With the mean of unequal chances this is never less than the truth (Hoeffding, 1956) for more
    hits than the mean and one, which is where it is used.
    """
    if chance >= 1 or hits <= count * chance + 1:
        return 1.0
    return math.fsum(
        math.comb(count, number) * chance**number * (1 - chance) ** (count - number)
        for number in range(hits, count + 1)
    )


def _window(
    trips: Sequence[Viaje], periodo: Periodo, best: tuple[float, int, int, tuple[int, ...]]
) -> Franja:
    chance, start, length, dias = best
    since, until = 30 * start, 30 * (start + length)
    inside = [
        trip for trip in trips if trip.fecha.weekday() in dias and since <= trip.minuto < until
    ]
    known_days = periodo.dates_until(until)
    dates = [day for day in known_days if day.weekday() in dias]
    known = sorted({monday_of(day) for day in dates})
    hit_days = {trip.fecha for trip in inside} & set(dates)
    weeks = {monday_of(day) for day in hit_days}
    last = max(trip.fecha for trip in inside)
    return Franja(
        dias=dias,
        desde=since,
        hasta=until,
        semanas=len(weeks),
        semanas_conocidas=len(known),
        aciertos=len(hit_days),
        dias_conocidos=len(dates),
        viajes=tuple(inside),
        azar=min(1.0, chance * _TRIED),
        is_over=_is_over(inside, last, periodo),
        ultima=last,
    )


def _is_over(inside: Sequence[Viaje], last: date, periodo: Periodo) -> bool:
    """Whether those who told of these trips would have told of later ones, for long enough.

    When the vehicle was not seen at all for a while, that silence counts, which is shorter: the
    days on which a habit happened not to be kept say nothing.
    """
    fuentes = {paso.fuente for trip in inside for paso in trip.pasos}
    vias = {paso.via for trip in inside for paso in trip.pasos if paso.via}
    heard = [tramo for tramo in periodo.tramos if speaks_of(tramo, fuentes, vias)]
    end = periodo.desde + timedelta(days=len(periodo.conocido) - 1)

    def is_silent_since(day: date) -> bool:
        known = whole_days(heard, day + timedelta(days=1), end)
        return len(known) >= COVERED_DAYS and (known[-1] - day).days >= SILENT_DAYS

    is_seen = len(whole_days(heard, periodo.ultima + timedelta(days=1), end)) <= STILL_SEEN
    return is_silent_since(last if is_seen else max(last, periodo.ultima))


def period_of(
    trips: Sequence[Viaje],
    tramos: Sequence[Tramo],
    spans: Sequence[Tramo],
    *,
    end: date,
    ultima: date,
    weeks: int,
) -> Periodo | None:
    """The last weeks up to ``end`` with what is known of them; None when there is no trip in them.

    ``ultima`` is the last day on which the vehicle was seen at all.
    ``tramos`` are what the sources declare, ``spans`` the times of those that declare nothing.
    Known is what a source would have told that has told of this vehicle at all.
    """
    earliest = monday_of(end) - timedelta(weeks=weeks - 1)
    inside = [trip for trip in trips if earliest <= trip.fecha <= end]
    if not inside:
        return None
    first = min(trip.semana for trip in inside)
    fuentes = {paso.fuente for trip in inside for paso in trip.pasos}
    vias = {paso.via for trip in inside for paso in trip.pasos if paso.via}
    heard = [tramo for tramo in tramos if speaks_of(tramo, fuentes, vias)]
    days = (end - first).days + 1
    known = known_minutes([*heard, *spans], first, days)
    return Periodo(first, tuple(known), tuple(tramos), ultima)
