"""Which column holds which field, told from its header."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache

from rapidfuzz import fuzz

from app.core.text import fold

#: «color» and «rol» are 75 alike, «fecha ingreso» and «fecha ingresso» 96.
_ALIKE = 86
_LONGEST_HEADER = 40
#: Headers of dates without a field, although they resemble the header of one.
_FOREIGN = frozenset({"fecha de nacimiento", "fecha nacimiento", "nacimiento", "f nacimiento"})


def guess_columns(encabezados: Sequence[str], synonyms: Mapping[str, str]) -> dict[int, str]:
    """Return which column holds which field, judging by the headers alone.

    ``synonyms`` holds, for each field, the headers seen for it, as :func:`header_key` returns them
    and with «|» between. The best likeness is served first; a field is given once and a column
    takes one field, so that of «RUT deudor» and «RUT abogado» only the first becomes the owner's.
    """
    ranked = sorted(
        (
            (-_likeness(key, names), column, campo)
            for column, key in enumerate(map(header_key, encabezados))
            if key
            and key not in _FOREIGN
            and len(key) <= _LONGEST_HEADER
            and not re.search("[0-9]", key)
            for campo, names in synonyms.items()
        ),
    )
    guess: dict[int, str] = {}
    for negative, column, campo in ranked:
        if -negative >= _ALIKE and column not in guess and campo not in guess.values():
            guess[column] = campo
    return dict(sorted(guess.items()))


def header_key(text: str) -> str:
    """Return a header for comparing: «N° Oficio» and «N.º  OFICIO» become «n oficio»."""
    return " ".join(re.sub(r"[^a-z0-9]+", " ", fold(re.sub("[°ºª]", " ", text))).split())


@lru_cache(maxsize=10_000)
def _likeness(key: str, synonyms: str) -> float:
    names = synonyms.split("|")
    if key in names:
        return 101.0 - names.index(key) / 100
    if len(key) < 4:
        return 0.0
    # Words of three letters give too many false matches.
    return max(fuzz.token_sort_ratio(key, name) for name in names if len(name) > 3)
