"""Measuring how lists come in: each against what is right, through the same reading as the page."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from app.core.text import clean_text
from app.planillas.forms.review import read_oficios_review
from app.planillas.outside.sheet_reader import open_planilla
from app.planillas.rules.layout import Lectura
from app.planillas.rules.oficio_fields import LAYOUT
from app.planillas.rules.oficio_outcomes import FilaOficio, classify_oficios
from app.planillas.rules.oficio_rows import read_oficios
from app.planillas.rules.reshaping import join_sheets
from app.planillas.rules.rows import Review
from app.planillas.rules.sheets import TODAS, Planilla

DATA = Path(__file__).parents[1] / "data"
INTAKE = DATA / "intake"
#: Made after the rules, in layouts that those above do not have.
FURTHER = DATA / "listas"
HOY = date(2026, 11, 29)


@dataclass
class Medida:
    """How one list came in."""

    nombre: str
    filas: int
    bien_al_subir: int = 0
    bien: int = 0
    clics: int = 0
    erradas: list[str] = field(default_factory=list)
    perdidas: list[str] = field(default_factory=list)


def read(name: str, contenido: bytes, review: Review) -> Lectura[FilaOficio]:
    return read_oficios(open_planilla(contenido, name, LAYOUT.guess), review, today=HOY)


def measure(expected: Mapping[str, Any], contenido: bytes) -> Medida:
    """Read a list, press what its page offers (at most two buttons), and compare each row.

    ``expected`` may name what a person presses first: all sheets, or the field of a column.
    """
    name = expected["file"]
    found = Medida(name, len(expected["rows"]))
    review = Review()
    planilla = open_planilla(contenido, name, LAYOUT.guess)
    lectura = read_oficios(planilla, review, today=HOY)
    found.bien_al_subir, _ = _compare(expected, lectura)
    asked = [dict(one) for one in expected.get("clics", ())]
    for button in (*asked, {"ocultas": "todas"}, {"propuesta": "todas"}):
        if header := button.pop("columna", ""):
            campo = button.pop("campo")
            button |= {
                f"m-{one.indice}": campo if one.encabezado == header else one.campo or ""
                for one in lectura.columnas
            }
        after = read_oficios_review(button, review, lectura)
        if after != review:
            found.clics += 1
            review = after
            lectura = read_oficios(planilla, review, today=HOY)
    found.bien, found.erradas = _compare(expected, lectura)
    found.perdidas = _lost(planilla, lectura)
    return found


def _compare(expected: Mapping[str, Any], lectura: Lectura[FilaOficio]) -> tuple[int, list[str]]:
    """How many rows are wholly right, and the values that are wrong without a mark."""
    found = classify_oficios(lectura.filas, ())
    made = [fila for fila in found if fila.resultado and fila.resultado.is_imported]
    right, wrong = 0, []
    for row in expected["rows"]:
        one = next((f for f in made if f.datos.get("patente") == row["patente"]), None)
        if one is None:
            continue
        bad = {name: value for name, value in row.items() if str(one.datos.get(name)) != str(value)}
        right += not bad
        wrong += [
            f"{one.clave} {name}: {one.datos.get(name)} en vez de {value}"
            for name, value in bad.items()
            if name not in one.advertencias and name in one.datos
        ]
    plates = {row["patente"] for row in expected["rows"]}
    wrong += [
        f"{fila.clave}: caso de más ({fila.datos['patente']})"
        for fila in made
        if fila.datos["patente"] not in plates and "patente" not in fila.advertencias
    ]
    return right, wrong


def _lost(planilla: Planilla, lectura: Lectura[FilaOficio]) -> list[str]:
    """Cells of the list that stand in no field and are not named among what is left out."""
    joined = join_sheets(planilla.hojas, LAYOUT.guess) if lectura.hoja == TODAS else None
    sheet = joined or next(hoja for hoja in planilla.hojas if hoja.nombre == lectura.hoja)
    told = {columna.indice for columna in lectura.columnas}
    rows = {fila.numero_fila for fila in lectura.filas}
    words = " ".join((*lectura.warnings, *lectura.totales))
    lost = []
    for row in sheet.filas:
        if row.is_start or row.numero <= lectura.fila_encabezado:
            continue
        for index, cell in enumerate(row.celdas):
            if clean_text(cell) and not (
                (row.numero in rows and index in told) or f"fila {row.numero} " in words
            ):
                lost.append(f"fila {row.numero}, columna {index + 1}")
    return lost


def load(name: str, folder: Path = INTAKE) -> tuple[dict[str, Any], bytes]:
    expected = json.loads((folder / f"{name}.expected.json").read_text("utf-8"))
    return expected, (folder / expected["file"]).read_bytes()
