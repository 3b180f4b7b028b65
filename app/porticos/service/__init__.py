"""Verbs for the catalogue: seeding, editing, matching a text to a gantry, corrections."""

from __future__ import annotations

from app.porticos.service.catalogue import (
    REMATCH,
    PorticoData,
    PorticoTaken,
    ask_to_rematch,
    create_portico,
    load_seed,
    set_active,
    update_portico,
)
from app.porticos.service.identifying import (
    Texto,
    forget_alias,
    identify,
    remember_alias,
)

__all__ = [
    "REMATCH",
    "PorticoData",
    "PorticoTaken",
    "Texto",
    "ask_to_rematch",
    "create_portico",
    "forget_alias",
    "identify",
    "load_seed",
    "remember_alias",
    "set_active",
    "update_portico",
]
