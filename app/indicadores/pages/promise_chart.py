"""The drawing of promises: for each kind its weeks beside its goal, and the whole period."""

from __future__ import annotations

from collections.abc import Callable

from app.core.money import format_number
from app.indicadores.pages.svg_drawing import Drawing, day_labels, short_day
from app.indicadores.queries.promise_reports import MarchaPromesa
from app.indicadores.rules.cuadro import Cuadro

#: The height of a kind at a desk; on a phone its name stands above its curve.
_STEP, _NAME = 72.0, 26.0
#: The height of a curve, and of the days below all of them.
_CURVE, _FOOT = 40.0, 24.0
#: Weeks up to which each is a point that can be told from the next one.
_POINTS = 60


def draw_promise_weeks(cuadro: Cuadro, width: float, *, is_wide: bool) -> Drawing:
    """A curve for each kind, from a little below its lowest week or its goal up to all."""
    marchas: list[MarchaPromesa] = list(cuadro.dibujo["marchas"])
    head = 0.0 if is_wide else _NAME
    step = _STEP + head
    drawing = Drawing(width, step * len(marchas) + _FOOT)
    left = 148.0 if is_wide else 4.0
    right = width - (226 if is_wide else 84)
    weeks = cuadro.seleccion.weeks()
    slot = (right - left) / max(1, len(weeks) - 1)
    for index, marcha in enumerate(marchas):
        top = step * index + head + 16
        if index:
            drawing.line((0, step * index), (width, step * index), "c-grid")
        y = _scale(marcha, top)
        drawing.text((0, top + 16 if is_wide else top - 18), marcha.tipo.label, "c-label")
        goal = y(marcha.meta)
        drawing.line((left, goal), (right, goal), "c-mark c-dashed")
        drawing.text((right + 8, goal + 4), f"meta {marcha.meta} %", "c-axis")
        points = [
            (left + slot * number, y(100 * week.si / week.n), number)
            for number, week in enumerate(marcha.semanas)
            if week.n
        ]
        drawing.curve([(x, height) for x, height, _ in points], "c-thin")
        for x, height, number in points:
            week = marcha.semanas[number]
            drawing.dot(
                (x, height),
                3.4 if len(weeks) <= _POINTS else 1.8,
                "c-late" if 100 * week.si < marcha.meta * week.n else "c-dot",
                title=f"{marcha.tipo.label}, semana del {short_day(weeks[number])}: "
                f"{week.si} de {week.n}, {week.porcentaje} %",
            )
        _tell_whole(drawing, marcha, top, is_wide=is_wide)
    for number, name in day_labels(weeks, 6 if is_wide else 4):
        anchor = "middle" if number or is_wide else "start"
        drawing.text((left + slot * number, drawing.height - 5), name, "c-axis", anchor=anchor)
    return drawing


def _scale(marcha: MarchaPromesa, top: float) -> Callable[[float], float]:
    """From a share in percent to a height."""
    lowest = min([marcha.meta, *(100 * one.si / one.n for one in marcha.semanas if one.n)])
    base = max(0.0, lowest - 5)

    def y(percent: float) -> float:
        return top + _CURVE * (100 - percent) / (100 - base)

    return y


def _tell_whole(drawing: Drawing, marcha: MarchaPromesa, top: float, *, is_wide: bool) -> None:
    """The share of the whole period, how many cases are behind it, and whether it is too low."""
    total = marcha.total
    counted = f"{format_number(total.si)} de {format_number(total.n)}"
    words = "bajo la meta" if marcha.is_below else "cumplidas"
    shown = "—" if total.porcentaje is None else f"{total.porcentaje} %"
    right = drawing.width
    if is_wide:
        name = "c-large c-low" if marcha.is_below else "c-large"
        drawing.text((right - 96, top + 22), shown, name, anchor="end")
        drawing.text((right, top + 12), counted, "c-label", anchor="end")
        drawing.text(
            (right, top + 28), words, "c-axis c-low" if marcha.is_below else "c-axis", anchor="end"
        )
        return
    name = "c-strong c-low" if marcha.is_below else "c-strong"
    drawing.text((right, top - 18), f"{shown} · {counted}", name, anchor="end")
    if marcha.is_below:
        drawing.text((right, top + _CURVE + 8), words, "c-axis c-low", anchor="end")
