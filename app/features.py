"""The features of the product. Each line is a package of ``app`` that ends in ``feature.py``.

A feature stands below those that build on it, as in the layers of ``pyproject.toml``. To delete one
that nothing builds on, delete its folder and its line here.
"""

from __future__ import annotations

from importlib import import_module

from app.feature import Feature

_PACKAGES = (
    "auditoria",
    "mapa",
    "ajustes",
    "custodia",
    "anclaje",
    "vigia",
    "buffets",
    "usuarios",
    "cambios",
    "avisos",
    "factores",
    "vehiculos",
    "direcciones",
    "porticos",
    "eventos",
    "oficios",
    "acceso",
    "adjuntos",
    "notificaciones",
    "avistamientos",
    "consultas",
    "patrones",
    "ubicado",
    "planillas",
    "bandeja",
    "papeles",
    "mensajes",
    "promesas",
    "portal",
    "terreno",
    "agenda",
    "tablero",
    "informes",
    "trabajos",
    "respaldo",
    "indicadores",
    "titulares",
    "supresion",
    "demo",
    "cumplimiento",
    "api",
    "inicio",
    "estado",
)

FEATURES: tuple[Feature, ...] = tuple(
    import_module(f"app.{name}.feature").FEATURE for name in _PACKAGES
)
