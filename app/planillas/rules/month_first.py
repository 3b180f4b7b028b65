"""Dates that a list writes with the month first, as programs in English do."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from app.planillas.rules.layout import FilaTexto

_WRITTEN = re.compile(r"\s*(\d{1,2})([-/.])(\d{1,2})\2(\d{4}|\d{2})(?!\d)(.*)", re.DOTALL)


def turn_dates(
    rows: Sequence[FilaTexto], campos: Sequence[str]
) -> tuple[list[FilaTexto], dict[int, dict[str, str]]]:
    """The rows with the day first in their dates, and what marks those that were turned.

    A column tells it by a date that only so can be one (11/25/2026), and by none that only can be
    one with the day first. Where it has both, those that could be either are marked as they stand.
    """
    marks: dict[int, dict[str, str]] = {}
    found = list(rows)
    for campo in campos:
        dates = {
            place: written
            for place, row in enumerate(found)
            if (written := _WRITTEN.fullmatch(row.valores.get(campo, "")))
        }
        month_first = any(int(one[3]) > 12 >= int(one[1]) for one in dates.values())
        day_first = any(int(one[1]) > 12 >= int(one[3]) for one in dates.values())
        if not month_first:
            continue
        for place, one in dates.items():
            row = found[place]
            is_either = int(one[1]) <= 12 and int(one[3]) <= 12 and one[1] != one[3]
            if not day_first:
                text = f"{one[3]}-{one[1]}-{one[4]}{one[5]}"
                found[place] = replace(row, valores={**row.valores, campo: text})
                sentence = f"El listado escribe el mes antes que el día («{one[0].strip()}»)."
                marks.setdefault(row.numero_fila, {})[campo] = f"{sentence} Revise la fecha."
            elif is_either:
                marks.setdefault(row.numero_fila, {})[campo] = (
                    "En esta columna hay fechas con el mes antes que el día: esta puede ser una de "
                    "ellas. Revísela."
                )
    return found, marks
