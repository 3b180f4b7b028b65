"""The comunas of Chile, found however they are spelled."""

import csv
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from rapidfuzz import fuzz, process

from app.core.process_memory import forgettable
from app.core.text import fold

_TABLE = Path(__file__).parent / "data" / "comunas.csv"
#: How alike a name must be to be offered as what was meant.
_LIKENESS = 80
#: Spellings in use that differ by more than accents, spaces and capitals from the official one.
_ALSO_WRITTEN = {
    "aisen": "aysen",
    "puertoaysen": "aysen",
    "puertoaisen": "aysen",
    "lacalera": "calera",
    "marchigue": "marchihue",
    "pac": "pedroaguirrecerda",
    "santiagocentro": "santiago",
    "stgo": "santiago",
    "puertonatales": "natales",
    "trehuaco": "treguaco",
    "paihuano": "paiguano",
    "coihaique": "coyhaique",
    "vina": "vinadelmar",
    "valpo": "valparaiso",
    "conce": "concepcion",
    "scl": "santiago",
    "llayllay": "llaillay",
    "sanvicentedetaguatagua": "sanvicente",
    "vdelmar": "vinadelmar",
    "phurtado": "padrehurtado",
}
#: Words that are shortened in front of a name or behind it.
_SHORT = {
    "pte": "puente",
    "stgo": "santiago",
    "est": "estacion",
    "pto": "puerto",
    "pta": "punta",
    "sta": "santa",
    "sto": "santo",
    "sn": "san",
    "s": "san",
    "bdo": "bernardo",
    "fdo": "fernando",
    "gral": "general",
    "pdte": "presidente",
}


@dataclass(frozen=True)
class Comuna:
    """A comuna with where it belongs and a point inside it (None for Antártica)."""

    codigo: str
    nombre: str
    provincia: str
    region: str
    region_corta: str
    region_iso: str
    lat: float | None
    lon: float | None


@cache
def comunas() -> tuple[Comuna, ...]:
    """Return every comuna, north to south as the official codes list the regions."""
    with _TABLE.open(encoding="utf-8", newline="") as table:
        return tuple(
            Comuna(
                codigo=row["cut_comuna"],
                nombre=row["comuna"],
                provincia=row["provincia"],
                region=row["region"],
                region_corta=row["region_corta"],
                region_iso=row["region_iso"],
                lat=float(row["lat"]) if row["lat"] else None,
                lon=float(row["lon"]) if row["lon"] else None,
            )
            for row in csv.DictReader(table)
        )


@forgettable(1_024)
def find_comuna(text: str) -> Comuna | None:
    """Return the comuna of that name; case, accents, spaces and known variants are forgiven.

    A name that is only similar is not taken: see :func:`suggest_comuna`.
    """
    key = _key(text)
    if comuna := _by_key().get(_ALSO_WRITTEN.get(key, key)):
        return comuna
    words = re.sub(r"[^a-z0-9]+", " ", fold(text)).split()
    key = _key("".join(_SHORT.get(word, word) for word in words))
    return _by_key().get(_ALSO_WRITTEN.get(key, key))


@forgettable(1_024)
def suggest_comuna(text: str) -> Comuna | None:
    """Return the comuna that a misspelled name most likely means, to be confirmed by a person."""
    best = process.extractOne(
        _key(text), _by_key().keys(), scorer=fuzz.ratio, score_cutoff=_LIKENESS
    )
    return _by_key()[best[0]] if best else None


def find_region(text: str) -> str | None:
    """Return the region's short name from its full, short, ISO or everyday name."""
    key = _key(text)
    return _regions().get(key) or _regions().get(re.sub(r"^(region)?(del|de)?(la)?", "", key))


def _key(text: str) -> str:
    return re.sub(r"[^a-z0-9]", "", fold(text))


@cache
def _by_key() -> dict[str, Comuna]:
    return {_key(comuna.nombre): comuna for comuna in comunas()}


@cache
def _regions() -> dict[str, str]:
    names = {
        "rm": "Metropolitana de Santiago",
        "araucania": "La Araucanía",
        "metropolitana": "Metropolitana de Santiago",
        "ohiggins": "Libertador General Bernardo O'Higgins",
        "aysen": "Aysén del General Carlos Ibáñez del Campo",
        "aisen": "Aysén del General Carlos Ibáñez del Campo",
        "magallanes": "Magallanes y de la Antártica Chilena",
    }
    for comuna in comunas():
        for written in (comuna.region, comuna.region_corta, comuna.region_iso):
            names[_key(written)] = comuna.region_corta
    return names
