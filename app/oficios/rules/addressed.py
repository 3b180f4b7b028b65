"""Who is mentioned in a note: ``@Ana Pérez``, or ``@Ana`` where only one has that name."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from typing import Any, NamedTuple

from app.core.text import fold

#: A name begins behind an @ that is no part of an address.
_AT = re.compile(r"(?<![\w.@+-])@(?=\w)")
_WORD = re.compile(r"[\w'’-]+")


class Mentioned(NamedTuple):
    """A person who is mentioned, and the words that do it."""

    usuario_id: int
    texto: str


def find_mentions(text: str, people: Mapping[int, str]) -> tuple[list[Mentioned], list[str]]:
    """The people (names by id) whom a text mentions, and the names that fit none of them, or two.

    The longest name counts, without accents and case. A first name alone is enough if only one
    person has it.
    """
    first = Counter(_first_name(name) for name in people.values())
    names = sorted(((len(name), fold(name), pk) for pk, name in people.items()), reverse=True)
    same = Counter(folded for _length, folded, _pk in names)
    found: dict[int, Mentioned] = {}
    unknown: list[str] = []
    for at in _AT.finditer(text):
        start = at.end()
        for length, folded, pk in names:
            end = start + length
            if fold(text[start:end]) == folded and same[folded] == 1 and not _goes_on(text, end):
                found.setdefault(pk, Mentioned(pk, text[at.start() : end]))
                break
        else:
            end = _WORD.match(text, start).end()  # type: ignore[union-attr]  # _AT sees one
            said = fold(text[start:end])
            fits = [pk for pk, name in people.items() if _first_name(name) == said]
            if first[said] == 1:
                found.setdefault(fits[0], Mentioned(fits[0], text[at.start() : end]))
            else:
                unknown.append(text[at.start() : end])
    return list(found.values()), unknown


def split_mentions(text: str, detalle: Mapping[str, Any]) -> list[tuple[str, bool]]:
    """A note in pieces; True: it mentions somebody, as its entry's details say."""
    said = {one["texto"] for one in detalle.get("menciones", ()) if one["texto"] in text}
    if not said:
        return [(text, False)]
    longest_first = sorted(said, key=len, reverse=True)
    pattern = re.compile(f"({'|'.join(map(re.escape, longest_first))})")
    return [(part, part in said) for part in pattern.split(text) if part]


def _first_name(name: str) -> str:
    return fold(name).split(" ")[0]


def _goes_on(text: str, end: int) -> bool:
    """Whether a word goes on at a place."""
    return text[end : end + 1].isalnum()
