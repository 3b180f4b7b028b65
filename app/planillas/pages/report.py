"""The report of a list: what became of each row, to read on screen and to send back."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
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


@dataclass(frozen=True)
class OwnLine:
    """A row of a list as its sender wrote it, and what became of it; it may make several cases."""

    celdas: tuple[str, ...]
    lines: tuple[Line, ...]


def own_report(
    encabezados: Sequence[str], done: bool, address_of: Callable[[int], str]
) -> Table[OwnLine]:
    """The sender's own columns with what became of each row: it can be corrected and sent again.

    No header of what is added here is one of a list, so that those columns are left out then, and
    rows that have their case repeat it. ``address_of`` gives the address of a case.
    """

    def own(index: int) -> Callable[[OwnLine], str]:
        return lambda row: row.celdas[index] if index < len(row.celdas) else ""

    def told(value: Callable[[Line], str]) -> Callable[[OwnLine], str]:
        return lambda row: " · ".join(dict.fromkeys(filter(None, map(value, row.lines))))

    def outcome(line: Line) -> str:
        resultado = Resultado(line["resultado"])
        return resultado.label_done if done else resultado.label

    def link(line: Line) -> str:
        case = line["oficio_id"] or line.get("actualizado_id")
        return address_of(case) if case else ""

    return Table(
        "Importación",
        (
            *(
                Column(text or f"Columna {n + 1}", own(n), width=20)
                for n, text in encabezados_of(encabezados)
            ),
            Column("Resultado en Rastro", told(outcome), width=26),
            Column("Motivo en Rastro", told(lambda line: line["detalle"]), width=60),
            Column("Enlace en Rastro", told(link), width=40),
        ),
    )


def encabezados_of(encabezados: Sequence[str]) -> list[tuple[int, str]]:
    """The columns of the sender, without those that an earlier report added."""
    return [(n, text) for n, text in enumerate(encabezados) if not text.endswith(" en Rastro")]


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
