"""The sections of the case page. Each feature brings its own; ``create_app`` lists them.

The case page stands below the features that fill it (photos, notices, sightings), so it does not
know them: a section is a name, an address and a way to count.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from flask import Flask, current_app


@dataclass(frozen=True)
class Section:
    """One section of the case page."""

    name: str
    label: str
    icon: str
    #: Takes ``oficio_id``.
    endpoint: str
    count: Callable[[int], int] | None = None


def init_sections(app: Flask, sections: list[Section]) -> None:
    """Set the sections in the order of the page."""
    app.extensions["oficio_sections"] = sections


def list_sections() -> list[Section]:
    """The sections of this application."""
    return list(current_app.extensions["oficio_sections"])
