"""The report of a list: what became of each row, to read on screen and to send back."""

from __future__ import annotations

from typing import Any

from app.planillas.rules.oficio_outcomes import Resultado
from app.planillas.rules.paso_rows import ResultadoPaso
from app.web.table_files import CellKind, Column, Table

#: A line of a report, as ``report_line`` of its kind of list made it.
Line = dict[str, Any]


def oficios_report(done: bool) -> Table[Line]:
    """The report of a buffet's list, which says what became of it once it is ``done``."""

    def outcome(line: Line) -> str:
        resultado = Resultado(line["resultado"])
        return resultado.label_done if done else resultado.label

    return Table(
        "Importación",
        (
            Column("Fila", lambda line: line["fila"], CellKind.NUMBER, 8),
            Column("Número de oficio", lambda line: line["numero"], width=20),
            Column("Patente", lambda line: line["patente"], width=12),
            Column("Resultado", outcome, width=26),
            Column("Detalle", lambda line: line["detalle"], width=60),
        ),
    )


def pasos_report(_done: bool) -> Table[Line]:
    """The report of a concessionaire's list, which says the same before and after."""
    return Table(
        "Listado",
        (
            Column("Fila", lambda line: line["fila"], CellKind.NUMBER, 8),
            Column("Cuándo", lambda line: line["cuando"], width=18),
            Column("Dónde", lambda line: line["donde"], width=34),
            Column("Empresa", lambda line: line["empresa"], width=24),
            Column("Monto", lambda line: line["monto"], CellKind.NUMBER, 10),
            Column("Resultado", lambda line: ResultadoPaso(line["resultado"]).label, width=22),
            Column("Pórtico", lambda line: line["portico"], width=34),
            Column("Detalle", lambda line: line["detalle"], width=50),
        ),
    )
