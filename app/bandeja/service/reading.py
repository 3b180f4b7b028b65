"""What a list holds, counted before anybody has looked at it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from app.bandeja.rules import TipoIngreso
from app.core.errors import InvalidValue
from app.core.patente import parse_patente
from app.feature import asked_above
from app.planillas.models import Importacion
from app.planillas.outside.sheet_reader import open_planilla
from app.planillas.rules.layout import read_texts
from app.planillas.rules.oficio_outcomes import Resultado
from app.planillas.rules.rows import Review, count_outcomes
from app.planillas.service.import_oficios import OFICIOS


@dataclass(frozen=True)
class PapelLeido:
    """What was read of a paper: its fields with their places, its text, and both in numbers."""

    lectura: dict[str, Any] | None = None
    texto: str | None = None
    resumen: dict[str, Any] = field(default_factory=dict)
    #: Why nothing could be read, in a sentence.
    problema: str = ""


@asked_above
def read_paper(contenido: bytes, tipo: TipoIngreso) -> PapelLeido:
    """Read a PDF or a photo of a paper, outside of any transaction; nothing while nobody can."""
    return PapelLeido()


def holds_list(path: Path) -> bool:
    """Whether the text of a mail is a list of orders: one with a plate that can be read."""
    try:
        planilla = open_planilla(path.read_bytes(), path.name, OFICIOS.layout.guess)
        texts = read_texts(planilla, OFICIOS.layout)
    except InvalidValue:
        return False
    return any(_is_plate(fila.valores.get("patente", "")) for fila in texts.filas)


def _is_plate(text: str) -> bool:
    try:
        parse_patente(text)
    except InvalidValue:
        return False
    return True


def count_list(
    contenido: bytes, nombre: str, buffet_id: int | None, now: datetime
) -> dict[str, Any]:
    """Read a list as its review will, and count its rows by what would become of them.

    Without a buffet nobody can tell which rows are there already: only what was read is told.

    Raises:
        InvalidValue: it is no list, or it cannot be read.
    """
    # Only the reading is wanted: this draft is never stored.
    draft = Importacion(buffet_id=buffet_id, nombre_archivo=nombre, mapeo={}, correcciones={})
    planilla = open_planilla(contenido, nombre, OFICIOS.layout.guess)
    lectura = OFICIOS.read(planilla, draft, Review(), now)
    filas = OFICIOS.classify(draft, lectura.filas, now)
    counts = count_outcomes(filas, Resultado)
    return {
        "hojas": len(planilla.hojas),
        "filas": len(filas),
        "listas": sum(n for outcome, n in counts.items() if outcome.is_imported),
        "por_resultado": {outcome.value: n for outcome, n in counts.items()},
    }
