"""Gantries, toll plazas and the companies that run them: a seed, not an authority."""

import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path

_DATA = Path(__file__).parent / "data"
#: Owed to OpenStreetMap wherever the plazas' points are shown (ODbL).
ATRIBUCION = "© colaboradores de OpenStreetMap (ODbL)"


@dataclass(frozen=True)
class PorticoRecord:
    """A gantry or a toll plaza; most have no coordinates, and few have good ones."""

    autopista: str
    concesionaria: str
    codigo: str
    tramo: str
    tipo: str
    region: str
    lat: float | None
    lon: float | None
    confianza_coord: str


@cache
def porticos() -> tuple[PorticoRecord, ...]:
    """Return the seed list of gantries and plazas."""
    return tuple(
        PorticoRecord(
            autopista=row["autopista"],
            concesionaria=row["concesionaria"],
            codigo=row["codigo"],
            tramo=row["tramo"],
            tipo=row["tipo"],
            region=row["region"],
            lat=float(row["lat"]) if row["lat"] else None,
            lon=float(row["lon"]) if row["lon"] else None,
            confianza_coord=row["confianza_coord"],
        )
        for row in _rows("porticos.csv")
    )


def _rows(name: str) -> list[dict[str, str]]:
    with (_DATA / name).open(encoding="utf-8", newline="") as table:
        return list(csv.DictReader(table))
