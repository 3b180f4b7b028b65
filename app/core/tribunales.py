"""The civil courts and courts of letters, as the Poder Judicial lists them."""

import csv
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from rapidfuzz import fuzz, process

from app.core.text import fold

_TABLE = Path(__file__).parent / "data" / "tribunales_civiles.csv"
#: Names differ by one digit or one city: only a close one is worth offering.
_LIKENESS = 88


@dataclass(frozen=True)
class Tribunal:
    """A court with the Corte de Apelaciones above it."""

    pjud_id: str
    nombre: str
    corte: str
    #: False for the few historical courts that the look-up form still offers.
    vigente: bool


@cache
def tribunales() -> tuple[Tribunal, ...]:
    """Return every court of the list, in its order."""
    with _TABLE.open(encoding="utf-8", newline="") as table:
        return tuple(
            Tribunal(
                pjud_id=row["pjud_id"],
                nombre=row["tribunal"],
                corte=row["corte"],
                vigente=row["vigente_en_listado"] == "1",
            )
            for row in csv.DictReader(table)
        )


def find_tribunal(text: str) -> Tribunal | None:
    """Return the court of that name, however its ordinal, case and accents are written.

    «19º», «19°», «19» and «19 do.» in front of «Juzgado Civil de Santiago» are the same court.
    """
    return _by_key().get(_key(text))


def suggest_tribunal(text: str) -> Tribunal | None:
    """Return the court that a misspelled name most likely means, to be confirmed by a person.

    The ordinal must be the same: the 9th court is no better guess for the 19th than any other.
    """
    key = _key(text)
    ordinal = re.match(r"\d+ ", key)
    candidates = [
        k
        for k in _by_key()
        if (m := re.match(r"\d+ ", k)) is None or ordinal is None or m[0] == ordinal[0]
    ]
    best = process.extractOne(key, candidates, scorer=fuzz.ratio, score_cutoff=_LIKENESS)
    return _by_key()[best[0]] if best else None


def _key(text: str) -> str:
    plain = re.sub(r"^(\d+)\s*(?:[º°ª]|(?:er|ro|do|to|mo|vo|no|o)\b\.?)*\s*", r"\1 ", text.strip())
    plain = re.sub(r"\b(?:jdo|juzg)\b\.?", "juzgado", fold(plain))
    return " ".join(re.sub(r"[^a-z0-9]+", " ", plain).split())


@cache
def _by_key() -> dict[str, Tribunal]:
    return {_key(tribunal.nombre): tribunal for tribunal in reversed(tribunales())}
