"""What is found while somebody types in the jump: cases, their people, and buffets.

It is asked with every key, so each part is one statement with a limit, and only when nothing fits
as it is typed a second one looks for what is one letter away.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

import sqlalchemy as sa

from app.core.clock import local_today
from app.core.near_words import halves, is_near
from app.core.rut import mask_rut
from app.core.text import fold
from app.db import db
from app.oficios.models import Oficio, Propietario
from app.oficios.rules import OPEN_STATES, TipoPropietario
from app.tablero.queries.cards import Card, list_cards
from app.tablero.queries.search import MAX_WORDS, contains, in_case, list_firms, spellings
from app.tablero.rules import due_until

#: Rows shown of each kind.
CASES_SHOWN = 5
PEOPLE_SHOWN = 4
BUFFETS_SHOWN = 3
#: Cases whose people are looked through.
_CASES_READ = 40
#: Cases that are compared letter by letter when nothing fits as it is typed.
_NEAR_READ = 1500
#: Business days (días hábiles) within which a buffet's cases count as due soon.
SOON = 5


class FoundPerson(NamedTuple):
    """A person of a case that was found."""

    nombre: str
    rut: str
    tipo: TipoPropietario
    oficio_id: int
    numero_oficio: str
    estado: str


@dataclass
class FoundBuffet:
    """A buffet that was found, with its open cases and those that are due soon."""

    id: int
    nombre: str
    abiertos: int = 0
    por_vencer: int = 0


@dataclass
class Found:
    """All that was found, in the order of the groups."""

    total: int = 0
    cards: list[Card] = field(default_factory=list)
    people: list[FoundPerson] = field(default_factory=list)
    buffets: list[FoundBuffet] = field(default_factory=list)
    #: Nothing was as it was typed; this is what is one letter away.
    is_near: bool = False


def jump_to(text: str, *, now: datetime, near: bool) -> Found:
    """What fits all the words that were typed.

    If nothing does, and with ``near``, what is one letter away.
    """
    words = fold(text).split()[:MAX_WORDS]
    if not words or len("".join(words)) < 2:
        return Found()
    firms = list_firms()
    found = Found(buffets=_buffets(firms, words, _contains))
    total, ids = _find_ids(text, words, firms)
    if near and not total and not found.buffets:
        found.is_near = True
        found.buffets = _buffets(firms, words, _is_like)
        total, ids = _find_near_ids(words)
    found.total = total
    found.cards = list_cards(ids[:CASES_SHOWN], now=now)
    found.people = _people(ids, words, near=found.is_near)
    _count_open(found.buffets, now)
    return found


#: Open cases first, then the newest.
_ORDER = (Oficio.estado.not_in(OPEN_STATES), Oficio.id.desc())


def _contains(word: str, text: str) -> bool:
    return any(each in text for each in spellings(word))


def _is_like(word: str, text: str) -> bool:
    return word in text or any(is_near(word, each) for each in text.split())


def _buffets(
    firms: list[tuple[int, str, str]], words: list[str], fits: Callable[[str, str], bool]
) -> list[FoundBuffet]:
    found = [
        FoundBuffet(pk, nombre)
        for pk, nombre, text in firms
        if all(fits(word, text) for word in words)
    ]
    return found[:BUFFETS_SHOWN]


def _find_ids(
    text: str, words: list[str], firms: list[tuple[int, str, str]]
) -> tuple[int, list[int]]:
    """How many cases have all the words in their text or in their buffet's name, and the first."""
    # A word that begins with what was typed comes before one that has it inside.
    starts = sa.or_(Oficio.busqueda.startswith(words[0], autoescape=True), contains(f" {words[0]}"))
    # One walk over the texts, and only the rows shown are sorted: with a window beside them the
    # database keeps and sorts all that fit, which of 20,000 cases takes four times as long.
    hits = (
        sa.select(Oficio.id, _ORDER[0].label("closed"), sa.not_(starts).label("inside"))
        .where(in_case(text, firms))
        .cte("hits")
    )
    total = sa.select(sa.func.count()).select_from(hits).scalar_subquery()
    rows = db.session.execute(
        sa.select(hits.c.id, total)
        .order_by(hits.c.closed, hits.c.inside, hits.c.id.desc())
        .limit(_CASES_READ)
    ).all()
    return (rows[0][1] if rows else 0), [row[0] for row in rows]


