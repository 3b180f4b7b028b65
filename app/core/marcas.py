"""Makes and models of vehicles, as sellers and papers write them."""

import csv
import re
from functools import cache
from pathlib import Path

from rapidfuzz import fuzz, process

from app.core.text import clean_text, fold

_DATA = Path(__file__).parent / "data"
#: How alike a make must be to be offered as what was meant.
_LIKENESS = 82


@cache
def _makes() -> dict[str, str]:
    """Every make by its folded name."""
    with (_DATA / "marcas_vehiculos.csv").open(encoding="utf-8", newline="") as table:
        return {_key(row["marca"]): row["marca"] for row in csv.DictReader(table)}


@cache
def _variants() -> dict[str, str]:
    """Every misspelling and short form that is known of a make."""
    with (_DATA / "marcas_vehiculos.csv").open(encoding="utf-8", newline="") as table:
        return {
            _key(variant): row["marca"]
            for row in csv.DictReader(table)
            for variant in row["variantes"].split("|")
            if variant
        }


@cache
def _models() -> dict[str, str]:
    """Every model of one make alone, to that make."""
    found: dict[str, set[str]] = {}
    with (_DATA / "modelos_vehiculos.csv").open(encoding="utf-8", newline="") as table:
        for row in csv.DictReader(table):
            found.setdefault(_key(row["modelo"]), set()).add(row["marca"])
    return {model: min(makes) for model, makes in found.items() if len(makes) == 1}


def is_marca(text: str) -> bool:
    """Whether a text is a make, in any spelling that is known."""
    key = _key(text)
    return key in _makes() or key in _variants()


def suggest_marca(text: str) -> str | None:
    """The make that a known misspelling means, or an unknown text close to one; None for a make
    that is written as the list has it and for what resembles none.
    """
    key = _key(text)
    if not key or key in _makes():
        return None
    if key in _variants():
        return _variants()[key]
    best = process.extractOne(key, _makes().keys(), scorer=fuzz.ratio, score_cutoff=_LIKENESS)
    return _makes()[best[0]] if best and len(key) > 3 else None


def make_of_model(text: str) -> str | None:
    """The make of a model that only one make has; None where it is unknown or of several."""
    return _models().get(_key(text))


def split_marca_modelo(text: str) -> tuple[str, str] | None:
    """Make and model of a text that begins with a make («TOYOTA YARIS»); None where it does not.

    The make keeps its spelling; the longest one that fits counts («GREAT WALL WINGLE 5»).
    """
    words = re.sub(r"\s*[/|,;]\s*|\s+-\s+", " ", clean_text(text)).split()
    for count in (3, 2, 1):
        if len(words) >= count and is_marca(" ".join(words[:count])):
            return " ".join(words[:count]), " ".join(words[count:])
    return None


def in_title_case(text: str) -> str:
    """Write in small letters what is all capitals («LAND ROVER» → «Land Rover»).

    Names of letters and digits («L200», «CX-5») and short makes («BMW») keep their capitals.
    """
    if text != text.upper() or not re.search("[A-ZÁÉÍÓÚÑ]", text):
        return text
    return " ".join(_title(word) for word in text.split(" "))


def _title(word: str) -> str:
    make = _makes().get(_key(word))
    if re.search("[0-9]", word) or (make is not None and make == word):
        return word
    if len(word) < 3 or (len(word) == 3 and not re.search("[AEIOU]", word)):
        return word
    return "-".join(
        part[:1] + part[1:].lower() if len(part) > 2 else part for part in word.split("-")
    )


def _key(text: str) -> str:
    return re.sub(r"[^a-z0-9]", "", fold(text))
