"""Charts with a row for each group: how far a duration reaches, and how sure a share is."""

from __future__ import annotations

from collections.abc import Sequence

from app.indicadores.pages.svg_drawing import Drawing, shorten, ticks
from app.indicadores.rules import MAX_ROWS, SMALL_SAMPLE
from app.indicadores.rules.cuadro import Cuadro

#: A name, the median, 85 of 100, and the number of cases as it is shown.
RangeRow = tuple[str, int | None, int | None, str]

_SHORT = "Muestra chica"
_LABEL, _NUMBERS = 150.0, 112.0


def draw_ranges(
    rows: Sequence[RangeRow],
    width: float,
    *,
    unit: str,
    is_wide: bool,
    head: float = 0,
    below: str = "",
) -> Drawing:
    """A bar up to 85 of 100 in each row, with a point where half of the cases are."""
    shown = rows[:MAX_ROWS]
    step = 38.0 if is_wide else 46.0
    drawing = Drawing(width, head + 22 + step * len(shown) + (16 if len(rows) > MAX_ROWS else 4))
    left = _LABEL if is_wide else 2.0
    right = width - _room_beside(shown, unit) if is_wide else width - 92
    marks = ticks(max((p85 for _, _, p85, _ in shown if p85 is not None), default=1))
    scale = (right - left) / marks[-1]
    top, foot = head + 16, head + 20 + step * len(shown)
    for mark in marks if is_wide else (marks[0], marks[-1]):
        x = left + mark * scale
        drawing.line((x, top), (x, foot), "c-grid")
        anchor = "middle" if is_wide or mark else "start"
        drawing.text((x, head + 12), f"{mark} {unit}", "c-axis", anchor=anchor)
    for index, (name, median, p85, counted) in enumerate(shown):
        middle = top + step * (index + 0.5) + (0 if is_wide else 8)
        _name(drawing, name, middle, is_wide=is_wide, is_small=median is None)
        if median is None or p85 is None:
            _tell_small(drawing, left, middle, is_wide=is_wide, below=below)
        else:
            drawing.bar((left, middle - 5), (max(2.0, p85 * scale), 10), "c-span", radius=5)
            drawing.dot(
                (left + median * scale, middle),
                6,
                "c-dot",
                title=f"{name}: la mitad en {median} {unit}, 85 de 100 en {p85} {unit}",
            )
            drawing.text((right + 12, middle + 4.5), f"{median} · {p85} {unit}", "c-strong")
        drawing.text(
            (width, middle + 4.5 + (0 if is_wide else -16)), counted, "c-axis", anchor="end"
        )
    _tell_more(drawing, len(rows))
    return drawing


def _room_beside(rows: Sequence[RangeRow], unit: str) -> float:
    """What the figures to the right of the bars take, so that none lies over another."""
    needed = [
        22 + 7.6 * len(f"{median} · {p85} {unit}") + 6.4 * len(counted)
        for _, median, p85, counted in rows
        if median is not None
    ]
    return max([_NUMBERS, *needed])


def draw_shares(
    cuadro: Cuadro, width: float, *, counted: tuple[str, str], is_wide: bool
) -> tuple[Drawing, str]:
    """A point with its interval in each row, and a line where all groups together are."""
    rows = list(cuadro.filas)[:MAX_ROWS]
    step = 38.0 if is_wide else 46.0
    drawing = Drawing(
        width, 22 + step * len(rows) + 20 + (14 if len(cuadro.filas) > MAX_ROWS else 0)
    )
    left = _LABEL if is_wide else 8.0
    right = width - _NUMBERS if is_wide else width - 58
    top, foot = 16.0, 20 + step * len(rows)

    def x(percent: float) -> float:
        return left + percent / 100 * (right - left)

    for mark in (0, 25, 50, 75, 100) if is_wide else (0, 50, 100):
        drawing.line((x(mark), top), (x(mark), foot), "c-grid")
        drawing.text((x(mark), 12), f"{mark} %", "c-axis", anchor="middle")
    everybody = cuadro.dibujo["todos"].porcentaje
    if everybody is not None:
        drawing.line((x(everybody), top), (x(everybody), foot), "c-mark c-dashed")
        drawing.text((x(everybody), foot + 13), f"todos: {everybody} %", "c-label", anchor="middle")
    for index, row in enumerate(rows):
        middle = top + step * (index + 0.5) + (0 if is_wide else 8)
        name, percent = str(row["nombre"]), row["porcentaje"]
        few, many = row[counted[0]], row[counted[1]]
        _name(drawing, name, middle, is_wide=is_wide, is_small=percent is None)
        place = (width, middle + 4.5 + (0 if is_wide else -16))
        drawing.text(place, f"{few} de {many}", "c-axis", anchor="end")
        if percent is None:
            _tell_small(drawing, left, middle, is_wide=is_wide)
            continue
        low, high = row["margen_desde"], row["margen_hasta"]
        drawing.bar((x(low), middle - 5), (max(2.0, x(high) - x(low)), 10), "c-span", radius=5)
        title = f"{name}: {percent} %, entre {low} y {high} %"
        drawing.dot((x(percent), middle), 6, "c-dot", title=title)
        drawing.text((right + 12, middle + 4.5), f"{percent} %", "c-strong")
    _tell_more(drawing, len(cuadro.filas))
    return drawing, ""


def _name(drawing: Drawing, name: str, middle: float, *, is_wide: bool, is_small: bool) -> None:
    style = "c-axis" if is_small else "c-label"
    if is_wide:
        drawing.text((_LABEL - 12, middle + 4), shorten(name, 22), style, anchor="end")
    else:
        drawing.text((0, middle - 12), shorten(name, 34), style)


def _tell_small(
    drawing: Drawing, left: float, middle: float, *, is_wide: bool, below: str = ""
) -> None:
    words = below or (SMALL_SAMPLE if is_wide else _SHORT)
    # So that no line of the grid runs through the words.
    drawing.bar((left + 4, middle - 9), (12 + 5.8 * len(words), 18), "c-ground")
    drawing.text((left + 10, middle + 4), words, "c-axis")


def _tell_more(drawing: Drawing, amount: int) -> None:
    if amount > MAX_ROWS:
        words = f"y {amount - MAX_ROWS} más en la tabla"
        drawing.text((drawing.width, drawing.height - 2), words, "c-axis", anchor="end")
