"""The links that lead through the pages: each feature declares its own, templates list them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache
from typing import NamedTuple

from flask import Flask, g, request, url_for
from flask_login import current_user
from sqlalchemy.exc import SQLAlchemyError

from app.db import db
from app.feature import Features, current_features


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


class Group(Enum):
    """Under which heading of *Administración* a link stands; in their order."""

    CON_QUIEN = "Con quién"
    QUE_HA_PASADO = "Qué ha pasado"
    INSTALACION = "La instalación"
    DATOS = "Datos personales"


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


class Mark(NamedTuple):
    """What waits behind a link: a number beside it, with its noun for who hears it."""

    number: int
    #: «trabajos por decidir», in the form that fits the number.
    noun: str
    tone: str = "warn"


def _nothing() -> Mark | None:
    return None


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
    #: Under *Administración*: its heading.
    group: Group = Group.INSTALACION
    #: Under *Administración*: what waits there for a decision, if anything.
    mark: Callable[[], Mark | None] = _nothing
    #: The menu that its page lists, whose pages lead back to it.
    lists: Menu | None = None


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
    kept: dict[str, list[ShownLink]] = g.setdefault("rastro_links", {})
    if menu not in kept:
        kept[menu] = _list_links(menu)
    return kept[menu]


def _list_links(menu: str) -> list[ShownLink]:
    links = list(_offered(Menu(menu)))
    here = request.endpoint or ""
    area = here.split(".")[0]
    is_named = any(link.endpoint == here for link in links)
    # Who says that an area is its own comes before who merely has a page in it.
    is_claimed = any(area in link.areas for link in links)
    return [
        ShownLink(
            link.endpoint,
            url_for(link.endpoint),
            link.label,
            link.full_label or link.label,
            link.icon,
            link.text,
            # A page that has a link of its own does not belong to the area of another.
            link.endpoint == here
            if is_named
            else area in (link.areas if is_claimed else (_area(link),)),
        )
        for link in links
    ]


def _offered(menu: Menu) -> Iterator[Link]:
    for link in _declared(current_features(), menu):
        if link.audience.includes_reader() and link.shows():
            yield link


@lru_cache(maxsize=64)
def _declared(features: Features, menu: Menu) -> list[Link]:
    """The links of a menu that an application's features bring, in their order."""
    links = (link for feature in features.by_name.values() for link in feature.navigation)
    return sorted((link for link in links if link.menu is menu), key=lambda link: link.place)


def _area(link: Link) -> str:
    return link.endpoint.split(".")[0]


class Rail(NamedTuple):
    """The places of *Administración*, and where among them the reader is."""

    #: By their headings, in the order of these.
    groups: tuple[tuple[str, tuple[RailLink, ...]], ...]
    current: RailLink | None
    #: What the page leads back to: the place that it belongs to; None on that place itself.
    back: RailLink | None


class RailLink(NamedTuple):
    """A place of *Administración*."""

    url: str
    label: str
    full_label: str
    icon: str
    text: str
    is_current: bool
    mark: Mark | None


#: The page that lists the places of *Administración*.
ADMINISTRATION = "administracion.index"


def admin_rail() -> Rail | None:
    """The rail of the page that is being made; None where it is no page of *Administración*."""
    if not (current_user.is_authenticated and current_user.is_admin):
        return None
    links = list(_offered(Menu.ADMIN))
    here = _place_of_page(links)
    if here is None and request.endpoint != ADMINISTRATION:
        return None
    shown = {link: _rail_link(link, is_current=link is here) for link in links}
    groups = [
        (group.value, tuple(shown[link] for link in links if link.group is group))
        for group in Group
    ]
    current = shown[here] if here else None
    return Rail(
        tuple((name, each) for name, each in groups if each),
        current,
        None if here is None or here.endpoint == request.endpoint else current,
    )


def _place_of_page(links: list[Link]) -> Link | None:
    """The link whose page this is, or whose page this one is a part of.

    That is told by the paths: the longest that this one begins with. A blueprint may hold pages
    of several places, and of none.
    """
    places = {url_for(link.endpoint): link for link in links}
    for holder in links:
        if holder.lists is not None:
            places |= {
                path: holder
                for link in _offered(holder.lists)
                if (path := url_for(link.endpoint)) not in places
            }
    covering = [path for path in places if f"{request.path}/".startswith(f"{path}/")]
    if covering:
        return places[max(covering, key=len)]
    area = (request.endpoint or "").split(".")[0]
    return next((link for link in links if area in link.areas), None)


def _rail_link(link: Link, *, is_current: bool) -> RailLink:
    return RailLink(
        url_for(link.endpoint),
        link.label,
        link.full_label or link.label,
        link.icon,
        link.text,
        is_current,
        _mark_of(link),
    )


def _mark_of(link: Link) -> Mark | None:
    """A page stands when the database cannot say what waits."""
    try:
        return link.mark()
    except SQLAlchemyError:
        db.session.rollback()
        return None


def find_landing() -> str | None:
    """The path where whoever asks begins; None for somebody whom no feature knows."""
    # Who builds on another feature says first where to begin.
    for feature in reversed(current_features().by_name.values()):
        endpoint = feature.landing() if feature.landing else None
        if endpoint:
            return url_for(endpoint)
    return None


def init_navigation(app: Flask) -> None:
    """Let templates list links."""
    app.jinja_env.globals.update(navigation=list_links, landing=find_landing, admin_rail=admin_rail)
