"""The report of a concessionaire's list: what became of each row."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from typing import Any

from app.avistamientos.rules import ResultadoPaso
from app.core.texto import clean_text, escape_formula

_HEADER = ("Fila", "Cuándo", "Dónde", "Empresa", "Monto", "Resultado", "Pórtico", "Detalle")


def report_file(lines: Iterable[dict[str, Any]]) -> bytes:
    """The report as a CSV that Excel opens as it is in Chile: UTF-8 with its mark, semicolons.

    The texts are those of a stranger's file, so none of them may reach a spreadsheet as a formula.
    """
    table = io.StringIO(newline="")
    writer = csv.writer(table, delimiter=";", lineterminator="\r\n")
    writer.writerow(_HEADER)
    for line in lines:
        texts = (line["cuando"], line["donde"], line["empresa"])
        tail = (ResultadoPaso(line["resultado"]).label, line["portico"], line["detalle"])
        writer.writerow(
            [
                line["fila"],
                *(escape_formula(clean_text(text)) for text in texts),
                "" if line["monto"] is None else line["monto"],
                *(escape_formula(clean_text(text)) for text in tail),
            ]
        )
    return table.getvalue().encode("utf-8-sig")
