"""Cutting secrets and personal data out of what is logged.

Errors of libraries quote what they were given: an address with a plate, the values of a row, the
recipient of a mail. Whoever reads logs needs none of it.
"""

from __future__ import annotations

import re

#: Pages whose address is the key to them.
SECRET_PATHS = (
    "b",
    "r",
    "baja",
    "calendario",
    "invitacion",
    "recuperar",
    "verificar",
    "publico/tablero",
)

_QUOTES = r"\s'\"<>"
#: No rule looks for a start inside another match: time grows with the line, not with its square.
_SCHEME = r"(?<![a-z0-9+])([a-z0-9+]+://)"
_URL = rf"{_SCHEME}(?:[^{_QUOTES}/@]*@)?([^{_QUOTES}/?#,;)\]]*)"
_NAMED = (
    r"(?<![\w-])(?:(?=[\w-]*?contrase\w)[\w-]++|[\w-]*(?:passw(?:or)?d|secret|token|api[_-]?key))"
)
_MOBILE = r"(?<![\w:])\+?56[ -]?9[ -]?\d{4}[ -]?\d{4}\b|(?<![\w.:-])9\d{8}\b"
_DOT = r"[.·-]?"
_PLATES = (
    rf"[A-Z]{{2}}{_DOT}[A-Z]{{2}}{_DOT}\d{{2}}",
    rf"[A-Z]{{2}}{_DOT}\d{{2}}{_DOT}\d{{2}}",
    rf"[BCDFGHJKLPRSTVWXYZ]{{4,5}}{_DOT}\d",
)

#: What is cut, and what stands in its place; in this order.
_RULES: tuple[tuple[str, str], ...] = (
    # PostgreSQL's details quote the row: «Key (rut)=(12345678-5) already exists».
    (r"(?m)^([ \t]*(?:DETAIL|CONTEXT|HINT|STATEMENT|QUERY|PARAMETERS?):).*$", r"\1 …"),
    (r"(?s)(Failing row contains) \(.*", r"\1 (…"),
    (r"(?s)\[parameters: .*?(?:\](?=\s*$|\s*\n)|\Z)", "[parameters: …]"),
    # Addresses keep their host alone; the path may hold a plate or a token.
    (rf"(?i){_URL}[/?#][^{_QUOTES},;)\]]*", r"\1\2/…"),
    (rf"(?i){_SCHEME}[^{_QUOTES}/@]*@", r"\1"),
    (r"(?i)\b(with url:|url:|url=)\s*['\"]?/\S*", r"\1 /…"),
    (r"\b(GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS) /\S*", r"\1 /…"),
    (rf"(?<![\w.])((?:/api/v\d+)?/(?:{'|'.join(SECRET_PATHS)}))/[^{_QUOTES}/]+", r"\1/…"),
    (r"(?i)\b(authorization|cookie)(['\"]?\s*[=:]).*", r"\1\2 …"),
    (r"(?i)\b(bearer|basic|xoauth2)\s+[\w.~+/=-]{8,}", r"\1 …"),
    (r"\b(?:AKIA|ASIA)[A-Z0-9]{16}\b", "(clave …)"),  # how AWS names a key
    (
        rf"(?i)({_NAMED})(['\"]?\s*[=:]\s*)(?!None\b)"
        r"(?:'[^'\n]*'|\"[^\"\n]*\"|['\"]?[^\s'\",;)}]+)",
        r"\1\2…",
    ),
    (r"(?<![\w.+'%-])[\w.+'%-]+@[\w-]+(?:\.[\w-]+)+", "…@…"),
    (r"\b\d{1,3}(?:\.\d{3}){2}\s?-\s?[\dkK]\b|\b\d{7,8}-[\dkK]\b", "(RUT …)"),
    (_MOBILE, "(tel. …)"),
    (rf"\b(?:{'|'.join(_PLATES)})(?:-[\dK])?\b", "(patente …)"),
)
_COMPILED = tuple((re.compile(pattern), replacement) for pattern, replacement in _RULES)


def redact(text: str) -> str:
    """The text without tokens, passwords, bound values, addresses' paths, and who it is about.

    It cuts too much rather than too little: a code that looks like a plate goes too.
    """
    for pattern, replacement in _COMPILED:
        text = pattern.sub(replacement, text)
    return text
