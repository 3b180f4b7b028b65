"""The Kanban: its page, its cards and what is done with them, its list, its views, its feed."""

from __future__ import annotations

from app.tablero.pages import board, bulk, cards, changes, limits, listing, vistas
from app.tablero.pages.blueprint import bp

__all__ = ["board", "bp", "bulk", "cards", "changes", "limits", "listing", "vistas"]
