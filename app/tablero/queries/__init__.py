"""Reading the board: which oficios, how they look, what changed, and what its menus offer."""

from __future__ import annotations

from app.tablero.queries.cards import (
    Card,
    CardSighting,
    cards_statement,
    get_card,
    list_cards,
    make_card,
)
from app.tablero.queries.choices import (
    Choices,
    Visit,
    count_views,
    find_view,
    list_choices,
    read_visit,
)
from app.tablero.queries.columns import (
    BoardColumn,
    Lane,
    count_by_estado,
    count_by_key,
    get_column,
    list_columns,
    list_lanes,
)
from app.tablero.queries.feed import Changes, list_changes, places_of
from app.tablero.queries.oficio_filters import criteria, on_the_board

__all__ = [
    "BoardColumn",
    "Card",
    "CardSighting",
    "Changes",
    "Choices",
    "Lane",
    "Visit",
    "cards_statement",
    "count_by_estado",
    "count_by_key",
    "count_views",
    "criteria",
    "find_view",
    "get_card",
    "get_column",
    "list_cards",
    "list_changes",
    "list_choices",
    "list_columns",
    "list_lanes",
    "make_card",
    "on_the_board",
    "places_of",
    "read_visit",
]