def _find_near_ids(words: list[str]) -> tuple[int, list[int]]:
    """The cases whose text has all the words, each up to one letter.

    A slip leaves one half of a word whole, by which the database finds the candidates.
    """
    if not any(map(halves, words)):
        return 0, []
    # A text that has the word has its halves as well: each pattern less is a third of the walk.
    conditions = [sa.or_(*map(contains, halves(word) or (word,))) for word in words]
    # Sorted as bare ids by an expression: SQLite walks an index beside the table when it sorts the
    # ids themselves, and a half that is in every number makes it sort all the texts.
    first = (
        sa.select(Oficio.id).where(*conditions).order_by(_ORDER[0], -Oficio.id).limit(_NEAR_READ)
    )
    rows = db.session.execute(
        sa.select(Oficio.id, Oficio.busqueda)
        .where(Oficio.id.in_(first.scalar_subquery()))
        .order_by(_ORDER[0], -Oficio.id)
    ).all()
    split = [(pk, text, text.split()) for pk, text in rows]
    # Most words are in many texts: each is compared once.
    known = {each for _pk, _text, parts in split for each in parts}
    near = {word: _near_of(word, known) for word in words}
    ids = [
        pk
        for pk, text, parts in split
        if all(word in text or not near[word].isdisjoint(parts) for word in words)
    ]
    return len(ids), ids[:_CASES_READ]


def _near_of(word: str, known: set[str]) -> set[str]:
    """Which of these words are like one. Its halves tell most of them apart at once."""
    parts = halves(word)
    if not parts:
        return {each for each in known if each.startswith(word)}
    first, last = parts
    return {
        each for each in known if (each.startswith(first) or last in each) and is_near(word, each)
    }


def _people(ids: list[int], words: list[str], *, near: bool) -> list[FoundPerson]:
    """The people of the cases that were found who have all the words in their name or RUT."""
    if not ids:
        return []
    fits = _is_like if near else _contains
    rows = db.session.execute(
        sa.select(
            Propietario.nombre,
            Propietario.rut,
            Propietario.tipo,
            Oficio.id,
            Oficio.numero_oficio,
            Oficio.estado,
        )
        .join(Oficio, Oficio.id == Propietario.oficio_id)
        .where(Propietario.oficio_id.in_(ids), Propietario.nombre.is_not(None))
        .order_by(*_ORDER, Propietario.id)
    )
    found = []
    for nombre, rut, tipo, pk, numero, estado in rows:
        text = fold(f"{nombre} {rut or ''} {(rut or '').replace('-', '')}")
        if all(fits(word, text) for word in words):
            masked = mask_rut(rut) if rut else ""
            found.append(FoundPerson(nombre or "", masked, tipo, pk, numero, estado.label))
    return found[:PEOPLE_SHOWN]


def _count_open(buffets: list[FoundBuffet], now: datetime) -> None:
    if not buffets:
        return
    limit = due_until(SOON, local_today(now))
    due = sa.func.count(sa.case((Oficio.fecha_limite <= limit, 1)))
    rows = db.session.execute(
        sa.select(Oficio.buffet_id, sa.func.count(), due)
        .where(Oficio.buffet_id.in_([one.id for one in buffets]), Oficio.estado.in_(OPEN_STATES))
        .group_by(Oficio.buffet_id)
    )
    counts = {pk: (total, soon) for pk, total, soon in rows}
    for one in buffets:
        one.abiertos, one.por_vencer = counts.get(one.id, (0, 0))
