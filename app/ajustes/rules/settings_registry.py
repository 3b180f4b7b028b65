"""The settings that can be changed on the page. Features bring theirs in ``Feature.settings``."""

from __future__ import annotations

from app.ajustes.rules import Setting
from app.feature import current_features


def list_settings() -> list[Setting]:
    """Every setting of the page, in its order there."""
    return sorted(current_features().settings.values(), key=lambda setting: setting.place)
