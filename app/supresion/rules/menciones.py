"""By what a person is probably mentioned where neither the whole name nor the plate stands."""

from __future__ import annotations

import re

from app.core.text import fold
from app.titulares.rules.identidad import Buscado, Clave, Identificador

_WORD = re.compile(r"[^\W_]+")
#: Words that stand in surnames and name nobody.
_PARTICLES = frozenset({"de", "del", "la", "las", "los", "san", "santa", "von", "van", "y"})
#: Letters or digits of a plate that stand together: fewer are in too many other words.
_PLATE_PART = re.compile(r"[a-z]{3,}|\d{3,}")
#: A Chilean name has two surnames; of four words or more they are the last two.
_SURNAMES = 2


def partly(buscado: Buscado) -> Buscado:
    """The same person by one surname or a part of the plate alone; others may be meant by it.

    A surname stands before a comma, else after the first name, of four words or more at the end.
    """
    words: dict[str, None] = {}
    for each in buscado.identificadores:
        if each.clave is Clave.NOMBRE:
            words |= dict.fromkeys(_surnames(each.valor))
        elif each.clave is Clave.PATENTE:
            words |= dict.fromkeys(_PLATE_PART.findall(fold(each.valor)))
    return Buscado(tuple(Identificador(Clave.NOMBRE, word) for word in words))


def _surnames(name: str) -> list[str]:
    before, comma, _given = name.partition(",")
    words = [word for word in _WORD.findall(fold(before)) if word not in _PARTICLES]
    if not comma:
        words = words[-_SURNAMES:] if len(words) >= _SURNAMES * 2 else words[1:]
    return [word for word in words if len(word) > 2]
