"""What a notice tells of sightings and of the place, which belong to features above this one.

``create_app`` connects them: without those a notice simply says nothing of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from app.core.clock import SANTIAGO
from app.notificaciones.rules.avance import Hecho


@dataclass(frozen=True)
class Sighting:
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


_list_sightings: Callable[[int], list[Sighting]] | None = None


def connect_sightings(provider: Callable[[int], list[Sighting]] | None) -> None:
    """Say who knows the newest sightings of an oficio, newest first."""
    global _list_sightings  # one process, one set of features
    _list_sightings = provider


def list_sightings(oficio_id: int) -> list[Sighting]:
    """The newest sightings of an oficio."""
    return _list_sightings(oficio_id) if _list_sightings else []


_find_location: Callable[[int], Location | None] | None = None


def connect_location(provider: Callable[[int], Location | None] | None) -> None:
    """Say who knows where the vehicle of an oficio was found."""
    global _find_location  # as above
    _find_location = provider


def find_location(oficio_id: int) -> Location | None:
    """Where the vehicle of an oficio is, as far as anybody knows."""
    return _find_location(oficio_id) if _find_location else None


_list_found: Callable[[list[int]], Iterable[tuple[int, Hecho]]] | None = None


def connect_found(provider: Callable[[list[int]], Iterable[tuple[int, Hecho]]] | None) -> None:
    """Say who knows when the vehicles of several oficios were found, seen again, and gone."""
    global _list_found  # as above
    _list_found = provider


def list_found(oficio_ids: list[int]) -> Iterable[tuple[int, Hecho]]:
    """When the vehicles of several oficios were found, seen again, and gone, with the oficio."""
    return _list_found(oficio_ids) if _list_found else ()
