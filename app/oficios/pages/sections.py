"""The sections of the case page. Each feature brings its own in ``Feature.sections``.

The case page stands below the features that fill it (photos, notices, sightings), so it does not
know them: a section is a name, an address and a way to count.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import Enum
from functools import lru_cache
from typing import Any

import sqlalchemy as sa

from app.anclaje.queries import anchored_night
from app.db import Prepared
from app.feature import current_features
from app.oficios.models import Oficio


class Tab(Enum):
    """The tabs of the case page, in their order; a tab of several sections shows them as chips."""

    RESUMEN = "Resumen"
    BITACORA = "Bitácora"
    AVISTAMIENTOS = "Avistamientos"
    LUGARES = "Lugares y personas"
    FOTOS = "Fotos"
    NOTIFICACIONES = "Notificaciones"
    #: What is seldom needed; a menu.
    MAS = "Más"


@dataclass(frozen=True)
class Section:
    """One section of the case page."""

    name: str
    label: str
    icon: str
    #: The endpoint; its URL takes ``oficio_id``.
    endpoint: str
    #: Sort order of the tabs, ascending.
    place: int
    #: Builds the count query; the counts of all sections are read in one statement.
    count: Callable[[int], sa.Select[int]] | None = None
    tab: Tab = Tab.MAS


class Side(Enum):
    """Where a panel of the *Resumen* stands: in the wide column or in the rail at its right."""

    MAIN = "main"
    RAIL = "rail"


@dataclass(frozen=True)
class Panel:
    """What a feature shows of itself on the *Resumen*."""

    name: str
    side: Side
    #: Sort order within its side, ascending.
    place: int
    template: str
    #: What the template needs of a case; None where there is nothing to show. It is told how many
    #: each section counts, so that nothing is asked for that is known to be none.
    load: Callable[[Oficio, Mapping[str, int]], Mapping[str, Any] | None]


@dataclass(frozen=True)
class Attention:
    """What wants attention first: a sentence, and the one thing to do about it."""

    text: str
    url: str
    button: str
    #: Name of an icon.
    icon: str = "alert-triangle"
    #: Whether something is late; otherwise it only is due.
    is_late: bool = False


#: What a feature has to say first about a case, of which it is told the counts of its sections.
Watch = Callable[[Oficio, Mapping[str, int]], Iterable[Attention]]


def list_sections() -> list[Section]:
    """The sections of this application, in the order of the page."""
    return sorted(current_features().sections.values(), key=lambda section: section.place)


def list_panels(side: Side) -> list[Panel]:
    """The panels of one side of the *Resumen*, in their order."""
    panels = (panel for panel in current_features().panels.values() if panel.side is side)
    return sorted(panels, key=lambda panel: panel.place)


def list_attention(oficio: Oficio, counts: Mapping[str, int]) -> list[Attention]:
    """What wants attention in a case, the late before the due."""
    said = [one for watch in current_features().watches for one in watch(oficio, counts)]
    return sorted(said, key=lambda one: not one.is_late)


@dataclass(frozen=True)
class CaseFacts:
    """What the frame of the case page says of its sections and its evidence."""

    #: How many each section that counts has, by its name.
    counts: dict[str, int]
    #: The last night whose anchor holds the case's chain.
    anchored: date | None


def read_facts(oficio_id: int) -> CaseFacts:
    """Count the sections and find the anchor, in one statement."""
    counted = tuple(section for section in list_sections() if section.count)
    *counts, night = _facts(counted).rows(oficio_id=oficio_id).one()
    names = (section.name for section in counted)
    return CaseFacts(dict(zip(names, counts, strict=True)), night)


@lru_cache(maxsize=8)
def _facts(counted: tuple[Section, ...]) -> Prepared[*tuple[Any, ...]]:
    """The statement of ``read_facts``, written once: that takes longer than its answer."""

    def write(oficio_id: Any) -> sa.Select:
        questions = (one.count(oficio_id).scalar_subquery() for one in counted if one.count)
        return sa.select(*questions, anchored_night(oficio_id).scalar_subquery())

    return Prepared(write)
