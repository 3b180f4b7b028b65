"""The catalogue as a file for a spreadsheet."""

from __future__ import annotations

from app.porticos.models import Portico
from app.web.table_files import CellKind, Column, Table

PORTICOS_TABLE: Table[Portico] = Table(
    "Pórticos",
    (
        Column("Vía", lambda row: row.autopista, width=28),
        Column("Concesionaria", lambda row: row.concesionaria, width=34),
        Column("Código", lambda row: row.codigo, width=12),
        Column("Tramo", lambda row: row.tramo, width=40),
        Column("Tipo", lambda row: row.tipo.label),
        Column("Sentido", lambda row: row.sentido),
        Column("Comuna", lambda row: row.comuna, width=20),
        Column("Región", lambda row: row.region, width=24),
        Column("Latitud", lambda row: row.lat, CellKind.NUMBER, 12),
        Column("Longitud", lambda row: row.lon, CellKind.NUMBER, 12),
        Column("Confianza", lambda row: row.confianza_coord and row.confianza_coord.label),
        Column("Procedencia de las coordenadas", lambda row: row.procedencia_coord, width=34),
        Column("Otros nombres", lambda row: "; ".join(row.otros_nombres.splitlines()), width=40),
        Column("En uso", lambda row: "Sí" if row.activo else "No", width=8),
    ),
)
