"""How long a case that was opened with a reason stays open, and how short a reason may be."""

from __future__ import annotations

from app.ajustes.rules import Setting

SHORTEST_REASON = 10

OPEN_HOURS = Setting(
    "acceso.horas",
    "Acceso a los casos",
    "Tiempo que queda abierto un caso ajeno",
    8,
    "Cuánto ve alguien un caso que no tiene asignado, desde que lo abre diciendo por qué.",
    unidad="horas",
    minimo=1,
    maximo=72,
    place=61,
)
