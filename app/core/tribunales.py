"""The civil courts and courts of letters, as the Poder Judicial lists them."""

import csv
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from rapidfuzz import fuzz, process

from app.core.process_memory import forgettable
from app.core.text import fold


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


_TABLE = Path(__file__).parent / "data" / "tribunales_civiles.csv"
#: Names differ by one digit or one city: only a close one is worth offering.
_LIKENESS = 88
#: What short forms stand for, word by word.
_SHORT = {
    **dict.fromkeys(("jc", "jciv", "sjlc"), "juzgado civil"),
    **dict.fromkeys(("jl", "sjl", "jdl"), "juzgado letras"),
    **dict.fromkeys(("jlg", "jlyg"), "juzgado letras garantia"),
    **dict.fromkeys(("jdo", "juzg", "juz", "jzdo", "jdos", "juzgados"), "juzgado"),
    **dict.fromkeys(("civ", "civiles"), "civil"),
    **dict.fromkeys(("let", "ltras", "letra"), "letras"),
    **dict.fromkeys(("gar", "garant"), "garantia"),
    **dict.fromkeys(("stgo", "scl", "stg"), "santiago"),
    **dict.fromkeys(("valpo", "vpso"), "valparaiso"),
    "conce": "concepcion",
    "pto": "puerto",
    "pta": "punta",
    "pte": "puente",
    "sta": "santa",
    "sn": "san",
    "bdo": "bernardo",
    "fdo": "fernando",
    "coihaique": "coyhaique",
    "aisen": "aysen",
    "chillan": "chillan",
    "llay": "llay",
}
_ORDINALS = (
    "primer primero|segundo|tercer tercero|cuarto|quinto|sexto|septimo|octavo|noveno|decimo|"
    "undecimo decimoprimero|duodecimo decimosegundo|decimotercero decimotercer|decimocuarto|"
    "decimoquinto|decimosexto|decimoseptimo|decimoctavo|decimonoveno|vigesimo|"
    "vigesimoprimero vigesimoprimer|vigesimosegundo|vigesimotercero vigesimotercer|"
    "vigesimocuarto|vigesimoquinto|vigesimosexto|vigesimoseptimo|vigesimoctavo|vigesimonoveno|"
    "trigesimo"
)
_ORDINAL = {
    word: str(number)
    for number, words in enumerate(_ORDINALS.split("|"), 1)
    for word in words.split()
}
_KINDS = frozenset({"civil", "letras", "garantia"})
_FILLING = _set("juzgado de del en lo y el tribunal senor s j l no")
#: Courts of another kind: no short form of a civil court may take their words for a place.
_OTHER_KINDS = _set(
    "familia laboral trabajo cobranza penal oral policia local corte apelaciones "
    "suprema menores crimen militar garantia"
)


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


@forgettable(4_096)
def find_tribunal(text: str) -> Tribunal | None:
    """Return the court of that name, however its ordinal, case and accents are written.

    «19º», «19°», «19» and «19 do.» in front of «Juzgado Civil de Santiago» are the same court, and
    so are its short forms («19° JC Stgo.», «S.J.L. Civil de Santiago (19°)») where they can mean
    no other one.
    """
    return _by_key().get(_key(text)) or _by_short_form(text)


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


def _by_short_form(text: str) -> Tribunal | None:
    """The one court that a short form can mean; historical ones only by their own name."""
    ordinal, kinds, place = _short_key(text)
    if not kinds or not place or set(place.split()) & _OTHER_KINDS:
        return None
    there = _by_place().get(place, ())
    found = [
        (own_kinds, tribunal)
        for known, own_kinds, tribunal in there
        # The only court of a place is its first one, with the number or without.
        if (known == ordinal or (len(there) == 1 and {known, ordinal} <= {"", "1"}))
        and kinds <= own_kinds | {"letras"}
        and kinds & own_kinds
    ]
    found = [one for one in found if one[0] == kinds] or found
    return found[0][1] if len(found) == 1 else None


def _short_key(text: str) -> tuple[str, frozenset[str], str]:
    """Ordinal, kinds and place of a court's name, without what only fills."""
    # The signs first: folding makes a letter of «º».
    plain = re.sub(r"(\d)\s*[º°ª]", r"\1 ", text)
    plain = re.sub(r"(\d+)\s*(?:er|ro|do|to|mo|vo|no|o)\b\.?", r"\1 ", fold(plain))
    # «1JL Talca»
    plain = re.sub(r"^(\d{1,2})(?=(?:jc|jl|jlg|jdo|juzg?)\b)", r"\1 ", plain)
    plain = re.sub(r"\b(?:[a-z]\.\s?){2,}", lambda one: re.sub(r"[.\s]", "", one[0]) + " ", plain)
    plain = re.sub(r"\bs\.?\s+(?=miguel|bernardo|felipe|antonio|carlos|javier)", "san ", plain)
    words = re.sub(r"[^a-z0-9]+", " ", plain).split()
    ordinal, kinds, place = "", set(), []
    for word in " ".join(_SHORT.get(word, word) for word in words).split():
        if word.isdigit() or word in _ORDINAL:
            number = _ORDINAL.get(word, word.lstrip("0"))
            # «vigésimo noveno» is 29.
            both = ordinal and word in _ORDINAL
            ordinal = str(int(ordinal) + int(number)) if both else number
        elif word in _KINDS:
            kinds.add(word)
        elif word not in _FILLING:
            place.append(word)
    joined = " ".join(place)
    return ordinal, frozenset(kinds), _PLACES.get(joined, joined)


_PLACES = {
    "vina": "vina mar",
    "calera": "la calera",
    "llay llay": "llaillay",
    "paihuano": "paiguano",
}


@cache
def _by_place() -> dict[str, list[tuple[str, frozenset[str], Tribunal]]]:
    places: dict[str, list[tuple[str, frozenset[str], Tribunal]]] = {}
    for tribunal in tribunales():
        if not re.search(r"\bex\b", fold(tribunal.nombre)):
            ordinal, kinds, place = _short_key(tribunal.nombre)
            places.setdefault(place, []).append((ordinal, kinds, tribunal))
    return places


@cache
def _by_key() -> dict[str, Tribunal]:
    return {_key(tribunal.nombre): tribunal for tribunal in reversed(tribunales())}
