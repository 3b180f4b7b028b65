"""Addresses of this application, of which each pattern is built once.

A page holds a hundred of them, and Werkzeug builds each anew from its rules: 8 µs, against one for
the pattern with other numbers in it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from typing import Any

from flask import has_request_context, request

#: Numbers that stand for those of a pattern while it is built; no row has one of them.
_FIRST = 2_000_000_000
#: Patterns and static files kept; there are some hundred.
_KEPT = 4096

#: The texts around the numbers of an address.
Pattern = tuple[str, ...]


class Addresses:
    """The addresses of one application as patterns."""

    def __init__(self, build: Callable[..., str]) -> None:
        """``build`` is Flask's ``url_for``, which makes what this one does not know."""
        self._build = build
        self._patterns: dict[tuple[str, ...], Pattern | None] = {}

    def find(self, endpoint: str, values: dict[str, Any]) -> str | None:
        """The path of an endpoint; None if it has to be built: what is not numbers is quoted."""
        if endpoint[:1] == "." or not has_request_context():
            return None
        root = request.script_root
        key: tuple[str, ...]
        numbers: Collection[int] = ()
        if not values:
            key = (root, endpoint)
        elif endpoint == "static":
            key = (root, endpoint, *values, str(values.get("filename")))
        else:
            numbers = values.values()
            for number in numbers:
                if type(number) is not int or number < 0:
                    return None
            key = (root, endpoint, *values)
        try:
            pattern = self._patterns[key]
        except KeyError:
            if len(self._patterns) >= _KEPT:
                self._patterns.clear()
            pattern = self._patterns[key] = self._cut(endpoint, values, len(numbers))
        if pattern is None:
            return None
        if not numbers:
            return pattern[0]
        if len(numbers) == 1:
            (number,) = numbers
            return f"{pattern[0]}{number}{pattern[1]}"
        parts = [pattern[0]]
        for text, number in zip(pattern[1:], numbers, strict=True):
            parts += (str(number), text)
        return "".join(parts)

    def _cut(self, endpoint: str, values: dict[str, Any], count: int) -> Pattern | None:
        """The pattern of these values; None if its numbers do not stand in it as given."""
        if not count:
            return (self._build(endpoint, **values),)
        marks = [str(_FIRST + place) for place in range(count)]
        path = self._build(endpoint, **dict(zip(values, map(int, marks), strict=True)))
        found = re.findall("|".join(marks), path)
        return tuple(re.split("|".join(marks), path)) if found == marks else None
