"""The sections of the case page. Each feature brings its own; ``create_app`` lists them.

The case page stands below the features that fill it (photos, notices, sightings), so it does not
know them: a section is a name, an address and a way to count.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import sqlalchemy as sa
from flask import Flask, current_app

from app.db import db


@dataclass(frozen=True)
class Section:
    """One section of the case page."""

    name: str
    label: str
    icon: str
    #: Takes ``oficio_id``.
    endpoint: str
    #: Builds the question how many there are; those of all sections are asked at once.
    count: Callable[[int], sa.Select[int]] | None = None


def init_sections(app: Flask, sections: list[Section]) -> None:
    """Set the sections in the order of the page."""
    app.extensions["oficio_sections"] = sections


def list_sections() -> list[Section]:
    """The sections of this application."""
    return list(current_app.extensions["oficio_sections"])


def count_sections(oficio_id: int) -> dict[str, int]:
    """How many each section that counts has, by its name."""
    questions = {
        section.name: section.count(oficio_id).scalar_subquery()
        for section in list_sections()
        if section.count
    }
    row = db.session.execute(sa.select(*questions.values())).one()
    return dict(zip(questions, row, strict=True))
