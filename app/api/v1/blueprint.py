"""The blueprint of a noun: its routes answer with and without the trailing slash."""

from __future__ import annotations

from typing import Any

from flask import Blueprint


class ApiBlueprint(Blueprint):
    """The routes of one noun. A redirect between two spellings would lose a POST's body."""

    def add_url_rule(self, rule: str, *args: Any, **options: Any) -> None:
        """Register a route for both spellings."""
        options.setdefault("strict_slashes", False)
        super().add_url_rule(rule, *args, **options)
