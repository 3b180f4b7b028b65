"""The list of jobs as a file for a spreadsheet."""

from __future__ import annotations

from app.trabajos.queries import TrabajoLine
from app.web.table_files import CellKind, Column, Table

#: Rows of a file; it says so when there are more.
EXPORT_LIMIT = 20_000

TRABAJOS_TABLE: Table[TrabajoLine] = Table(
    "Trabajos",
    (
        Column("Identificador", lambda line: line.trabajo.id, width=38),
        Column("Trabajo", lambda line: line.label, width=34),
        Column("Estado", lambda line: line.trabajo.estado.label),
        Column("Oficio", lambda line: line.numero_oficio, width=20),
        Column("Pedido por", lambda line: line.pedido_por, width=24),
        Column("Pedido el", lambda line: line.trabajo.created_at, CellKind.MOMENT, 18),
        Column("Empezó", lambda line: line.trabajo.iniciado_at, CellKind.MOMENT, 18),
        Column("Terminó", lambda line: line.trabajo.terminado_at, CellKind.MOMENT, 18),
        Column("Espera (s)", lambda line: line.espera, CellKind.SECONDS, 12),
        Column("Duración (s)", lambda line: line.duracion, CellKind.SECONDS, 12),
        Column(
            "Intentos",
            lambda line: f"{line.trabajo.intentos} de {line.trabajo.max_intentos}",
            width=10,
        ),
        Column(
            "Causa o resultado", lambda line: line.trabajo.error or line.trabajo.resultado, width=50
        ),
    ),
)


def left_off_note(left_off: int) -> str:
    """The last row of a file that does not hold all; empty when it does."""
    if left_off <= 0:
        return ""
    return f"Hay {left_off} trabajos más antiguos: acote las fechas para bajarlos."
