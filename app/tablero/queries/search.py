"""Finding a case by what people have at hand: a plate, a number, a rol, a name, a RUT."""

from __future__ import annotations

import contextlib
import re

import sqlalchemy as sa

from app.buffets.models import Buffet
from app.core.errors import InvalidValue
from app.core.patente import parse_patente
from app.core.rut import parse_rut
from app.core.text import fold
from app.db import db
from app.oficios.models import Oficio
from app.oficios.queries.in_papers import said_in_papers
from app.vehiculos.models import Vehiculo

#: Maximum number of words of a search.
MAX_WORDS = 8
_SEPARATORS = re.compile("[^0-9a-z]")


def matches(text: str) -> sa.ColumnElement[bool]:
    """Whether an oficio fits what was typed, in its own text or in that of its papers."""
    return _fits(text, [])


def list_firms() -> list[tuple[int, str, str]]:
    """Id, name and folded name of each buffet, by which its cases are found."""
    rows = db.session.execute(sa.select(Buffet.id, Buffet.nombre).order_by(Buffet.nombre))
    return [(pk, nombre, fold(nombre)) for pk, nombre in rows]


def in_case(text: str, firms: list[tuple[int, str, str]]) -> sa.ColumnElement[bool]:
    """Whether an oficio fits what was typed: a plate or RUT however written, or all the words.

    A word also fits without its separators, so that the beginning of a plate or of a RUT finds
    (``BC·SD``, ``12.345``), and in the name of one of ``firms`` that has the case.
    """
    words = fold(text).split()[:MAX_WORDS]
    if not words:
        return sa.false()
    conditions = []
    for word in words:
        held = [contains(each) for each in spellings(word)]
        of = [pk for pk, _nombre, name in firms if any(each in name for each in spellings(word))]
        conditions.append(sa.or_(*held, *([Oficio.buffet_id.in_(of)] if of else [])))
    return sa.or_(sa.and_(*conditions), *map(contains, exact_values(text)))


def _fits(text: str, firms: list[tuple[int, str, str]]) -> sa.ColumnElement[bool]:
    words = fold(text).split()[:MAX_WORDS]
    papers = said_in_papers(words) if words else None
    own = in_case(text, firms)
    return own if papers is None else sa.or_(own, Oficio.id.in_(papers))


def head_ids(text: str, buffet_id: int) -> list[int]:
    """The oficios of a buffet that fit by what it may read of them itself.

    ``matches`` also looks into names, RUTs and the VIN: what it finds by those would tell a buffet
    whether a person is in one of its cases. So each find is looked at again by its head alone.
    """
    statement = (
        sa.select(Oficio.id, Oficio.numero_oficio, Oficio.rol, Oficio.caratulado, Vehiculo.patente)
        .join(Vehiculo, Vehiculo.oficio_id == Oficio.id)
        .where(Oficio.buffet_id == buffet_id, matches(text))
    )
    words = fold(text).split()[:MAX_WORDS]
    exact = exact_values(text)
    found = []
    for oficio_id, *parts in db.session.execute(statement):
        head = fold(" ".join(part for part in parts if part))
        by_words = all(any(value in head for value in spellings(word)) for word in words)
        if by_words or any(value in head for value in exact):
            found.append(oficio_id)
    return found


def spellings(word: str) -> list[str]:
    """A folded word as it is typed, and without its separators."""
    plain = _SEPARATORS.sub("", word)
    return [word, plain] if plain and plain != word else [word]


def exact_values(text: str) -> list[str]:
    """The plate and the RUT that the whole text is, as the stored text has them."""
    values: list[str] = []
    with contextlib.suppress(InvalidValue):
        values += parse_patente(text).equivalentes
    with contextlib.suppress(InvalidValue):
        values.append(parse_rut(text).valor)
    return [fold(value) for value in values]


def contains(value: str) -> sa.ColumnElement[bool]:
    """Whether the searched text of an oficio has a folded value in it."""
    return Oficio.busqueda.contains(value, autoescape=True)


def found_by(text: str) -> sa.ColumnElement[bool]:
    """``matches``, also by the name of the buffet, as a list of ids that is made first.

    It is made in one walk over the table. As a plain condition it would be asked of each row where
    an index happens to put it: among 100,000 oficios that takes eight times as long.
    """
    return Oficio.id.in_(sa.select(Oficio.id).where(_fits(text, list_firms())).correlate(None))
