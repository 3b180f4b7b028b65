"""The case page and its own sections; other features bring theirs."""

from __future__ import annotations

from app.oficios.pages import (
    bitacora,
    case,
    create,
    custodia,
    datos,
    direcciones,
    historial,
    personas,
    textos,
    vehiculo,
)
from app.oficios.pages.blueprint import bp
from app.oficios.pages.sections import Section
from app.oficios.queries import count_direcciones, count_entries, count_personas

__all__ = [
    "BITACORA",
    "CUSTODIA",
    "DATOS",
    "DIRECCIONES",
    "HISTORIAL",
    "PERSONAS",
    "VEHICULO",
    "bitacora",
    "bp",
    "case",
    "create",
    "custodia",
    "datos",
    "direcciones",
    "historial",
    "personas",
    "textos",
    "vehiculo",
]

BITACORA = Section("bitacora", "Bitácora", "note", "oficios.detail", count_entries)
DIRECCIONES = Section(
    "direcciones", "Direcciones", "map-pin", "oficios.direcciones", count_direcciones
)
PERSONAS = Section("personas", "Personas", "users", "oficios.personas", count_personas)
VEHICULO = Section("vehiculo", "Vehículo", "car", "oficios.vehiculo")
CUSTODIA = Section("custodia", "Custodia", "shield-check", "oficios.custodia")
DATOS = Section("datos", "Datos del oficio", "file-text", "oficios.datos")
HISTORIAL = Section("historial", "Historial", "history", "oficios.historial")
