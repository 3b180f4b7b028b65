"""The list as a file for a spreadsheet."""

from __future__ import annotations

from datetime import date, datetime

from app.core.dates import format_fecha_hora
from app.core.time_zones import zone_note
from app.tablero.queries import CardSighting
from app.tablero.queries.listing import ListedCase
from app.web.table_files import CellKind, Column, Table


def _seen(sighting: CardSighting | None) -> date | str | None:
    """When it was seen; in words where the clock of the place has to be named."""
    if sighting is None:
        return None
    moment = sighting.fecha_hora
    if moment is None:
        return sighting.fecha
    zone = sighting.zona
    return format_fecha_hora(moment, zone) if zone_note(moment, zone) else moment


def _promise(one: ListedCase) -> str | None:
    promesa = one.card.promesa
    return promesa.tipo.label if promesa else None


def _promise_due(one: ListedCase) -> datetime | str | None:
    """Until when it is promised; that the clock stands, where it does."""
    promesa = one.card.promesa
    if promesa is None:
        return None
    return promesa.vence_at or promesa.situacion.label


OFICIOS_TABLE: Table[ListedCase] = Table(
    "Oficios",
    (
        Column("Patente", lambda one: one.card.patente, width=12),
        Column("Marca", lambda one: one.card.marca, width=14),
        Column("Modelo", lambda one: one.card.modelo),
        Column("Color", lambda one: one.card.color, width=12),
        Column("Número de oficio", lambda one: one.card.numero_oficio, width=20),
        Column("Rol", lambda one: one.rol),
        Column("Buffet", lambda one: one.card.buffet, width=28),
        Column("Investigador", lambda one: one.card.investigador, width=24),
        Column("Estado", lambda one: one.card.estado.label),
        Column("Prioridad", lambda one: one.card.prioridad.label, width=12),
        Column("Fecha límite", lambda one: one.card.fecha_limite, CellKind.DATE, 14),
        Column("Promesa que vence primero", _promise, width=22),
        Column("Promesa vence", _promise_due, CellKind.MOMENT, 18),
        Column("Última actividad", lambda one: one.ultima_actividad_at, CellKind.MOMENT, 18),
        Column(
            "Último avistamiento",
            lambda one: _seen(one.card.avistamiento),
            CellKind.MOMENT,
            18,
        ),
        Column(
            "Dónde",
            lambda one: one.card.avistamiento.detalle if one.card.avistamiento else None,
            width=28,
        ),
        Column("Fotos", lambda one: one.card.fotos, CellKind.NUMBER, 8),
        Column("Advertencias", lambda one: one.card.advertencia, width=40),
    ),
)
