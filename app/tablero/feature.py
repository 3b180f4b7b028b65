"""The Kanban: its cards, its list, its views."""

from __future__ import annotations

from app.feature import Feature
from app.tablero.models import Vista
from app.tablero.pages import board, bulk, cards, changes, limits, listing, vistas

FEATURE = Feature(
    name="tablero",
    models=(Vista,),
    pages=(board, cards, bulk, changes, listing, limits, vistas),
)
