"""The log of look-ups as a file for a spreadsheet."""

from __future__ import annotations

from app.consultas.queries.log_rows import Renglon
from app.web.table_files import CellKind, Column, Table

CONSULTAS_TABLE: Table[Renglon] = Table(
    "Consultas",
    (
        Column("Pedida el", lambda row: row.pedida_at, CellKind.INSTANT, 18),
        Column("Pedida por", lambda row: row.usuario or "Consulta automática", width=24),
        Column("Motivo", lambda row: row.motivo, width=34),
        Column("Número de oficio", lambda row: row.numero_oficio, width=20),
        Column("Rol", lambda row: row.rol),
        Column("Patente", lambda row: row.patente, width=12),
        Column("Resultado", lambda row: row.resultado.label, width=30),
        Column("Detalle", lambda row: row.detalle, width=50),
        Column("Proveedor", lambda row: row.proveedor, width=12),
        Column("Estado HTTP", lambda row: row.http_status, CellKind.NUMBER, 12),
        Column("Recibidos", lambda row: row.recibidos, CellKind.NUMBER, 10),
        Column("Nuevos", lambda row: row.nuevos, CellKind.NUMBER, 10),
        Column("Respondida el", lambda row: row.respondida_at, CellKind.INSTANT, 18),
        Column("SHA-256 de la respuesta", lambda row: row.sha256, width=66),
    ),
)


def left_off_note(left_off: int) -> str:
    """The last row of a file that does not hold all; empty when it does."""
    if left_off <= 0:
        return ""
    return f"Hay {left_off} consultas más antiguas: acote las fechas para bajarlas."
