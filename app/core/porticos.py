"""Gantries and toll plazas of the roads under concession: a list to start from, no authority."""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

_DATA = Path(__file__).parent / "data"
#: Owed to OpenStreetMap wherever its points are shown (ODbL).
ATRIBUCION = "© colaboradores de OpenStreetMap (ODbL)"
#: Who runs a road; the Ministry's sheets name only the road.
_CONCESIONARIAS = {
    "Autopista Central": "Soc. Concesionaria Autopista Central",
    "Vespucio Norte": "Soc. Concesionaria Vespucio Norte Express",
    "Vespucio Sur": "Soc. Concesionaria Autopista Vespucio Sur",
    "AVO I": "Soc. Concesionaria Vespucio Oriente",
    "Costanera Norte": "Soc. Concesionaria Costanera Norte",
}
#: Gantries of the list of 2025 in whose place several stand in that of 2026.
SUCESORES = {
    ("Costanera Norte", "P8"): ("P8.0", "P8.1", "P8.2", "P8.3"),
    ("Acceso Nororiente a Santiago", "ANO-PON"): ("P62", "P63"),
    ("Acceso Nororiente a Santiago", "ANO-OR"): ("P64", "P65"),
}
_REGIONES = {"05": "Valparaíso", "13": "Metropolitana"}
#: «código de OSM y de la boleta: PC 101», «código de OSM: T1 (pórtico free flow)».
_OTHER_CODE = re.compile(r"código de OSM[^:]*: ([A-Z]{1,2} ?\d+)")
#: «media (OSM, ODbL)»: how far a point is to be trusted, and where it comes from.
_TRUST = re.compile(r"(alta|media|baja)(?:\s*\((.*)\))?")


@dataclass(frozen=True)
class PorticoRecord:
    """A gantry or a toll plaza in one direction of traffic, as a list says."""

    autopista: str
    codigo: str
    tramo: str
    tipo: str
    concesionaria: str = ""
    #: Direction of traffic as the Ministry writes it: «poniente→oriente»; empty if unknown.
    sentido: str = ""
    comuna: str = ""
    region: str = ""
    lat: float | None = None
    lon: float | None = None
    #: «alta», «media» or «baja»; empty without a point.
    confianza: str = ""
    procedencia: str = ""
    #: Other codes and former stretches under which sources write it.
    otros_nombres: tuple[str, ...] = ()


@cache
def porticos() -> tuple[PorticoRecord, ...]:
    """Return the list of 2026, then what the sheets of 2026 do not cover.

    Names that the list of 2025 gave to a code follow their gantry, so that texts written with
    them are still understood.
    """
    rows = _rows("porticos_2026.csv")
    former = _former_names(rows)
    records = []
    for row in rows:
        road, code = row["autopista"], row["codigo"]
        stretch = plain_stretch(row["tramo"])
        other_code = _OTHER_CODE.search(row["nota"])
        records.append(
            PorticoRecord(
                autopista=road,
                codigo=code,
                tramo=stretch,
                tipo="portico" if row["tipo"] == "portico" else "plaza",
                concesionaria=_CONCESIONARIAS.get(road, ""),
                sentido=row["sentido"],
                comuna=row["comuna"],
                region=_REGIONES[row["cut_comuna"][:2]],
                lat=float(row["lat"]) if row["lat"] else None,
                lon=float(row["lon"]) if row["lon"] else None,
                confianza=row["confianza"] if row["lat"] else "",
                procedencia=f"{row['fuente']}, ODbL" if row["lat"] else "",
                otros_nombres=(
                    *((other_code[1],) if other_code else ()),
                    *former.get((road, code), ()),
                ),
            )
        )
    return (*records, *_earlier_rows("porticos_otros.csv"))


@cache
def porticos_2025() -> tuple[PorticoRecord, ...]:
    """Return the list that the product brought before: what an installation may still have."""
    return tuple(_earlier_rows("porticos_2025.csv"))


def plain_stretch(text: str) -> str:
    """A stretch with one kind of dash between its ends."""
    return text.replace(" - ", " – ")


def _former_names(rows: list[dict[str, str]]) -> dict[tuple[str, str], tuple[str, ...]]:
    """What the list of 2025 called each gantry of these rows, where it is not still its name."""
    current: dict[tuple[str, str], set[str]] = {}
    for row in rows:
        stretches = current.setdefault((row["autopista"], row["codigo"]), set())
        stretches.add(plain_stretch(row["tramo"]))
    found: dict[tuple[str, str], tuple[str, ...]] = {}
    for old in porticos_2025():
        key = old.autopista, old.codigo
        if key in SUCESORES:
            for code in SUCESORES[key]:
                found[old.autopista, code] = (old.codigo, old.tramo)
        elif old.tramo and not any(stretch in old.tramo for stretch in current.get(key, ())):
            found[key] = (old.tramo,)
    return found


def _earlier_rows(name: str) -> list[PorticoRecord]:
    records = []
    for row in _rows(name):
        found = _TRUST.fullmatch(row["confianza_coord"])
        records.append(
            PorticoRecord(
                autopista=row["autopista"],
                codigo=row["codigo"],
                tramo=row["tramo"],
                tipo=row["tipo"],
                concesionaria=row["concesionaria"],
                region=row["region"],
                lat=float(row["lat"]) if row["lat"] else None,
                lon=float(row["lon"]) if row["lon"] else None,
                confianza=found[1] if found else "",
                procedencia=(found[2] or "") if found else "",
            )
        )
    return records


def _rows(name: str) -> list[dict[str, str]]:
    with (_DATA / name).open(encoding="utf-8", newline="") as table:
        return list(csv.DictReader(table))
