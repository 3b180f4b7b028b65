"""Addresses of this application, of which each pattern is built once.

A page holds a hundred of them, and Werkzeug builds each anew from its rules: 8 µs, against one for
the pattern with other numbers in it.
"""

from __future__ import annotations

import re
from collections.abc import Callable
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
        if endpoint == "static":
            key = (request.script_root, endpoint, *values, str(values.get("filename")))
            numbers: list[int] = []
        else:
            if values and any(type(value) is not int or value < 0 for value in values.values()):
                return None
            key = (request.script_root, endpoint, *values)
            numbers = list(values.values())
        if key not in self._patterns:
            if len(self._patterns) >= _KEPT:
                self._patterns.clear()
            self._patterns[key] = self._cut(endpoint, values, len(numbers))
        pattern = self._patterns[key]
        if pattern is None:
            return None
        if len(pattern) == 1:
            return pattern[0]
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
