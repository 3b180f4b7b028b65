"""Text that the faces of the expediente can print, whatever people wrote.

PDF/A allows no missing glyph, and typst refuses to write one. What the faces lack is named in words
with its codes, so that nothing vanishes in silence from what a court reads. Nothing is added that
is not seen: who copies a hash or an address out of the PDF gets it as it is.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from itertools import groupby
from pathlib import Path
from typing import Any

FONTS = Path(__file__).parent / "typst" / "fonts"

#: What may follow a base character without standing for anything by itself.
_SILENT = re.compile(
    "[\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufe00-\ufe0f\ufeff\u00ad\u061c\U000e0020-\U000e007f]"
)
_JOINER, _PICTURE, _KEY, _BLACK_FLAG = "\u200d", "\ufe0f", "\u20e3", "\U0001f3f4"
_TAGS = range(0xE0020, 0xE0080)
_LATIN_END = 0x17F
#: Below this, what the face of emoji has are ordinary letters and signs.
_EMOJI_BEGIN = 0x203C
_EMPTY_LINES = re.compile(r"\n{3,}")
_COMBINING_AFTER_FIRST = re.compile("([\u0300-\u036f])[\u0300-\u036f]+")
#: How the Unicode name of a character begins, and what that is called.
_SCRIPTS = (
    ("CJK", "chino"),
    ("HIRAGANA", "japonés"),
    ("KATAKANA", "japonés"),
    ("HANGUL", "coreano"),
    ("DEVANAGARI", "devanagari"),
    ("BENGALI", "bengalí"),
    ("TAMIL", "tamil"),
    ("THAI", "tailandés"),
    ("ETHIOPIC", "etíope"),
    ("KHMER", "jemer"),
    ("MYANMAR", "birmano"),
)


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
    text = _without_silent(text.replace("\u2028", "\n"), keep_emoji=not only_latin)
    text = _COMBINING_AFTER_FIRST.sub(r"\1", _EMPTY_LINES.sub("\n\n", text))
    known = coverage()
    drawn: list[str] = []
    unknown: list[str] = []
    for char in text:
        shown = _draw(char, known, only_latin=only_latin)
        if shown is None:
            unknown.append(char)
            continue
        if unknown:
            drawn.append(_name(unknown))
            unknown = []
        drawn.append(shown)
    if unknown:
        drawn.append(_name(unknown))
    return "".join(drawn)


def _without_silent(text: str, *, keep_emoji: bool) -> str:
    """Remove invisible characters except joiners inside emoji sequences."""
    if _SILENT.search(text) is None:
        return text
    kept: list[str] = []
    for place, char in enumerate(text):
        if not _SILENT.match(char) or (keep_emoji and _belongs(char, kept, text[place + 1 :][:1])):
            kept.append(char)
    return "".join(kept)


def _belongs(char: str, before: list[str], after: str) -> bool:
    """Whether a silent character is part of an emoji that the face can draw."""
    last = before[-1] if before else ""
    if char == _PICTURE:
        return _is_emoji(last) or after == _KEY
    if char == _JOINER:
        return (_is_emoji(last) or last == _PICTURE) and _is_emoji(after)
    return ord(char) in _TAGS and (last == _BLACK_FLAG or (bool(last) and ord(last) in _TAGS))


def _is_emoji(char: str) -> bool:
    return bool(char) and ord(char) >= _EMOJI_BEGIN and ord(char) in _emoji()


def _draw(char: str, known: frozenset[int], *, only_latin: bool) -> str | None:
    """What stands for a character on paper; None if no face has it."""
    if char in "\n ":
        return char
    if char == "\t" or unicodedata.category(char) == "Zs":
        return " "
    code = ord(char)
    if code < 0x20 or 0x7F <= code < 0xA0:
        return ""
    return char if code in known and not (only_latin and code > _LATIN_END) else None


def _name(chars: list[str]) -> str:
    """What no face has, in words, with the codes by which it can be looked up."""
    return " ".join(f"[{_count(list(run), script)}]" for script, run in groupby(chars, key=_script))


def _count(run: list[str], script: str) -> str:
    codes = " ".join(f"U+{ord(char):04X}" for char in run)
    what = "1 signo" if len(run) == 1 else f"{len(run)} signos"
    kind = f"en {script}" if script else "sin imprimir"
    return f"{what} {kind}: {codes}"


def _script(char: str) -> str:
    name = unicodedata.name(char, "")
    return next((word for start, word in _SCRIPTS if name.startswith(start)), "")


@cache
def coverage() -> frozenset[int]:
    """The characters that text can show in every weight: Inter, emoji, and DejaVu behind all."""
    weights = [_characters(path) for path in FONTS.glob("Inter_*.ttf")]
    fallback = _characters(FONTS / "DejaVuSans.ttf")
    covered = frozenset.intersection(*weights) | fallback | _emoji()
    # The private area has no meaning that a reader could look up.
    return frozenset(code for code in covered if not 0xE000 <= code <= 0xF8FF and code < 0xF0000)


@cache
def _emoji() -> frozenset[int]:
    return _characters(FONTS / "NotoEmoji_400Regular.ttf")


def _characters(path: Path) -> frozenset[int]:
    """The code points that a font file maps to a glyph, by any of its Unicode tables."""
    from fontTools.ttLib import TTFont  # for whoever prints

    with TTFont(path, lazy=True) as font:
        tables = [table for table in font["cmap"].tables if table.isUnicode()]
        return frozenset().union(*(table.cmap for table in tables))
