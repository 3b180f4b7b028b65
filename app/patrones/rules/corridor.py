"""The strip of gantries: between which two of a road a vehicle comes on and goes off.

A gantry tells that a vehicle passed. Where it stops is looked for between the last one that tells
of it and the next without a crossing told; the strip shows both, and how often each told in either
direction. No crossing told is not absence: a source may be late, or blind to vehicles with a TAG.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import combinations

from app.core.clock import to_local
from app.core.text import fold
from app.patrones.rules.trips import Paso

#: Fewest crossings of a road for its strip, and of the gantry at its end for a place to look.
FEWEST = 5
#: Gantries shown beyond those that see the vehicle, one where more than ``MOST`` would be shown.
_BEYOND = 2
MOST = 12
#: Gantries of both roadways are one place on the strip when they stand closer, in metres.
_NEAR = 500
_METRES = 111_000
_COMPASS = frozenset({"norte", "sur", "oriente", "poniente"})
#: Share of the crossings of a direction from which a part of the day is named.
_MOSTLY = 0.6
_FROM_TO = re.compile(r"\s[-–]\s")
#: What stands in brackets behind a stretch: the branch.
_TRAILING = re.compile(r"\s*\([^)]*\)\s*$")
#: «Gral. Velásquez: sur→norte», «Las Tranqueras – Estoril (Kennedy)»: roads of one concession.
_BRANCH = re.compile(r"^(.+?):|\(([^)]+)\)\s*$")


@dataclass(frozen=True, slots=True)
class Poste:
    """A gantry of the catalogue as the strip needs it, with where its traffic goes."""

    id: int
    autopista: str
    codigo: str
    tramo: str | None
    #: As the catalogue writes it; the branch of the road is read from it.
    sentido: str | None
    #: «norte», «sur», «oriente», «poniente», or the end of the road that the catalogue names; None
    #: where it is not known.
    hacia: str | None
    comuna: str | None
    lat: float
    lon: float

    @property
    def ramal(self) -> tuple[str, str]:
        """The road, and which branch of it."""
        for text in (self.sentido, self.tramo):
            if found := _BRANCH.search(text or ""):
                return self.autopista, (found[1] or found[2]).strip()
        return self.autopista, ""

    @property
    def ends(self) -> frozenset[str]:
        """Both ends of its stretch, whichever the direction."""
        text = _TRAILING.sub("", self.tramo or "")
        return frozenset(fold(end) for end in _FROM_TO.split(text) if end)


@dataclass(frozen=True)
class Estacion:
    """A place of the strip: the gantries of both roadways there, and what they saw."""

    nombre: str
    comuna: str | None
    #: Crossings in the direction of the upper bars, of the lower ones, and in an unknown one.
    arriba: int
    abajo: int
    sin_sentido: int
    #: Whether the newest crossing was here.
    is_newest: bool = False

    @property
    def total(self) -> int:
        """All crossings."""
        return self.arriba + self.abajo + self.sin_sentido


@dataclass(frozen=True)
class Busqueda:
    """Where to look: after which station of the strip, and between which names."""

    tras: int
    donde: str
    #: The gantry that tells of the vehicle, and the next, of which nothing is told.
    con_pasadas: str
    sin_pasadas: str


@dataclass(frozen=True)
class Corredor:
    """The road that sees a vehicle most, from its west or south on."""

    autopista: str
    ramal: str
    desde: str
    hasta: str
    estaciones: tuple[Estacion, ...]
    #: In words, «mañana, hacia oriente»; None without a crossing in that direction.
    arriba: str | None
    abajo: str | None
    #: Crossings on the strip, and those in all.
    pasos: int
    total: int
    busquedas: tuple[Busqueda, ...]

    @property
    def most(self) -> int:
        """The tallest bar, for the scale of all."""
        return max(max(one.arriba + one.sin_sentido, one.abajo) for one in self.estaciones)

    @property
    def inside(self) -> range:
        """The stations from the first that sees it to the last."""
        seeing = [number for number, one in enumerate(self.estaciones) if one.total]
        return range(seeing[0], seeing[-1] + 1)

    @property
    def looks(self) -> dict[int, Busqueda]:
        """Where to look, by the station that it comes after."""
        return {one.tras: one for one in self.busquedas}


def find_corridor(pasos: Sequence[Paso], postes: Iterable[Poste]) -> Corredor | None:
    """The strip of the road with most crossings; None where no road has enough of them."""
    by_id = {poste.id: poste for poste in postes}
    seen = [_Cruce(paso, by_id[paso.portico_id]) for paso in pasos if paso.portico_id in by_id]
    roads = Counter(cruce.poste.ramal for cruce in seen)
    if not roads or max(roads.values()) < FEWEST:
        return None
    road = min(roads, key=lambda one: (-roads[one], one))
    mine = [poste for poste in by_id.values() if poste.ramal == road]
    here = [cruce for cruce in seen if cruce.poste.ramal == road]
    is_north = _runs_north(mine)
    compass = ("norte", "sur") if is_north else ("oriente", "poniente")
    ways = _ways(mine, compass)
    # The direction of the earlier hour stands above: people leave in the morning.
    up, down = sorted(ways, key=lambda way: _mean_minute(here, way))
    newest = max(here, key=_Cruce.when).poste.id
    stations = [
        _station(group, here, up, down, newest) for group in _group(mine, is_north, ways == compass)
    ]
    first, end = _crop(stations)
    return Corredor(
        autopista=road[0],
        ramal=road[1],
        desde="sur" if is_north else "poniente",
        hasta=compass[0],
        estaciones=tuple(stations[first:end]),
        arriba=_label(here, up),
        abajo=_label(here, down),
        pasos=len(here),
        total=len(pasos),
        busquedas=tuple(_looks(stations, first)),
    )


@dataclass(frozen=True, slots=True)
class _Cruce:
    """A crossing with its gantry."""

    paso: Paso
    poste: Poste

    @property
    def hacia(self) -> str | None:
        """Where it went; what a source told without a direction was tied to either roadway."""
        return self.poste.hacia if self.paso.sentido else None

    def when(self) -> tuple[date, float]:
        """For the newest one; of a day, one whose hour is known."""
        moment = self.paso.momento
        return self.paso.fecha, moment.timestamp() if moment else 0.0


def _runs_north(postes: Sequence[Poste]) -> bool:
    """Whether the road runs from south to north rather than from west to east."""
    ways = Counter(poste.hacia in ("norte", "sur") for poste in postes if poste.hacia in _COMPASS)
    if ways[True] != ways[False]:
        return ways[True] > ways[False]
    lats, lons = [one.lat for one in postes], [one.lon for one in postes]
    narrow = math.cos(math.radians(sum(lats) / len(lats)))
    return max(lats) - min(lats) >= narrow * (max(lons) - min(lons))


def _ways(postes: Sequence[Poste], compass: tuple[str, str]) -> tuple[str, str]:
    """Both directions of the road; where the catalogue tells them by its ends, those names."""
    told = Counter(poste.hacia for poste in postes if poste.hacia)
    if not told or any(told[way] for way in compass):
        return compass
    names = sorted(told, key=lambda name: (-told[name], name))
    return names[0], names[1] if len(names) > 1 else ""


def _group(postes: Sequence[Poste], is_north: bool, has_compass: bool) -> list[list[Poste]]:
    """The gantries of both roadways that tell of the same place, along the road."""
    groups: list[list[Poste]] = []
    along = _axis(postes, is_north, has_compass)
    for poste in sorted(postes, key=lambda one: (along(one), one.id)):
        last = groups[-1][-1] if groups else None
        if last and (
            _metres(last, poste) < _NEAR
            or (len(last.ends) == 2 and last.ends == poste.ends and last.hacia != poste.hacia)
        ):
            groups[-1].append(poste)
        else:
            groups.append([poste])
    return groups


def _axis(postes: Sequence[Poste], is_north: bool, has_compass: bool) -> Callable[[Poste], float]:
    """How far along the road a gantry stands.

    A road that is told by its ends turns on its way: it is measured from one end to the other.
    """
    if has_compass or len(postes) < 2:
        return lambda one: one.lat if is_north else one.lon
    start, end = max(combinations(postes, 2), key=lambda pair: _metres(*pair))
    if (end.lat < start.lat) if is_north else (end.lon < start.lon):
        start, end = end, start
    narrow = math.cos(math.radians(start.lat))
    north, east = end.lat - start.lat, narrow * (end.lon - start.lon)
    return lambda one: north * (one.lat - start.lat) + east * narrow * (one.lon - start.lon)


def _metres(one: Poste, other: Poste) -> float:
    narrow = math.cos(math.radians(one.lat))
    return _METRES * math.hypot(one.lat - other.lat, narrow * (one.lon - other.lon))


def _station(
    group: Sequence[Poste], cruces: Sequence[_Cruce], up: str, down: str, newest: int
) -> Estacion:
    ids = {poste.id for poste in group}
    sides = Counter(cruce.hacia for cruce in cruces if cruce.poste.id in ids)
    named = next((one for one in group if one.hacia == up and one.ends), group[0])
    return Estacion(
        nombre=_TRAILING.sub("", named.tramo or "") or named.codigo,
        comuna=next((one.comuna for one in group if one.comuna), None),
        arriba=sides[up],
        abajo=sides[down],
        sin_sentido=sides.total() - sides[up] - sides[down],
        is_newest=newest in ids,
    )


def _crop(stations: Sequence[Estacion]) -> tuple[int, int]:
    """The first and after the last of the stations shown: those that see it, and some beyond."""
    seeing = [number for number, one in enumerate(stations) if one.total]
    for beyond in range(_BEYOND, 0, -1):
        first = max(0, seeing[0] - beyond)
        end = min(len(stations), seeing[-1] + beyond + 1)
        if end - first <= MOST:
            break
    return first, end


def _looks(stations: Sequence[Estacion], first: int) -> list[Busqueda]:
    """The places between the last station that tells of it and the next without a crossing."""
    seeing = [number for number, one in enumerate(stations) if one.total]
    pairs = ((seeing[0], seeing[0] - 1), (seeing[-1], seeing[-1] + 1))
    return [
        Busqueda(
            tras=min(sees, not_) - first,
            donde=_between(stations[sees].comuna, stations[not_].comuna),
            con_pasadas=stations[sees].nombre,
            sin_pasadas=stations[not_].nombre,
        )
        for sees, not_ in pairs
        if 0 <= not_ < len(stations) and stations[sees].total >= FEWEST
    ]


def _between(*comunas: str | None) -> str:
    return " o ".join(dict.fromkeys(comuna for comuna in comunas if comuna)) or "este tramo"


def _minutes(cruces: Iterable[_Cruce], way: str) -> list[int]:
    """The minutes of the day at which it went there, at the clock of the place."""
    local = [
        to_local(cruce.paso.momento, cruce.paso.zona)
        for cruce in cruces
        if cruce.paso.momento is not None and cruce.hacia == way
    ]
    return [60 * one.hour + one.minute for one in local]


def _mean_minute(cruces: Iterable[_Cruce], way: str) -> float:
    minutes = _minutes(cruces, way)
    return sum(minutes) / len(minutes) if minutes else math.inf


def _label(cruces: Sequence[_Cruce], way: str) -> str | None:
    """«mañana, hacia oriente»; the part of the day only where most of them fall into it."""
    if not any(cruce.hacia == way for cruce in cruces):
        return None
    minutes = _minutes(cruces, way)
    parts = Counter(
        "mañana" if minute < 12 * 60 else "tarde" if minute < 21 * 60 else "noche"
        for minute in minutes
    )
    part, count = parts.most_common(1)[0] if parts else ("", 0)
    return f"{part}, hacia {way}" if count and count >= _MOSTLY * len(minutes) else f"hacia {way}"
