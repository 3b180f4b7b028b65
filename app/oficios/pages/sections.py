"""The sections of the case page. Each feature brings its own in ``Feature.sections``.

The case page stands below the features that fill it (photos, notices, sightings), so it does not
know them: a section is a name, an address and a way to count.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import sqlalchemy as sa

from app.db import db
from app.feature import current_features


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


def list_sections() -> list[Section]:
    """The sections of this application, in the order of the page."""
    return sorted(current_features().sections.values(), key=lambda section: section.place)


def count_sections(oficio_id: int) -> dict[str, int]:
    """How many each section that counts has, by its name."""
    questions = {
        section.name: section.count(oficio_id).scalar_subquery()
        for section in list_sections()
        if section.count
    }
    row = db.session.execute(sa.select(*questions.values())).one()
    return dict(zip(questions, row, strict=True))
