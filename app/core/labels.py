"""Words of the domain that carry what is said of them on screen."""

from __future__ import annotations

import enum
from typing import Any, Self


class Labelled(enum.Enum):
    """An enum whose members say how they are shown.

    ``FALLIDO = "fallido", "Fallido", "danger", "circle-x"``: the value that database, forms and API
    know; its label in Spanish; the tone of its badge and its icon, where it is shown with them.
    A subclass whose members say more takes that in an ``__init__`` of its own.
    """

    _value_: str
    label: str
    tone: str
    icon: str

    #: There is one of each member; Enum's own asks for the hash of its name, in Python.
    __hash__ = object.__hash__

    def __new__(cls, value: str, *_facts: Any) -> Self:
        """Make the member of a value; what else stands beside it is no part of the value."""
        member = object.__new__(cls)
        member._value_ = value
        return member

    # mypy reads ``Estado("pendiente")``, which looks a member up, as a call of this.
    def __init__(self, _value: Any, label: str = "", tone: str = "", icon: str = "") -> None:
        self.label = label
        self.tone = tone
        self.icon = icon
