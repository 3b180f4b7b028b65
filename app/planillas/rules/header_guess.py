"""Which column holds which field, told from its header."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence

from rapidfuzz import fuzz

from app.core.process_memory import forgettable
from app.core.text import fold

#: «color» and «rol» are 75 alike, «fecha ingreso» and «fecha ingresso» 96.
_ALIKE = 86
#: A header whose words are understood, beside one that is known letter by letter (101).
_UNDERSTOOD = 99.0
_LONGEST_HEADER = 40
#: Headers of dates without a field, although they resemble the header of one.
_FOREIGN = frozenset({"fecha de nacimiento", "fecha nacimiento", "nacimiento", "f nacimiento"})


def guess_columns(
    encabezados: Sequence[str],
    synonyms: Mapping[str, str],
    reads: Callable[[str], str | None] | None = None,
) -> dict[int, str]:
    """Return which column holds which field, judging by the headers alone.

    ``synonyms`` holds, for each field, the headers seen for it, as :func:`header_key` returns them
    and with «|» between. ``reads`` understands further headers by their words: a field, empty for
    what is no field, None for words it does not know. The best likeness is served first; a field is
    given once and a column takes one field, so that of «RUT deudor» and «RUT abogado» only the
    first becomes the owner's.
    """
    ranked = []
    for column, text in enumerate(encabezados):
        key = header_key(text)
        if not key or key in _FOREIGN or len(key) > _LONGEST_HEADER:
            continue
        told = reads(text) if reads else None
        for campo, names in synonyms.items():
            likeness = _exact(key, names)
            if not likeness and told is not None:
                likeness = _UNDERSTOOD if told == campo else 0.0
            elif not likeness and not re.search("[0-9]", key):
                likeness = _likeness(key, names)
            if likeness >= _ALIKE:
                ranked.append((-likeness, column, campo))
    guess: dict[int, str] = {}
    for _, column, campo in sorted(ranked):
        if column not in guess and campo not in guess.values():
            guess[column] = campo
    return dict(sorted(guess.items()))


def header_key(text: str) -> str:
    """Return a header for comparing: «N° Oficio» and «N.º  OFICIO» become «n oficio»."""
    return " ".join(re.sub(r"[^a-z0-9]+", " ", fold(re.sub("[°ºª]", " ", text))).split())


@forgettable(10_000)
def _exact(key: str, synonyms: str) -> float:
    names = synonyms.split("|")
    return 101.0 - names.index(key) / 100 if key in names else 0.0


@forgettable(10_000)
def _likeness(key: str, synonyms: str) -> float:
    names = synonyms.split("|")
    if len(key) < 4:
        return 0.0
    # Words of three letters give too many false matches.
    return max(fuzz.token_sort_ratio(key, name) for name in names if len(name) > 3)
