"""The links that lead through the pages: each feature declares its own, templates list them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import Enum
from typing import NamedTuple

from flask import Flask, request, url_for
from flask_login import current_user

from app.feature import current_features


class Menu(Enum):
    """Where a link is listed."""

    #: In the bar over every page. A phone has it at the bottom or, what is not there, in the
    #: menu of the account.
    BAR = "bar"
    #: At the bottom of a phone, which has room for three.
    BOTTOM = "bottom"
    #: Under *Administración*.
    ADMIN = "admin"
    #: On the page *Ajustes*, for what is set elsewhere.
    SETTINGS = "settings"


class Audience(Enum):
    """Who sees a link."""

    STAFF = "staff"
    ADMIN = "admin"
    CLIENTE = "cliente"

    def includes_reader(self) -> bool:
        """Whether the signed-in person is one of them."""
        if self is Audience.CLIENTE:
            return not current_user.is_staff
        return bool(current_user.is_admin if self is Audience.ADMIN else current_user.is_staff)


def _always() -> bool:
    return True


@dataclass(frozen=True)
class Link:
    """A page that a menu leads to."""

    menu: Menu
    #: Among the others of its menu; the smallest is first.
    place: int
    endpoint: str
    label: str
    icon: str
    audience: Audience = Audience.STAFF
    #: Other blueprints in whose pages it is the current one.
    areas: tuple[str, ...] = ()
    #: What is found there, where the menu has room for a sentence.
    text: str = ""
    #: What it is called where it stands among others that are not alike; the label.
    full_label: str = ""
    #: Whether there is something to show now.
    shows: Callable[[], bool] = _always


class ShownLink(NamedTuple):
    """A link on the page that is being made."""

    endpoint: str
    url: str
    label: str
    full_label: str
    icon: str
    text: str
    #: Whether the reader is there.
    is_current: bool


def list_links(menu: str) -> list[ShownLink]:
    """The links of a menu, by its value, that the signed-in person sees, in their order."""
    links = sorted(_offered(Menu(menu)), key=lambda link: link.place)
    here = request.endpoint or ""
    area = here.split(".")[0]
    is_named = any(link.endpoint == here for link in links)
    return [
        ShownLink(
            link.endpoint,
            url_for(link.endpoint),
            link.label,
            link.full_label or link.label,
            link.icon,
            link.text,
            # A page that has a link of its own does not belong to the area of another.
            link.endpoint == here if is_named else area in (_area(link), *link.areas),
        )
        for link in links
    ]


def _offered(menu: Menu) -> Iterator[Link]:
    for feature in current_features().by_name.values():
        for link in feature.navigation:
            if link.menu is menu and link.audience.includes_reader() and link.shows():
                yield link


def _area(link: Link) -> str:
    return link.endpoint.split(".")[0]


def find_landing() -> str | None:
    """The path where whoever asks begins; None for somebody whom no feature knows."""
    for feature in current_features().by_name.values():
        endpoint = feature.landing() if feature.landing else None
        if endpoint:
            return url_for(endpoint)
    return None


def init_navigation(app: Flask) -> None:
    """Let templates list links."""
    app.jinja_env.globals.update(navigation=list_links, landing=find_landing)
