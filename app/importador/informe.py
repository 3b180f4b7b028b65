"""The report of a list: what became of each row, to read on screen and to send to the buffet."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from typing import Any

from app.core.texto import clean_text, escape_formula
from app.importador.campos import ETIQUETAS
from app.importador.rules import FilaLeida, Resultado


def report_line(fila: FilaLeida, oficio_id: int | None = None) -> dict[str, Any]:
    """What becomes of a row, as the report keeps it: fila, numero, patente, resultado, detalle."""
    resultado = fila.resultado or Resultado.ERROR
    problems = fila.errores if resultado is Resultado.ERROR else fila.advertencias
    told = [f"{ETIQUETAS[campo]}: {sentence}" for campo, sentence in problems.items()]
    return {
        "fila": fila.numero_fila,
        "numero": fila.texto("numero_oficio"),
        "patente": str(fila.datos.get("patente") or fila.texto("patente")),
        "resultado": resultado.value,
        "detalle": fila.motivo or " ".join(told),
        "oficio_id": oficio_id,
    }


def report_file(lines: Iterable[dict[str, Any]], *, done: bool) -> bytes:
    """The report as a CSV that Excel opens as it is in Chile: UTF-8 with its mark, semicolons.

    The texts are those of a stranger's file, so none of them may reach a spreadsheet as a formula.
    """
    table = io.StringIO(newline="")
    writer = csv.writer(table, delimiter=";", lineterminator="\r\n")
    writer.writerow(["Fila", "Número de oficio", "Patente", "Resultado", "Detalle"])
    for line in lines:
        resultado = Resultado(line["resultado"])
        outcome = resultado.label_done if done else resultado.label
        texts = (line["numero"], line["patente"], outcome, line["detalle"])
        writer.writerow([line["fila"], *(escape_formula(clean_text(text)) for text in texts)])
    return table.getvalue().encode("utf-8-sig")
