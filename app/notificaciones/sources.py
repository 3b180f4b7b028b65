"""What a notice tells of sightings, which belong to a feature above this one.

``create_app`` connects the two: without sightings a notice simply says nothing of them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Sighting:
    """When, where and by whom the vehicle was seen, in words for a receptor."""

    cuando: str
    donde: str
    quien: str


_list_sightings: Callable[[int], list[Sighting]] | None = None


def connect_sightings(provider: Callable[[int], list[Sighting]] | None) -> None:
    """Say who knows the newest sightings of an oficio, newest first."""
    global _list_sightings  # one process, one set of features
    _list_sightings = provider


def list_sightings(oficio_id: int) -> list[Sighting]:
    """The newest sightings of an oficio."""
    return _list_sightings(oficio_id) if _list_sightings else []
