"""What the section tells of the look-ups that bring sightings; a feature above makes them."""

from __future__ import annotations

from dataclasses import dataclass

from app.feature import asked_above
from app.jobs.models import Trabajo
from app.oficios.models import Investigacion, Oficio


@dataclass(frozen=True)
class Lookups:
    """How the look-ups of a case stand."""

    #: The one that waits or runs.
    waiting: Trabajo | None = None
    #: Until the page asks again while one is open.
    seconds: int = 0
    last_check: Trabajo | None = None
    #: The newest entry of one in the bitácora.
    last_entry: Investigacion | None = None
    #: Whether there is a provider to ask.
    configured: bool = False
    #: What was spent of the month's budget, for the templates of the feature above.
    gasto: object = None
    #: Why none is allowed now.
    closed_because: str | None = None


@asked_above
def lookups_of(oficio: Oficio) -> Lookups:
    """How the look-ups of a case stand; while nothing looks up, there are none."""
    return Lookups()
