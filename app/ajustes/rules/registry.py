"""The settings that can be changed on the page. Features above bring theirs; ``create_app``
connects them."""

from __future__ import annotations

from collections.abc import Iterable

from app.ajustes.rules import Setting

_settings: dict[str, Setting] = {}


def connect_settings(settings: Iterable[Setting]) -> None:
    """Say which settings this application has, in the order of the page."""
    _settings.clear()
    _settings.update({setting.clave: setting for setting in settings})


def list_settings() -> list[Setting]:
    """Every setting of the page."""
    return list(_settings.values())
