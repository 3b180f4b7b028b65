"""The drawing of each report, once for a desk and once for a phone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import url_for
from markupsafe import Markup

from app.core.money import format_number
from app.indicadores.pages.promise_chart import draw_promise_weeks
from app.indicadores.pages.row_charts import draw_ranges, draw_shares
from app.indicadores.pages.svg_drawing import (
    Drawing,
    day_labels,
    legend,
    short_day,
    ticks,
)
from app.indicadores.rules import MAX_POINTS, Informe
from app.indicadores.rules.cuadro import Cuadro
from app.notificaciones.rules import TipoRespuesta
from app.oficios.rules import OPEN_STATES

_WIDE, _NARROW = 588.0, 330.0
_HEIGHT = 236.0
#: From which share of the largest value on an axis may begin above nothing.
_LIFTED = 0.5

_BANDS = (
    ("cerrados", "Cerrados", "c-b4"),
    ("notificacion", "Notificación", "c-b3"),
    ("investigacion", "Investigación", "c-b2"),
    ("pendiente", "Pendiente", "c-b1"),
)


@dataclass(frozen=True)
class Drawn:
    """A report as it is drawn."""

    wide: Markup
    narrow: Markup
    #: What is to be known of the drawing itself, for its foot.
    note: str = ""
    legend: str = ""


def draw(cuadro: Cuadro) -> Drawn | None:
    """Draw a report; None where there is nothing to draw."""
    if not cuadro.filas:
        return None
    make, entries = _MAKERS[cuadro.informe]
    notes: list[str] = []
    made = []
    for name, width in (("wide", _WIDE), ("narrow", _NARROW)):
        drawing, note = make(cuadro, width)
        notes.append(note)
        made.append(
            drawing.render(
                f"{cuadro.informe.value}-{name}",
                f"chart-{name}",
                f"{cuadro.titulo}: {cuadro.muestra}",
                _describe(cuadro),
                links=cuadro.informe is Informe.CIERRE,
            )
        )
    # Beside its bands on a desk, where there is room for it.
    name = "is-narrow" if cuadro.informe is Informe.FLUJO else ""
    return Drawn(made[0], made[1], notes[0], legend(entries, name) if entries else "")


def _describe(cuadro: Cuadro) -> str:
    """The drawing in words, for who does not see it."""
    informe = cuadro.informe
    return " ".join(part for part in (informe.definicion, informe.trazo, cuadro.pie) if part)


def _frame(
    width: float, height: float, *, top: float, left: float = 34, right: float = 8, base: int = 0
) -> tuple[Drawing, float, float, Callable[[float], float]]:
    """A drawing with its horizontal grid: it, where the curve begins and ends, and the scale."""
    drawing = Drawing(width, height)
    bottom, head = height - 22, 12.0
    marks = [mark + base for mark in ticks(top - base)]
    span = marks[-1] - base

    def y(value: float) -> float:
        return bottom - (value - base) / span * (bottom - head)

    for mark in marks:
        drawing.line((left, y(mark)), (width - right, y(mark)), "c-grid")
        drawing.text((left - 7, y(mark) + 4), format_number(mark), "c-axis", anchor="end")
    return drawing, left, width - right, y


def _name_days(drawing: Drawing, days: list[date], x: Callable[[int], float], amount: int) -> None:
    for index, name in day_labels(days, amount):
        anchor = "start" if index == 0 and x(0) < 40 else "middle"
        drawing.text((x(index), drawing.height - 5), name, "c-axis", anchor=anchor)


def _flow(cuadro: Cuadro, width: float) -> tuple[Drawing, str]:
    rows = list(cuadro.filas)
    is_wide = width == _WIDE
    total = max(int(row["cerrados"]) + int(row["abiertos"]) for row in rows)
    lowest = min(int(row["cerrados"]) for row in rows)
    base = 0
    if lowest > total * _LIFTED:
        step = ticks(total - lowest)[1]
        base = max(0, lowest // step * step)
    drawing, left, right, y = _frame(
        width, _HEIGHT, top=total, base=base, right=128 if is_wide else 8, left=40
    )

    def x(index: int) -> float:
        return left + index / max(1, len(rows) - 1) * (right - left)

    below = [float(base)] * len(rows)
    middles = []
    for name, label, shape in _BANDS:
        above = [
            (float(row[name]) if name == "cerrados" else below[i] + float(row[name]))
            for i, row in enumerate(rows)
        ]
        outline = [(x(i), y(value)) for i, value in enumerate(above)]
        floor = [(x(i), y(value)) for i, value in reversed(list(enumerate(below)))]
        drawing.area(
            [*outline, *floor], shape, f"{label}: {format_number(rows[-1][name])} al final"
        )
        drawing.curve(outline, "c-edge")
        middles.append(((y(above[-1]) + y(below[-1])) / 2, label, shape, int(rows[-1][name])))
        below = above
    if is_wide:
        _name_bands(drawing, right + 9, middles)
    _name_days(drawing, [row["dia"] for row in rows], x, 6 if is_wide else 4)
    return drawing, f"el eje parte en {format_number(base)}" if base else ""


def _name_bands(drawing: Drawing, left: float, bands: list[tuple[float, str, str, int]]) -> None:
    """The names of the bands beside them, none over another."""
    lowest = drawing.height - 26
    places: list[tuple[float, str, str, int]] = []
    for middle, label, shape, amount in bands:  # from the lowest band up
        lowest = min(lowest, middle + 4)
        places.append((lowest, label, shape, amount))
        lowest -= 18
    overflow = 14 - places[-1][0]
    for place, label, shape, amount in places:
        foot = place + max(0, overflow)
        drawing.bar((left, foot - 9), (9, 9), shape, radius=2)
        drawing.text((left + 14, foot), label, "c-label")
        drawing.text((drawing.width, foot), format_number(amount), "c-axis", anchor="end")


def _pace(cuadro: Cuadro, width: float) -> tuple[Drawing, str]:
    return _weekly(
        cuadro,
        width,
        (("encontrados", "Encontrados", "c-b4"), ("no_encontrados", "No encontrados", "c-b2")),
        curve=("recibidos", "recibidos"),
    )


def _weekly(
    cuadro: Cuadro,
    width: float,
    parts: tuple[tuple[str, str, str], ...],
    *,
    curve: tuple[str, str] | None = None,
    rows: list[Any] | None = None,
) -> tuple[Drawing, str]:
    """A bar of parts for each week, and a curve over them."""
    rows = list(cuadro.filas) if rows is None else rows
    top = max(
        max(sum(int(row[name]) for name, *_ in parts), int(row[curve[0]]) if curve else 0)
        for row in rows
    )
    drawing, left, right, y = _frame(width, _HEIGHT, top=top)
    slot = (right - left) / len(rows)
    thick = min(26.0, slot * 0.62)

    def x(index: int) -> float:
        return left + (index + 0.5) * slot

    for index, row in enumerate(rows):
        foot = 0
        for name, label, shape in parts:
            amount = int(row[name])
            drawing.bar(
                (x(index) - thick / 2, y(foot + amount)),
                (thick, y(foot) - y(foot + amount)),
                shape,
                title=f"Semana del {short_day(row['semana'])}: {amount} {label.lower()}",
            )
            foot += amount
    if curve:
        line = [(x(index), y(int(row[curve[0]]))) for index, row in enumerate(rows)]
        drawing.curve(line, "c-curve")
        for place, row in zip(line, rows, strict=True):
            title = f"Semana del {short_day(row['semana'])}: {row[curve[0]]} {curve[1]}"
            drawing.dot(place, 3.2, "c-point", title=title)
    _name_days(drawing, [row["semana"] for row in rows], x, 6 if width == _WIDE else 4)
    return drawing, ""


def _closing(cuadro: Cuadro, width: float) -> tuple[Drawing, str]:
    points = cuadro.dibujo["puntos"]
    whole = cuadro.dibujo["todos"]
    seleccion = cuadro.seleccion
    is_wide = width == _WIDE
    drawing, left, right, y = _frame(
        width, _HEIGHT, top=max(days for _, days, *_ in points), right=88 if is_wide else 62
    )

    def x(day: date) -> float:
        return left + ((day - seleccion.desde).days + 0.5) / seleccion.days * (right - left)

    note = ""
    if cuadro.n <= MAX_POINTS:
        for day, days, amount, oficio_id in points:
            late = days > (whole.p85 or 0)
            title = f"{short_day(day)}: {days} días" + (f", {amount} oficios" if amount > 1 else "")
            drawing.dot(
                (x(day), y(days)),
                2.8 + 0.9 * min(4, amount - 1),
                "c-late" if late else "c-case",
                title=title,
                href=url_for("oficios.detail", oficio_id=oficio_id) if amount == 1 else "",
            )
    else:
        note = "cada barra es una semana: de la mitad a 85 de 100"
        slot = (right - left) / max(1, len(cuadro.filas))
        for index, row in enumerate(cuadro.filas):
            if row["mediana"] is None:
                continue
            middle = left + (index + 0.5) * slot
            drawing.bar(
                (middle - min(8, slot * 0.3), y(row["p85"])),
                (min(16, slot * 0.6), max(1.0, y(row["mediana"]) - y(row["p85"]))),
                "c-span",
                radius=3,
                title=f"Semana del {short_day(row['semana'])}: la mitad en {row['mediana']} días",
            )
            drawing.dot((middle, y(row["mediana"])), 3, "c-dot")
    for value, name in ((whole.p85, "c-mark c-dashed"), (whole.mediana, "c-mark")):
        drawing.line((left, y(value)), (right, y(value)), name)
    low, high = y(whole.mediana), y(whole.p85)
    if low - high < 32:  # the two labels would lie over each other
        low = high + 32
    drawing.text((right + 6, high + 1), f"{whole.p85} días", "c-strong")
    drawing.text((right + 6, high + 15), "85 de 100", "c-axis")
    drawing.text((right + 6, low + 1), f"{whole.mediana} días", "c-strong")
    drawing.text((right + 6, low + 15), "la mitad", "c-axis")
    weeks = seleccion.weeks()
    shown = [max(week, seleccion.desde) for week in weeks]
    _name_days(drawing, shown, lambda index: x(shown[index]), 6 if is_wide else 4)
    return drawing, note


def _stages(cuadro: Cuadro, width: float) -> tuple[Drawing, str]:
    rows = [(str(row["paso"]), row["mediana"], row["p85"], f"{row['n']}") for row in cuadro.filas]
    return draw_ranges(rows, width, unit="días", is_wide=width == _WIDE, below="Nadie pasó"), ""


def _ages(cuadro: Cuadro, width: float) -> tuple[Drawing, str]:
    rows = list(cuadro.filas)
    is_wide = width == _WIDE
    drawing, left, right, y = _frame(width, _HEIGHT, top=max(int(row["total"]) for row in rows))
    slot = (right - left) / len(rows)
    thick = min(48.0, slot * 0.66)
    shapes = dict(zip(OPEN_STATES, ("c-b1", "c-b2", "c-b3"), strict=True))
    for index, row in enumerate(rows):
        middle = left + (index + 0.5) * slot
        foot = 0
        for estado in OPEN_STATES:
            amount = int(row[estado.value])
            drawing.bar(
                (middle - thick / 2, y(foot + amount)),
                (thick, y(foot) - y(foot + amount)),
                shapes[estado],
                title=f"{row['dias']} días: {amount} en {estado.label}",
            )
            foot += amount
        if foot:
            drawing.text((middle, y(foot) - 4), str(foot), "c-value", anchor="middle")
        words = str(row["dias"]).replace("más de ", ">")
        if not is_wide:
            words = words.replace(" a ", "–")
        drawing.text((middle, drawing.height - 5), words, "c-axis", anchor="middle")
    return drawing, ""


def _success(cuadro: Cuadro, width: float) -> tuple[Drawing, str]:
    return draw_shares(cuadro, width, counted=("encontrados", "cerrados"), is_wide=width == _WIDE)


def _promises(cuadro: Cuadro, width: float) -> tuple[Drawing, str]:
    return draw_shares(cuadro, width, counted=("cumplidas", "decididas"), is_wide=width == _WIDE)


def _promise_weeks(cuadro: Cuadro, width: float) -> tuple[Drawing, str]:
    return draw_promise_weeks(cuadro, width, is_wide=width == _WIDE), ""


def _intake(cuadro: Cuadro, width: float) -> tuple[Drawing, str]:
    return draw_shares(cuadro, width, counted=("limpios", "recibidos"), is_wide=width == _WIDE)


def _locating(cuadro: Cuadro, width: float) -> tuple[Drawing, str]:
    rows = [
        (str(row["nombre"]), row["mediana"], row["p85"], f"{row['ubicados']}")
        for row in cuadro.filas
    ]
    return draw_ranges(rows, width, unit="días", is_wide=width == _WIDE), ""


_OUTCOMES = (
    (TipoRespuesta.DILIGENCIADO.value, TipoRespuesta.DILIGENCIADO.label, "c-b4"),
    (TipoRespuesta.EN_CAMINO.value, TipoRespuesta.EN_CAMINO.label, "c-b3"),
    (TipoRespuesta.RECIBIDO.value, TipoRespuesta.RECIBIDO.label, "c-b2"),
    (TipoRespuesta.FRUSTRADO.value, TipoRespuesta.FRUSTRADO.label, "c-b6"),
    (TipoRespuesta.NO_ENCONTRADO.value, TipoRespuesta.NO_ENCONTRADO.label, "c-b5"),
    ("sin_respuesta", "Sin respuesta", "c-b1"),
)


def _receptores(cuadro: Cuadro, width: float) -> tuple[Drawing, str]:
    rows = [
        (
            str(row["nombre"]),
            row["mediana"],
            row["p85"],
            f"{row['respondidos']} de {row['enviados']}",
        )
        for row in cuadro.filas
    ]
    drawing = draw_ranges(rows, width, unit="h", is_wide=width == _WIDE, head=44)
    outcomes = cuadro.dibujo["desenlaces"]
    left = 0.0
    drawing.text((0, 12), "En qué quedaron los avisos", "c-label")
    for key, label, shape in _OUTCOMES:
        part = outcomes[key] / cuadro.n * width
        drawing.bar(
            (left, 18), (max(0.0, part - 1.5), 14), shape, title=f"{label}: {outcomes[key]}"
        )
        if part > 22:
            name = "c-on-dark" if shape in {"c-b4", "c-b3", "c-b6"} else "c-on-light"
            drawing.text((left + part / 2, 29), str(outcomes[key]), name, anchor="middle")
        left += part
    return drawing, ""


def _sources(cuadro: Cuadro, width: float) -> tuple[Drawing, str]:
    weeks = [
        {"semana": week, "datos": 0, "sin_datos": 0, "mudas": 0}
        for week in cuadro.seleccion.weeks()
    ]
    places: dict[Any, Any] = {week["semana"]: week for week in weeks}
    for row in cuadro.filas:
        week = places[row["semana"]]
        week["datos"] += row["con_datos"]
        week["sin_datos"] += row["respondidas"] - row["con_datos"]
        week["mudas"] += row["pedidas"] - row["respondidas"]
    parts = (
        ("datos", "con datos", "c-b4"),
        ("sin_datos", "sin datos", "c-b2"),
        ("mudas", "sin respuesta", "c-b1"),
    )
    return _weekly(cuadro, width, parts, rows=weeks)


_STATES = tuple(
    (shape, estado.label)
    for estado, shape in zip(OPEN_STATES, ("c-b1", "c-b2", "c-b3"), strict=True)
)
_Maker = Callable[[Cuadro, float], tuple[Drawing, str]]
_MAKERS: dict[Informe, tuple[_Maker, tuple[tuple[str, str], ...]]] = {
    Informe.FLUJO: (_flow, tuple((shape, label) for _, label, shape in reversed(_BANDS))),
    Informe.RITMO: (
        _pace,
        (("c-b4", "Encontrados"), ("c-b2", "No encontrados"), ("c-key-curve", "Recibidos")),
    ),
    Informe.CIERRE: (_closing, ()),
    Informe.ETAPAS: (_stages, ()),
    Informe.ANTIGUEDAD: (_ages, _STATES),
    Informe.EXITO: (_success, ()),
    Informe.UBICAR: (_locating, ()),
    Informe.PROMESAS_SEMANA: (_promise_weeks, ()),
    Informe.PROMESAS: (_promises, ()),
    Informe.RECEPTORES: (_receptores, tuple((shape, label) for _, label, shape in _OUTCOMES)),
    Informe.CONSULTAS: (
        _sources,
        (("c-b4", "Con datos"), ("c-b2", "Sin datos"), ("c-b1", "Sin respuesta")),
    ),
    Informe.INGRESO: (_intake, ()),
}
