"""A map drawn without the internet: points with known coordinates, comunas around, a scale.

Lengths on paper are millimetres from the upper left corner. North is up; at the size of a city or
a region a plain projection is off by less than the dots are wide.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from app.core.comunas import comunas

WIDTH, HEIGHT = 179.0, 92.0
_MARGIN = 14.0
_KM_PER_DEGREE = 111.32
#: A single point is shown with its neighbourhood, not as a dot on nothing.
_SMALLEST_KM = 9.0
_SCALES_KM = (0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000)
_LONGEST_SCALE = 45.0
_MOST_COMUNAS = 16
#: The room of a comuna's name: millimetres a letter, and its height.
_LETTER, _LINE = 1.35, 3.2


@dataclass(frozen=True)
class Punto:
    """Something to draw, with what is written on it."""

    lat: float
    lon: float
    nombre: str


@dataclass(frozen=True)
class _Frame:
    """How degrees become millimetres."""

    lat: float
    lon: float
    #: Millimetres for a kilometre.
    scale: float

    def place(self, lat: float, lon: float) -> tuple[float, float]:
        """Where a position lies on paper."""
        narrow = math.cos(math.radians(self.lat))
        x = WIDTH / 2 + (lon - self.lon) * _KM_PER_DEGREE * narrow * self.scale
        y = HEIGHT / 2 - (lat - self.lat) * _KM_PER_DEGREE * self.scale
        return round(x, 2), round(y, 2)


def draw_map(puntos: Sequence[Punto], direcciones: Sequence[Punto]) -> dict[str, Any] | None:
    """What the page needs to draw a map, or None when there is nothing to draw."""
    everything = [*puntos, *direcciones]
    if not everything:
        return None
    frame = _frame(everything)
    taken = [frame.place(point.lat, point.lon) for point in everything]
    length, text = _scale(frame)
    return {
        "ancho": WIDTH,
        "alto": HEIGHT,
        "puntos": [_on_paper(frame, point) for point in puntos],
        "direcciones": [_on_paper(frame, point) for point in direcciones],
        "comunas": _comunas(frame, taken),
        "escala": {"largo": length, "texto": text},
        "lineas": _grid(length),
    }


def letter(index: int) -> str:
    """The name of the nth place: A to Z, then AA, AB…"""
    first, last = divmod(index, 26)
    return (letter(first - 1) if first else "") + chr(ord("A") + last)


def _frame(points: Sequence[Punto]) -> _Frame:
    lats = [point.lat for point in points]
    lons = [point.lon for point in points]
    lat, lon = (min(lats) + max(lats)) / 2, (min(lons) + max(lons)) / 2
    tall = (max(lats) - min(lats)) * _KM_PER_DEGREE
    narrow = max(0.01, math.cos(math.radians(lat)))
    wide = (max(lons) - min(lons)) * _KM_PER_DEGREE * narrow
    scale = min(
        (WIDTH - 2 * _MARGIN) / max(wide, _SMALLEST_KM),
        (HEIGHT - 2 * _MARGIN) / max(tall, _SMALLEST_KM),
    )
    return _Frame(lat, lon, scale)


def _on_paper(frame: _Frame, point: Punto) -> dict[str, Any]:
    x, y = frame.place(point.lat, point.lon)
    return {"x": x, "y": y, "nombre": point.nombre}


def _scale(frame: _Frame) -> tuple[float, str]:
    fitting = [km for km in _SCALES_KM if km * frame.scale <= _LONGEST_SCALE]
    km = fitting[-1] if fitting else _SCALES_KM[0]
    return round(km * frame.scale, 2), f"{km:g} km".replace(".", ",")


def _grid(step: float) -> list[dict[str, Any]]:
    """Faint lines as far apart as the scale is long."""
    across = [
        {"x": 0, "y": round(n * step, 2), "largo": WIDTH, "vertical": False}
        for n in range(1, int(HEIGHT / step) + 1)
    ]
    down = [
        {"x": round(n * step, 2), "y": 0, "largo": HEIGHT, "vertical": True}
        for n in range(1, int(WIDTH / step) + 1)
    ]
    return across + down


def _comunas(frame: _Frame, points: list[tuple[float, float]]) -> list[dict[str, Any]]:
    """The comunas around, those near a point first, as long as their names do not collide."""
    inside = []
    for comuna in comunas():
        if comuna.lat is None or comuna.lon is None:
            continue
        x, y = frame.place(comuna.lat, comuna.lon)
        if 4 < x < WIDTH - 4 - len(comuna.nombre) * _LETTER and 4 < y < HEIGHT - 10:
            near = min(math.hypot(x - px, y - py) for px, py in points)
            inside.append((near, x, y, comuna.nombre))
    boxes = [(px - 3.0, py - 3.0, px + 5.0, py + 3.0) for px, py in points]
    chosen: list[dict[str, Any]] = []
    for _, x, y, nombre in sorted(inside):
        box = (x - 1, y - _LINE / 2, x + 2 + len(nombre) * _LETTER, y + _LINE / 2)
        if any(_overlap(box, other) for other in boxes):
            continue
        boxes.append(box)
        chosen.append({"x": x, "y": y, "nombre": nombre})
        if len(chosen) == _MOST_COMUNAS:
            break
    return chosen


def _overlap(a: tuple[float, ...], b: tuple[float, ...]) -> bool:
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]
