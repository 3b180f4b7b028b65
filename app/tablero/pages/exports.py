"""The list as a file for a spreadsheet."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from app.core.dates import format_fecha_hora
from app.core.time_zones import zone_note
from app.tablero.queries import Card
from app.tablero.queries.cards import CardSighting
from app.web.table_files import CellKind, Column, Table

#: A case, its rol and its last real activity.
Row = tuple[Card, str | None, datetime]


def _of_card(read: Callable[[Card], Any]) -> Callable[[Row], Any]:
    return lambda row: read(row[0])


def _seen(sighting: CardSighting | None) -> date | str | None:
    """When it was seen; in words where the clock of the place has to be named."""
    if sighting is None:
        return None
    moment = sighting.fecha_hora
    if moment is None:
        return sighting.fecha
    zone = sighting.zona
    return format_fecha_hora(moment, zone) if zone_note(moment, zone) else moment


OFICIOS_TABLE: Table[Row] = Table(
    "Oficios",
    (
        Column("Patente", _of_card(lambda card: card.patente), width=12),
        Column("Marca", _of_card(lambda card: card.marca), width=14),
        Column("Modelo", _of_card(lambda card: card.modelo)),
        Column("Color", _of_card(lambda card: card.color), width=12),
        Column("Número de oficio", _of_card(lambda card: card.numero_oficio), width=20),
        Column("Rol", lambda row: row[1]),
        Column("Buffet", _of_card(lambda card: card.buffet), width=28),
        Column("Investigador", _of_card(lambda card: card.investigador), width=24),
        Column("Estado", _of_card(lambda card: card.estado.label)),
        Column("Prioridad", _of_card(lambda card: card.prioridad.label), width=12),
        Column("Fecha límite", _of_card(lambda card: card.fecha_limite), CellKind.DATE, 14),
        Column("Última actividad", lambda row: row[2], CellKind.MOMENT, 18),
        Column(
            "Último avistamiento",
            _of_card(lambda card: _seen(card.avistamiento)),
            CellKind.MOMENT,
            18,
        ),
        Column(
            "Dónde",
            _of_card(lambda card: card.avistamiento.detalle if card.avistamiento else None),
            width=28,
        ),
        Column("Fotos", _of_card(lambda card: card.fotos), CellKind.NUMBER, 8),
        Column("Advertencias", _of_card(lambda card: card.advertencia), width=40),
    ),
)
