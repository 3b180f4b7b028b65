"""Which clock a place in Chile lives by.

Most of the country keeps America/Santiago. Magallanes (America/Punta_Arenas) and Aysén
(America/Coyhaique, since 2025) stay at UTC-3 all year; Isla de Pascua (Pacific/Easter) is two
hours behind Santiago.
"""

import csv
import re
from datetime import datetime
from functools import cache
from math import cos, radians
from pathlib import Path
from zoneinfo import ZoneInfo

from app.core.clock import SANTIAGO
from app.core.comunas import comunas, find_comuna, find_region, suggest_comuna
from app.core.process_memory import forgettable
from app.core.text import fold

_TABLE = Path(__file__).parent / "data" / "comuna_zona.csv"
#: What people call the hour of a zone.
_NAMES = {
    "America/Santiago": "hora de Santiago",
    "America/Punta_Arenas": "hora de Magallanes",
    "America/Coyhaique": "hora de Aysén",
    "Pacific/Easter": "hora de Isla de Pascua",
}
#: Towns and islands by whose name people mean a comuna of another zone, as :func:`_plain` has them.
_TOWNS = {
    "puerto williams": "Cabo de Hornos",
    "hanga roa": "Isla de Pascua",
    "rapa nui": "Isla de Pascua",
    "tierra del fuego": "Porvenir",
    "puerto cisnes": "Cisnes",
    "villa o higgins": "O'Higgins",
    "puerto chacabuco": "Aysén",
    "caleta tortel": "Tortel",
    "melinka": "Guaitecas",
    "villa tehuelches": "Laguna Blanca",
    "villa cerro castillo": "Río Ibáñez",
}
#: The regions with a zone of their own by their number and in a shorter form of their name.
_REGIONS = {
    "xii": "Magallanes",
    "12": "Magallanes",
    "magallanes y antartica chilena": "Magallanes",
    "magallanes y la antartica chilena": "Magallanes",
    "xi": "Aysén",
    "11": "Aysén",
}
#: Comunas of another zone whose name in a text more often means a street or a region.
_COMMON_WORDS = {"o higgins", "ohiggins", "primavera", "san gregorio", "porvenir", "cisnes"}
_SEPARATORS = re.compile(r"[,;·|()/]|\s[-–—]\s")
_ABBREVIATIONS = (
    (re.compile(r"\bpta\b"), "punta"),
    (re.compile(r"\bpto\b"), "puerto"),
    (re.compile(r"\bcomuna( de)? "), ""),
)
_REGION_WORD = re.compile(r"^(region( del?)? )|( region)$")
#: Chilean postal codes have seven digits and stand behind the place.
_POSTAL_CODE = re.compile(r"\b\d{7}\b|\b\d{3}-\d{4}\b")
_BEHIND_THE_NUMBER = re.compile(r"\d\s+(?=[^\W\d]{3})")
_IN_A_SENTENCE = re.compile(r"\b(?:de|en)\s+(?=\S)", re.IGNORECASE)


def zone_of(
    comuna: str | None = None,
    region: str | None = None,
    *,
    lat: float | None = None,
    lon: float | None = None,
    text: str | None = None,
) -> ZoneInfo:
    """Return the zone of a place by the best of what is known of it.

    The comuna decides, then the region if all of it has one zone, then the point, then a comuna or
    region that the text names («Costanera, Punta Arenas»), then the comuna that a misspelled name
    most likely means. What nothing tells is Santiago's.
    """
    zone = _zone_of_comuna(comuna) if comuna else None
    if zone is None and region:
        zone = _zone_of_region(region)
    if zone is None and lat is not None and lon is not None:
        return _zone_of_point(lat, lon)
    for words in (comuna, text):
        if zone is None and words:
            zone = _zone_of_text(words)
    if zone is None and comuna and (meant := suggest_comuna(comuna)):
        zone = _zones()[meant.codigo]
    return zone or SANTIAGO


def zone_detail(zone: ZoneInfo) -> dict[str, str]:
    """Return what an entry keeps of the zone of its place; nothing where it is Santiago's."""
    return {} if zone == SANTIAGO else {"zona": zone.key}


def zone_note(moment: datetime, zone: ZoneInfo) -> str:
    """Return « (hora de Magallanes)» where that clock shows another hour than Santiago's."""
    if moment.astimezone(zone).utcoffset() == moment.astimezone(SANTIAGO).utcoffset():
        return ""
    return f" ({zone_name(zone)})"


def zone_name(zone: ZoneInfo) -> str:
    """Return what people call the hour of a zone: «hora de Magallanes»."""
    return _NAMES.get(zone.key, zone.key)


@cache
def _zones() -> dict[str, ZoneInfo]:
    with _TABLE.open(encoding="utf-8", newline="") as table:
        return {row["cut_comuna"]: ZoneInfo(row["zona_horaria"]) for row in csv.DictReader(table)}


@cache
def _zones_of_regions() -> dict[str, ZoneInfo | None]:
    """The zone that the comunas of a region share; None for Valparaíso, which has an island."""
    found: dict[str, ZoneInfo | None] = {}
    for comuna in comunas():
        zone = _zones()[comuna.codigo]
        if found.setdefault(comuna.region_corta, zone) != zone:
            found[comuna.region_corta] = None
    return found


@forgettable(1024)
def _zone_of_comuna(name: str) -> ZoneInfo | None:
    name = _plain(name)
    comuna = find_comuna(_TOWNS.get(name, name))
    return _zones()[comuna.codigo] if comuna else None


@forgettable(256)
def _zone_of_region(name: str) -> ZoneInfo | None:
    name = _REGION_WORD.sub("", _plain(name))
    region = find_region(_REGIONS.get(name, name))
    return _zones_of_regions()[region] if region else None


@forgettable(4096)
def _zone_of_text(text: str) -> ZoneInfo | None:
    """The zone of the comuna or region that ends an address, or stands after «de» or «en».

    Read from the end: «Av. Punta Arenas 123, La Florida» lies in La Florida. What is also the name
    of a region with two zones says nothing if the part before it does: «Hanga Roa, Valparaíso».
    """
    unsure = None
    for part in reversed(_SEPARATORS.split(_POSTAL_CODE.sub(" ", text))):
        words = (part, _IN_A_SENTENCE.split(part)[-1], _BEHIND_THE_NUMBER.split(part)[-1])
        for name in dict.fromkeys(words):
            is_common = _plain(name) in _COMMON_WORDS
            zone = (None if is_common else _zone_of_comuna(name)) or _zone_of_region(name)
            if zone is None:
                continue
            if not _has_two_zones(name):
                return zone
            unsure = unsure or zone
    return unsure


def _has_two_zones(name: str) -> bool:
    region = find_region(name)
    return region is not None and _zones_of_regions()[region] is None


def _plain(name: str) -> str:
    """A name for looking it up: folded, single spaces, «Pta.» and «Pto.» written out."""
    name = " ".join(re.sub(r"[^a-z0-9]+", " ", fold(name)).split())
    for short, whole in _ABBREVIATIONS:
        name = short.sub(whole, name)
    return name


@forgettable(4096)
def _zone_of_point(lat: float, lon: float) -> ZoneInfo:
    """The zone of the comuna whose inner point is the nearest, near enough for a clock.

    It may be the neighbour's within some kilometres of a border.
    """
    flat = cos(radians(lat))
    nearest = min(
        (comuna for comuna in comunas() if comuna.lat is not None and comuna.lon is not None),
        key=lambda one: (one.lat - lat) ** 2 + ((one.lon - lon) * flat) ** 2,  # type: ignore[operator]
    )
    return _zones()[nearest.codigo]
