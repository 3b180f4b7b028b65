"""The Kanban: its cards, its list, its views."""

from __future__ import annotations

from app.feature import Feature
from app.tablero.models import Vista
from app.tablero.pages import (
    aspecto,
    board,
    bulk,
    cards,
    changes,
    column_limits,
    jump,
    listing,
    today,
    vistas,
)
from app.tablero.pages.board import landing
from app.web.navigation import Audience, Link, Menu

FEATURE = Feature(
    name="tablero",
    models=(Vista,),
    pages=(board, cards, bulk, changes, listing, column_limits, vistas, aspecto, jump, today),
    navigation=(
        Link(Menu.BAR, 10, "tablero.board", "Tablero", "layout-kanban", areas=("oficios",)),
        Link(Menu.BOTTOM, 10, "tablero.board", "Tablero", "layout-kanban", areas=("oficios",)),
        Link(
            Menu.SETTINGS,
            30,
            "tablero.limits",
            "Límites del tablero",
            "layout-kanban",
            audience=Audience.ADMIN,
            text="Cuántos oficios conviene tener a la vez en cada columna.",
        ),
    ),
    landing=landing,
)
