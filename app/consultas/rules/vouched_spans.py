"""The time for which a source vouches."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Tramo:
    """A time of which a source would have told a crossing that it can see."""

    #: The same word as in ``Paso.fuente``.
    fuente: str
    desde: datetime
    hasta: datetime
    #: Vehicles with a valid TAG are never in it.
    only_without_tag: bool = False
    #: The roads that it tells of; none: all.
    vias: frozenset[str] = frozenset()
