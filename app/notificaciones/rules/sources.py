"""What a notice tells of sightings and of the place, which belong to features above this one.

They answer by ``Feature.provides``; without them a notice simply says nothing of it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from app.core.clock import SANTIAGO
from app.feature import asked_above
from app.notificaciones.rules.avance import Hecho


@dataclass(frozen=True)
class LastSighting:
    """When, where and by whom the vehicle was seen, in words for a receptor."""

    cuando: str
    donde: str
    quien: str


@dataclass(frozen=True)
class Location:
    """Where the vehicle was found, when and by whom, in words for a receptor."""

    donde: str
    cuando: str
    quien: str
    #: The last time that somebody saw it there, when that is later.
    visto: str = ""
    coordenadas: str = ""
    mapa: str = ""
    acceso: str = ""
    #: Its photos that are still in the case.
    foto_ids: tuple[int, ...] = ()
    #: Whose clock tells the hours there.
    zona: ZoneInfo = SANTIAGO
    comuna: str = ""


@asked_above
def list_sightings(oficio_id: int) -> list[LastSighting]:
    """The newest sightings of an oficio, newest first."""
    return []


@asked_above
def find_location(oficio_id: int) -> Location | None:
    """Where the vehicle of an oficio is, as far as anybody knows."""
    return None


@asked_above
def list_found(oficio_ids: list[int]) -> Iterable[tuple[int, Hecho]]:
    """When the vehicles of several oficios were found, seen again, and gone, with the oficio."""
    return ()
