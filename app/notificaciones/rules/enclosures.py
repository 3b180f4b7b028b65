"""What goes out with a mail that is of no case: features above this one know what it is for.

They answer by ``Feature.provides``, by the mail's key; without them a mail has no files, and the
log of what left the house calls it by its kind.
"""

from __future__ import annotations

from dataclasses import dataclass

from app.auditoria.rules import CanalDivulgacion
from app.feature import asked_above


@dataclass(frozen=True)
class Enclosure:
    """A file that goes with a mail."""

    filename: str
    mime_type: str
    data: bytes


@dataclass(frozen=True)
class Purpose:
    """What a mail is, for the log of what left the house: what, by which way and which right."""

    que: str
    base: str
    canal: CanalDivulgacion
    #: Files that go with it.
    archivos: int = 0


@asked_above
def list_enclosures(clave: str) -> list[Enclosure]:
    """The files that go with the mail of that key, with their bytes."""
    return []


@asked_above
def find_purpose(clave: str) -> Purpose | None:
    """What the mail of that key is for; None: a notice like any other."""
    return None
