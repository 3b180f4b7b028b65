"""Which column holds which field: what a sender's last list taught."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from app.planillas.rules.header_guess import header_key
from app.planillas.rules.layout import Columna, Layout


def remember(columnas: Iterable[Columna]) -> dict[str, str]:
    """What to keep of a corrected mapping: header for comparing to field.

    A column that was left out is kept with an empty field, so that it is left out again.
    """
    kept: dict[str, str] = {}
    for columna in columnas:
        if key := header_key(columna.encabezado):
            kept.setdefault(key, columna.campo or "")
    return kept


def apply_remembered(
    columnas: Iterable[Columna], recordado: Mapping[str, str], layout: Layout
) -> dict[int, str] | None:
    """The guess for a new list, with what was kept of earlier ones over it.

    None where that changes nothing, or leaves the list without a field that it needs.
    """
    columnas = list(columnas)
    mapeo: dict[int, str] = {}
    for columna in columnas:
        campo = recordado.get(header_key(columna.encabezado), "")
        if campo in layout.labels and campo not in mapeo.values():
            mapeo[columna.indice] = campo
    for columna in columnas:
        is_new = header_key(columna.encabezado) not in recordado
        if columna.campo and is_new and columna.campo not in mapeo.values():
            mapeo[columna.indice] = columna.campo
    guess = {columna.indice: columna.campo for columna in columnas if columna.campo}
    if mapeo == guess or layout.ask_missing(mapeo.values()):
        return None
    return mapeo
