"""The list of jobs as a file for a spreadsheet."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from datetime import datetime

from app.core.fechas import format_fecha_hora
from app.core.texto import clean_text, escape_formula
from app.trabajos.queries import Line

#: Rows of a file; it says so when there are more.
EXPORT_LIMIT = 20_000
_HEADER = [
    "Identificador",
    "Trabajo",
    "Estado",
    "Oficio",
    "Pedido por",
    "Pedido el",
    "Empezó",
    "Terminó",
    "Espera (s)",
    "Duración (s)",
    "Intentos",
    "Causa o resultado",
]


def jobs_file(lines: Iterable[Line], *, left_off: int = 0) -> bytes:
    """A CSV that Excel opens as it is in Chile: UTF-8 with its mark, semicolons, decimal commas.

    Causes come from servers that are not ours, so none of them may be computed as a formula.
    """
    table = io.StringIO(newline="")
    writer = csv.writer(table, delimiter=";", lineterminator="\r\n")
    writer.writerow(_HEADER)
    for line in lines:
        trabajo = line.trabajo
        cells = [
            trabajo.id,
            line.label,
            trabajo.estado.label,
            _text(line.numero_oficio),
            _text(line.pedido_por),
            _moment(trabajo.created_at),
            _moment(trabajo.iniciado_at),
            _moment(trabajo.terminado_at),
            _seconds(line.espera),
            _seconds(line.duracion),
            f"{trabajo.intentos} de {trabajo.max_intentos}",
            _text(trabajo.error or trabajo.resultado),
        ]
        writer.writerow(cells)
    if left_off:
        writer.writerow([f"Hay {left_off} trabajos más antiguos: acote las fechas para bajarlos."])
    return table.getvalue().encode("utf-8-sig")


def _text(value: str | None) -> str:
    return escape_formula(clean_text(value or ""))


def _moment(value: datetime | None) -> str:
    return format_fecha_hora(value) if value else ""


def _seconds(value: float | None) -> str:
    return "" if value is None else f"{value:.2f}".replace(".", ",")
