"""The jump («/»): where to go, while somebody types."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from flask import Response, request, url_for
from flask_login import current_user

from app.core.clock import utcnow
from app.core.near_words import mark
from app.core.text import clean_text, fold
from app.tablero.forms import SEARCH_LIMIT
from app.tablero.pages.blueprint import bp
from app.tablero.queries.jump import jump_to
from app.web.access import staff_required
from app.web.filters import has_endpoint
from app.web.fragments import fragment
from app.web.navigation import Menu, list_links

#: Actions shown beside what was found.
_ACTIONS_SHOWN = 6


class Action(NamedTuple):
    """A page that the reader may go to."""

    text: str
    url: str
    icon: str
    #: Other words that people call it by.
    words: str = ""


@bp.post("/saltar")
@staff_required
def jump() -> Response:
    """What fits the words typed so far. They travel in the body: an address ends in logs."""
    text = clean_text(request.form.get("q", ""))[:SEARCH_LIMIT]
    words = fold(text).split()
    actions = [action for action in _actions() if _fits(action, words)][:_ACTIONS_SHOWN]
    return fragment(
        "tablero/_jump.html",
        q=text,
        # Who types the name of a page made no slip.
        found=jump_to(text, now=utcnow(), near=not actions),
        actions=actions,
        marked=lambda value: list(mark(value, words)),
    )


def _actions() -> Iterator[Action]:
    """What the menus offer this person, each page once, and what starts a case."""
    if has_endpoint("oficios.create"):
        yield Action("Nuevo oficio", url_for("oficios.create"), "circle-plus", "crear agregar caso")
    if has_endpoint("importar.start"):
        words = "importar subir excel csv listado"
        yield Action("Importar una planilla", url_for("importar.start"), "table-import", words)
    seen = {"oficios.create", "importar.start"}
    for menu in Menu:
        for link in list_links(menu.value):
            if link.endpoint not in seen:
                seen.add(link.endpoint)
                yield Action(link.full_label, link.url, link.icon, f"{link.label} {link.text}")
    yield Action("Lista de oficios", url_for("tablero.listing"), "list", "excel descargar")
    if has_endpoint("usuarios.profile"):
        me = f"{current_user.nombre} clave contraseña sesiones"
        yield Action("Mi cuenta", url_for("usuarios.profile"), "user", me)


def _fits(action: Action, words: list[str]) -> bool:
    """Whether each word begins one of the action's own."""
    own = fold(f"{action.text} {action.words}").split()
    return all(any(each.startswith(word) for each in own) for word in words)
