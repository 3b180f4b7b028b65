"""Which column holds which field: what a sender's earlier lists of the same layout taught."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from hashlib import sha256
from typing import Any

from app.planillas.rules.header_guess import header_key
from app.planillas.rules.layout import Columna, Layout

#: Layouts that are remembered of one sender, the newest ones.
_MOST_LAYOUTS = 20


def layout_key(columnas: Iterable[Columna]) -> str:
    """What tells a layout: its headers in their order, as they are compared."""
    heads = [f"{one.indice}:{key}" for one in columnas if (key := header_key(one.encabezado))]
    return "#" + sha256("|".join(heads).encode()).hexdigest()[:24]


def remember(columnas: Iterable[Columna], kept: Mapping[str, Any]) -> dict[str, Any]:
    """What to keep after a corrected mapping: for its layout, the field of each column.

    A column that was left out is kept with an empty field, so that it is left out again.
    """
    columnas = list(columnas)
    if not any(header_key(one.encabezado) for one in columnas):
        return dict(kept)  # without headers there is nothing that tells its layout
    fields = {str(one.indice): one.campo or "" for one in columnas}
    key = layout_key(columnas)
    layouts = [(name, value) for name, value in kept.items() if name.startswith("#")]
    others = [one for one in layouts if one[0] != key][1 - _MOST_LAYOUTS :]
    return dict([*others, (key, fields)])


def apply_remembered(
    columnas: Iterable[Columna], recordado: Mapping[str, Any], layout: Layout
) -> dict[int, str] | None:
    """The mapping for a new list of a layout that was kept.

    A column under the very name of a field is that field, whatever was kept. None where nothing
    changes, or the list would be without a field that it needs.
    """
    columnas = list(columnas)
    if not any(header_key(one.encabezado) for one in columnas):
        return None
    fields = recordado.get(layout_key(columnas))
    if not isinstance(fields, dict):
        return None
    guess = {one.indice: one.campo for one in columnas if one.campo}
    mapeo: dict[int, str] = {
        one.indice: one.campo
        for one in columnas
        if one.campo and _is_exact(one.encabezado, one.campo, layout)
    }
    for one in columnas:
        for campo in (fields.get(str(one.indice)), one.campo):
            if not campo:
                break  # it was left out
            is_free = campo in layout.shared or campo not in mapeo.values()
            if campo in layout.labels and one.indice not in mapeo and is_free:
                mapeo[one.indice] = campo
    mapeo = dict(sorted(mapeo.items()))
    if mapeo == guess or layout.ask_missing(mapeo.values()):
        return None
    return mapeo


def _is_exact(encabezado: str, campo: str, layout: Layout) -> bool:
    """Whether a header is the name of a field, as the screen has it or as lists mostly do."""
    names = {header_key(layout.labels[campo]), layout.synonyms[campo].split("|")[0]}
    return header_key(encabezado) in names
