"""The catalogue as a file for a spreadsheet."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable

from app.core.texto import escape_formula
from app.porticos.models import Portico

_HEADER = [
    "Vía",
    "Concesionaria",
    "Código",
    "Tramo",
    "Tipo",
    "Sentido",
    "Región",
    "Latitud",
    "Longitud",
    "Confianza",
    "Procedencia de las coordenadas",
    "En uso",
]


def catalogue_file(rows: Iterable[Portico]) -> bytes:
    """A CSV that Excel opens as it is in Chile: UTF-8 with its mark, semicolons, decimal commas."""
    table = io.StringIO(newline="")
    writer = csv.writer(table, delimiter=";", lineterminator="\r\n")
    writer.writerow(_HEADER)
    for row in rows:
        texts = (row.autopista, row.concesionaria, row.codigo, row.tramo, row.tipo.label)
        writer.writerow(
            [
                *(escape_formula(text or "") for text in texts),
                escape_formula(row.sentido or ""),
                escape_formula(row.region or ""),
                _degrees(row.lat),
                _degrees(row.lon),
                row.confianza_coord.label if row.confianza_coord else "",
                escape_formula(row.procedencia_coord or ""),
                "Sí" if row.activo else "No",
            ]
        )
    return table.getvalue().encode("utf-8-sig")


def _degrees(value: float | None) -> str:
    return "" if value is None else str(value).replace(".", ",")
