"""A drawing as SVG: shapes with classes, whose colours the style sheet decides."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from datetime import date

from markupsafe import Markup, escape

Point = tuple[float, float]

_MONTHS = ("ene", "feb", "mar", "abr", "may", "jun", "jul", "ago", "sep", "oct", "nov", "dic")
#: Steps of an axis, times a power of ten.
_STEPS = (1, 2, 5, 10)


class Drawing:
    """Shapes in the order in which they lie over each other, in units of the drawing."""

    def __init__(self, width: float, height: float) -> None:
        self.width = width
        self.height = height
        self._shapes: list[Markup] = []

    def line(self, start: Point, end: Point, name: str) -> None:
        """A straight line."""
        self._add(
            "line",
            {"x1": start[0], "y1": start[1], "x2": end[0], "y2": end[1], "class": name},
        )

    def bar(
        self,
        corner: Point,
        size: Point,
        name: str,
        *,
        radius: float = 0,
        title: str = "",
    ) -> None:
        """A rectangle, by its upper left corner."""
        if size[0] <= 0 or size[1] <= 0:
            return
        self._add(
            "rect",
            {
                "x": corner[0],
                "y": corner[1],
                "width": size[0],
                "height": size[1],
                **({"rx": radius} if radius else {}),
                "class": name,
            },
            title,
        )

    def dot(
        self, centre: Point, radius: float, name: str, *, title: str = "", href: str = ""
    ) -> None:
        """A point; with ``href`` it leads somewhere, by mouse and touch.

        The keyboard finds the same in the table, without a stop for each point.
        """
        shape = _element(
            "circle", {"cx": centre[0], "cy": centre[1], "r": radius, "class": name}, title
        )
        if href:
            shape = Markup('<a href="{}" tabindex="-1">{}</a>').format(href, shape)
        self._shapes.append(shape)

    def area(self, points: Iterable[Point], name: str, title: str = "") -> None:
        """A filled shape."""
        self._add("polygon", {"points": _path(points), "class": name}, title)

    def curve(self, points: Iterable[Point], name: str) -> None:
        """A line through points."""
        self._add("polyline", {"points": _path(points), "class": name})

    def text(
        self, place: Point, words: str, name: str = "c-text", *, anchor: str = "start"
    ) -> None:
        """Words on one line, their foot at that height."""
        shape = Markup('<text x="{}" y="{}" text-anchor="{}" class="{}">{}</text>')
        self._shapes.append(shape.format(_number(place[0]), _number(place[1]), anchor, name, words))

    def render(self, key: str, name: str, title: str, description: str, *, links: bool) -> Markup:
        """The element; ``key`` tells its ids from those of the page's other drawings."""
        body = Markup("").join(self._shapes)
        return Markup(
            '<svg class="chart {}" viewBox="0 0 {} {}" role="{}" aria-labelledby="{}-t {}-d">'
            '<title id="{}-t">{}</title><desc id="{}-d">{}</desc>{}</svg>'
        ).format(
            name,
            _number(self.width),
            _number(self.height),
            "group" if links else "img",
            key,
            key,
            key,
            title,
            key,
            description,
            body,
        )

    def _add(self, tag: str, values: dict[str, float | str], title: str = "") -> None:
        self._shapes.append(_element(tag, values, title))


def _element(tag: str, values: dict[str, float | str], title: str = "") -> Markup:
    attributes = Markup(" ").join(
        Markup('{}="{}"').format(name, value if isinstance(value, str) else _number(value))
        for name, value in values.items()
    )
    inside = Markup("<title>{}</title>").format(title) if title else ""
    return Markup("<{} {}>{}</{}>").format(Markup(tag), attributes, inside, Markup(tag))  # noqa: S704  # names of elements, written here


def _number(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")


def _path(points: Iterable[Point]) -> str:
    return " ".join(f"{_number(x)},{_number(y)}" for x, y in points)


def ticks(top: float, amount: int = 4) -> list[int]:
    """Round numbers from 0 up to one that is at least ``top``; about so many steps."""
    wanted = max(1.0, top / amount)
    power = 10 ** math.floor(math.log10(wanted))
    step = max(1, next(int(each * power) for each in _STEPS if each * power >= wanted))
    last = max(step, math.ceil(top / step) * step)
    return list(range(0, last + 1, step))


def day_labels(days: Sequence[date], amount: int) -> list[tuple[int, str]]:
    """Which of some days are named on an axis, and how: «7 sep», «21»."""
    if not days:
        return []
    step = max(1, math.ceil(len(days) / amount))
    found: list[tuple[int, str]] = []
    month: tuple[int, int] | None = None
    for index in range(0, len(days), step):
        day = days[index]
        name = str(day.day)
        if (day.year, day.month) != month:
            name += f" {_MONTHS[day.month - 1]}"
            if month is not None and day.year != month[0]:
                name += f" {day.year}"
        month = (day.year, day.month)
        found.append((index, name))
    return found


def short_day(day: date) -> str:
    """A day in few letters: «7 sep»."""
    return f"{day.day} {_MONTHS[day.month - 1]}"


def shorten(words: str, length: int) -> str:
    """Words that fit, with an ellipsis where they had to be cut."""
    return words if len(words) <= length else words[: length - 1].rstrip() + "…"


def legend(entries: Iterable[tuple[str, str]], name: str = "") -> Markup:
    """What the classes of shapes mean, below a drawing."""
    items = Markup("").join(
        Markup('<li><span class="chart-key {}"></span>{}</li>').format(name, escape(label))
        for name, label in entries
    )
    return Markup('<ul class="chart-legend {}">{}</ul>').format(name, items)
