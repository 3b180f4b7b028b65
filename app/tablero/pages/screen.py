"""What is on a person's screen: the filters of the address, and cards as HTML."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import jinja2
from flask import current_app, url_for
from flask_login import current_user
from markupsafe import Markup
from sqlalchemy.orm import Session, object_session

from app.core.clock import local_today, utcnow
from app.core.process_memory import forgettable
from app.promesas.rules import ASKED_FOR
from app.promesas.rules.promise_words import say_on_card
from app.tablero.queries import BoardColumn, Card, criteria
from app.tablero.rules import BoardFilter, sighting_words
from app.usuarios.models import Usuario
from app.web.filters import plazo
from app.web.fragments import page_before

_INDENT = re.compile(r"\s*\n\s*")
#: Rendered cards in the LRU cache of a process; each takes about 2 kB.
_KEPT_CARDS = 4096


def draw_cards(cards: Iterable[Card], *, now: datetime) -> list[Markup]:
    """The HTML of cards, one by one."""
    today = local_today(now)
    template = current_app.jinja_env.get_template("tablero/_card.html")
    drawn = []
    for card in cards:
        due = _due(None if card.estado.is_final else card.fecha_limite, today)
        sighting = card.avistamiento
        seen = (
            sighting_words(sighting.fecha, sighting.fecha_hora, now, sighting.zona)
            if sighting
            else None
        )
        drawn.append(_draw(template, card, due, promise_on_card(card, now), seen))
    return drawn


def promise_on_card(card: Card, now: datetime) -> tuple[str, str, str] | None:
    """What presses of the promises of a card: words, tone and icon; None while all is in time."""
    if card.promesa is None:
        return None
    state = card.promesa.state(now)
    if state not in ASKED_FOR:
        return None
    text = say_on_card(card.promesa.tipo, state, card.promesa.vence_at, now)
    return text, state.tone, state.icon


@forgettable(1024)
def _due(fecha_limite: date | None, today: date) -> tuple[str, str] | None:
    """The days left and their tone; counting them goes through the calendar day by day.

    A card is narrow: of a deadline that passed it says the day, not how long ago that was.
    """
    if fecha_limite is not None and fecha_limite < today - timedelta(days=1):
        year = "" if fecha_limite.year == today.year else f"-{fecha_limite:%Y}"
        return f"venció {fecha_limite:%d-%m}{year}", "late"
    words = plazo(fecha_limite)
    return (words["texto"], words["tono"]) if words else None


@forgettable(_KEPT_CARDS)
def _draw(
    template: jinja2.Template,
    card: Card,
    due: tuple[str, str] | None,
    promised: tuple[str, str, str] | None,
    seen: str | None,
) -> Markup:
    """Render a card, cached by its arguments, which are everything that it shows.

    Drawing 200 cards costs some 30 ms, and most of them look as they did a second ago. Nothing on
    a card has several lines, so the indents of its template go: a third of a page's bytes.
    """
    html = template.render(card=card, due=due, promised=promised, seen=seen)
    return Markup(_INDENT.sub("\n", html).strip())  # noqa: S704  # our own


def draw_columns(columns: Iterable[BoardColumn], *, now: datetime) -> dict[str, list[Markup]]:
    """The HTML of the cards of each column, by its key."""
    return {column.key: draw_cards(column.cards, now=now) for column in columns}


def conditions_of(board_filter: BoardFilter) -> list[Any]:
    """The conditions of a filter for who is looking."""
    return criteria(board_filter, usuario_id=current_user.id, now=utcnow())


@dataclass(frozen=True)
class FilteredAddress:
    """The address of a page under filters, as templates ask for it."""

    endpoint: str

    def __call__(self, arguments: Mapping[str, str] | Sequence[tuple[str, str]]) -> str:
        """Under these ones."""
        return board_url(arguments, self.endpoint)


def board_url(
    arguments: Mapping[str, str] | Sequence[tuple[str, str]], endpoint: str = "tablero.board"
) -> str:
    """The address of the board (or its list) under filters."""
    base = url_for(endpoint)
    return f"{base}?{urlencode(arguments)}" if arguments else base


def board_or_case_before() -> str:
    """Where a form without JavaScript was sent from: the board with its filters, or the case."""
    return page_before() or url_for("tablero.board")


def the_actor() -> Usuario:
    """Who is signed in, as this request read it.

    A transaction reads again what was loaded before it. Who acts was checked a moment ago, and
    reading the same person three times for one drop helps nobody.
    """
    usuario: Usuario = current_user._get_current_object()
    session = object_session(usuario)
    if isinstance(session, Session):
        session.expunge(usuario)
    return usuario
