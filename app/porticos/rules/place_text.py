"""Reading what a provider writes of a place: its words, its codes, and from where to where."""

from __future__ import annotations

import re

from app.core.text import fold

#: Abbreviations that have one meaning on a road sign.
_LONG = {
    "r": "ruta",  # «R5», «R-78»
    "gral": "general",
    "gnmo": "guillermo",
    "gmo": "guillermo",
    "sta": "santa",
    "sto": "santo",
    "pdte": "presidente",
    "pres": "presidente",
    "nte": "norte",
    "ote": "oriente",
    "pnte": "poniente",
    "aut": "autopista",
    "ap": "autopista",
    "cost": "costanera",
    "tun": "tunel",
}
#: «Av. Américo Vespucio» and «A. Vespucio» are «Vespucio».
_AVENUE = frozenset(("av", "avda", "avenida", "americo"))
#: Stop words: they identify no place by themselves.
_FILLER = frozenset(
    {"portico", "port", "plaza", "peaje", "tag", "km", "tramo", "concesionaria"}
    | {"sentido", "direccion", "calzada", "cruce", "altura", "alt", "desde", "entre"}
    | {"n", "no", "nro", "numero", "en", "de", "del", "la", "el", "los", "las"}
)
_WORD = re.compile(r"[a-z]+|\d+(?:[.,]\d+)?(?:a|o)?")
_JOINED = re.compile(r"(?<![a-z0-9])([a-z]{1,5})[ _-]?(\d{1,3}(?:[.,]\d{1,2})?)(?![a-z0-9]|[.,]\d)")
_COMPOUND = re.compile(r"(?<![a-z0-9])[a-z0-9]+(?:[_-][a-z0-9]+)+(?![a-z0-9])")
#: A code of that kind for sure, not two places with a hyphen between them.
_COMPOUND_CODE = re.compile(
    r"(?<![a-z0-9])(?:[a-z0-9]+_[a-z0-9_]+|(?=[a-z-]*\d)[a-z][a-z0-9]{0,4}-[a-z0-9]{1,4})(?![a-z0-9])"
)
_LETTERS = re.compile(r"(?<![a-z0-9])[a-z]{2,12}(?![a-z0-9])")
_DECIMAL = re.compile(r"(?<!km )(?<![a-z0-9.,])(\d[.,]\d)(?![a-z0-9]|[.,]\d)")
_NUMBERED = re.compile(
    r"(?<![a-z0-9])(?:portico|port|p|plaza|peaje)\.?\s*(?:n|no|nro|numero)?\s*[.#]?\s*"
    r"(\d{1,3}(?:[.,]\d{1,2})?)(?![a-z0-9]|[.,]\d)"
)
_ENDS = re.compile(r"\s+-\s+|(?<=[a-z0-9])-(?=[a-z])|[–—→>/,;:()|]|\s+hasta\s+")
_FROM_TO = re.compile(r"^(?:desde|de|entre)\s+(.+?)\s+(?:a|hasta|y)\s+(.+)$")
_AFTER = re.compile(r"\b(?:sentido|direccion|calzada)\b.*$|\bkm\s*[\d.,]+")
_ASIDE = re.compile(r"\([^)]*:[^)]*\)")


def plain(text: str) -> str:
    """The text without case, accents, ordinal signs and abbreviations' dots, in single spaces."""
    folded = fold(text).replace("°", " ").replace("º", " ").replace("#", " ").replace("\u2044", "/")
    return " ".join(re.sub(r"(?<=[a-z])\.(?=\s|$|[a-z])", " ", folded).split())


def words(text: str) -> tuple[str, ...]:
    """The words of a text with abbreviations written out, to look for the name of a road in."""
    here = [_LONG.get(word, word).replace(",", ".") for word in _WORD.findall(plain(text))]
    return tuple(
        word
        for place, word in enumerate(here)
        if word not in _AVENUE and not (word == "a" and here[place + 1 : place + 2] == ["vespucio"])
    )


def code_key(code: str) -> str:
    """A gantry's code for comparing: «PA 2», «pa-2» and «PA2» are one; the dot of «P6.2» counts."""
    return re.sub(r"[^a-z0-9.]", "", fold(code).replace(",", "."))


def codes_in(text: str) -> set[str]:
    """Everything in a text that may be a code, as :func:`code_key` writes it."""
    text = plain(text)
    found = {f"{letters}{number.replace(',', '.')}" for letters, number in _JOINED.findall(text)}
    found |= {code_key(code) for code in _COMPOUND.findall(text)}
    found |= set(_LETTERS.findall(text))
    found |= {number.replace(",", ".") for number in _DECIMAL.findall(text)}
    return found


def numbers_in(text: str) -> set[str]:
    """The numbers that a text gives to a gantry: «pórtico 5», «P-5», «pórtico N° 6.2»."""
    return {number.replace(",", ".") for number in _NUMBERED.findall(plain(text))}


def ends_of(text: str, *, road: frozenset[tuple[str, ...]] = frozenset()) -> tuple[str, ...]:
    """The places that a text names, in its order, without the road's own name and codes.

    Two of them are a stretch, from the first to the second; the order is the direction.
    """
    rest = _AFTER.sub(" ", _ASIDE.sub(" ", plain(text)))
    rest = _COMPOUND_CODE.sub(",", _NUMBERED.sub(",", rest)) if road else rest
    named = _FROM_TO.match(rest)
    parts = named.groups() if named else tuple(_ENDS.split(rest))
    found = []
    for part in parts:
        kept = [word for word in words(part) if word not in _FILLER]
        if road:
            kept = _without_road(kept, road)
        if any(len(word) > 1 or word.isdigit() for word in kept):
            found.append(" ".join(kept))
    return tuple(found)


def _without_road(kept: list[str], road: frozenset[tuple[str, ...]]) -> list[str]:
    """The words of a part without the name of the road that it begins with."""
    for frase in sorted(road, key=len, reverse=True):
        plain_frase = [word for word in frase if word not in _FILLER]
        if plain_frase and kept[: len(plain_frase)] == plain_frase:
            return kept[len(plain_frase) :]
    return kept
