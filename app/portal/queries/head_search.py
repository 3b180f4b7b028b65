"""Finding a case of a buffet by what the buffet reads of it."""

from __future__ import annotations

import contextlib
import re

import sqlalchemy as sa

from app.core.errors import InvalidValue
from app.core.patente import parse_patente
from app.core.text import fold
from app.db import db
from app.oficios.models import Oficio
from app.vehiculos.models import Vehiculo

#: Words of a search that are looked at.
_MAX_WORDS = 8
_SEPARATORS = re.compile("[^0-9a-z]")


def head_matches(text: str, buffet_id: int) -> list[int]:
    """The cases of a buffet whose plate, vehicle, number, rol or carátula has all the words.

    The stored text that the first look uses also has names and RUTs: each find is held against
    the head of the case alone, or it would tell whether a person is in one of the cases.
    """
    words = fold(text).split()[:_MAX_WORDS]
    plates: list[str] = []
    with contextlib.suppress(InvalidValue):
        plates = [fold(value) for value in parse_patente(text).equivalentes]
    if not words:
        return []
    fits = sa.and_(*(sa.or_(*map(_held, _spellings(word))) for word in words))
    statement = (
        sa.select(
            Oficio.id,
            Oficio.numero_oficio,
            Oficio.rol,
            Oficio.caratulado,
            Vehiculo.patente,
            Vehiculo.marca,
            Vehiculo.modelo,
        )
        .join(Vehiculo, Vehiculo.oficio_id == Oficio.id)
        .where(Oficio.buffet_id == buffet_id, sa.or_(fits, *map(_held, plates)))
    )
    found = []
    for pk, *parts in db.session.execute(statement):
        head = fold(" ".join(part for part in parts if part))
        by_words = all(any(one in head for one in _spellings(word)) for word in words)
        if by_words or any(plate in head for plate in plates):
            found.append(pk)
    return found


def _held(value: str) -> sa.ColumnElement[bool]:
    return Oficio.busqueda.contains(value, autoescape=True)


def _spellings(word: str) -> list[str]:
    """A folded word as it is typed, and without its separators."""
    plain = _SEPARATORS.sub("", word)
    return [word, plain] if plain and plain != word else [word]
