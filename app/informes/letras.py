"""Text that the faces of the expediente can print, whatever people wrote.

PDF/A allows no missing glyph, and typst refuses to write one. What the faces lack is printed as
its code, so that nothing vanishes in silence from what a court reads.
"""

from __future__ import annotations

import re
import struct
import unicodedata
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

FONTS = Path(__file__).parent / "typst" / "fonts"

#: What may follow a base character without standing for anything by itself.
_SILENT = re.compile("[\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufe00-\ufe0f\ufeff\u00ad\u061c]")
#: A word longer than this is given places to break at, or it would run over its column.
_LONG_WORD = re.compile(r"\S{25,}")
_BREAK_EVERY = 12
_LATIN_END = 0x17F
_EMPTY_LINES = re.compile(r"\n{3,}")
_COMBINING_AFTER_FIRST = re.compile("([\u0300-\u036f])[\u0300-\u036f]+")


def printable(value: Any, *, only_latin: bool = False) -> Any:
    """The same structure, with every text made fit to print; other values pass as they are.

    ``only_latin`` is the last resort when a combination of characters cannot be drawn.
    """
    if isinstance(value, str):
        return _printable_text(value, only_latin=only_latin)
    if isinstance(value, dict):
        return {key: printable(item, only_latin=only_latin) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [printable(item, only_latin=only_latin) for item in value]
    return value


def _printable_text(text: str, *, only_latin: bool) -> str:
    text = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
    text = _SILENT.sub("", text.replace("\u2028", "\n"))
    text = _COMBINING_AFTER_FIRST.sub(r"\1", _EMPTY_LINES.sub("\n\n", text))
    known = coverage()
    drawn = "".join(_draw(char, known, only_latin=only_latin) for char in text)
    return _LONG_WORD.sub(_breakable, drawn)


def _draw(char: str, known: frozenset[int], *, only_latin: bool) -> str:
    if char in "\n ":
        return char
    if char == "\t" or unicodedata.category(char) == "Zs":
        return " "
    code = ord(char)
    if code < 0x20 or 0x7F <= code < 0xA0:
        return ""
    if code in known and not (only_latin and code > _LATIN_END):
        return char
    return f"[U+{code:04X}]"


def _breakable(word: re.Match[str]) -> str:
    text = word[0]
    pieces = (text[start : start + _BREAK_EVERY] for start in range(0, len(text), _BREAK_EVERY))
    return "\u200b".join(pieces)


@cache
def coverage() -> frozenset[int]:
    """The characters that text can show in every weight: Inter, and DejaVu behind all faces."""
    weights = [set(_characters(path.read_bytes())) for path in FONTS.glob("Inter_*.ttf")]
    fallback = set(_characters((FONTS / "DejaVuSans.ttf").read_bytes()))
    covered = set.intersection(*weights) | fallback
    # The private area has no meaning that a reader could look up.
    return frozenset(code for code in covered if not 0xE000 <= code <= 0xF8FF and code < 0xF0000)


def _characters(font: bytes) -> Iterator[int]:
    """The characters of a TrueType file's own table, formats 4 and 12 (OpenType, ``cmap``)."""
    start = _table(font, b"cmap")
    (count,) = struct.unpack_from(">H", font, start + 2)
    for index in range(count):
        _, _, offset = struct.unpack_from(">HHL", font, start + 4 + 8 * index)
        (kind,) = struct.unpack_from(">H", font, start + offset)
        if kind == 4:
            yield from _segments(font, start + offset)
        elif kind == 12:
            yield from _groups(font, start + offset)


def _table(font: bytes, name: bytes) -> int:
    (count,) = struct.unpack_from(">H", font, 4)
    for index in range(count):
        tag, _, offset, _ = struct.unpack_from(">4sLLL", font, 12 + 16 * index)
        if tag == name:
            return int(offset)
    raise ValueError(f"a font without {name!r}")


def _segments(font: bytes, start: int) -> Iterator[int]:
    (doubled,) = struct.unpack_from(">H", font, start + 6)
    count = doubled // 2
    ends = struct.unpack_from(f">{count}H", font, start + 14)
    begins = struct.unpack_from(f">{count}H", font, start + 16 + doubled)
    deltas = struct.unpack_from(f">{count}H", font, start + 16 + 2 * doubled)
    place = start + 16 + 3 * doubled
    offsets = struct.unpack_from(f">{count}H", font, place)
    for index, (begin, end) in enumerate(zip(begins, ends, strict=True)):
        for code in range(begin, min(end, 0xFFFE) + 1):
            if offsets[index] == 0:
                glyph = (code + deltas[index]) & 0xFFFF
            else:
                at = place + 2 * index + offsets[index] + 2 * (code - begin)
                (glyph,) = struct.unpack_from(">H", font, at)
            if glyph:
                yield code


def _groups(font: bytes, start: int) -> Iterator[int]:
    (count,) = struct.unpack_from(">L", font, start + 12)
    for index in range(count):
        begin, end, _ = struct.unpack_from(">LLL", font, start + 16 + 12 * index)
        yield from range(begin, end + 1)
