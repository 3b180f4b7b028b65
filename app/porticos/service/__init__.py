"""Verbs for the catalogue: seeding, editing, matching a text to a gantry, corrections."""

from __future__ import annotations

from app.porticos.service.catalogue import (
    REMATCH,
    PorticoData,
    PorticoTaken,
    ask_to_rematch,
    create_portico,
    set_active,
    update_portico,
)
from app.porticos.service.identifying import (
    Texto,
    forget_alias,
    identify,
    remember_alias,
)
from app.porticos.service.product_list import (
    ListChanges,
    apply_list,
    is_list_pending,
    load_seed,
    read_changes,
)

__all__ = [
    "REMATCH",
    "ListChanges",
    "PorticoData",
    "PorticoTaken",
    "Texto",
    "apply_list",
    "ask_to_rematch",
    "create_portico",
    "forget_alias",
    "identify",
    "is_list_pending",
    "load_seed",
    "read_changes",
    "remember_alias",
    "set_active",
    "update_portico",
]
