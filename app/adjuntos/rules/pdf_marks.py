"""Where a PDF begins and ends, as readers take it: bytes before its head and behind its end."""

from __future__ import annotations

import re
from typing import BinaryIO

from app.core.errors import InvalidValue

#: Readers look for the head in so many bytes; gateways and scanners write lines before it.
HEAD = 1024
#: Bytes at the end in which the last mark must stand, behind padding.
_TAIL = 64 * 1024
_PIECE = 1024 * 1024
_PADDING = b"\x00 \t\r\n\x0c\x1a"
_VERSION = re.compile(rb"%PDF-(\d\.\d)")
_LENGTH = re.compile(rb"/Linearized\b.{0,400}?/L\s+(\d+)", re.S)
#: Objects behind the last mark: an update of the document that was cut.
_OBJECTS = re.compile(rb"\d+\s+\d+\s+obj\b|\bendobj\b|\bxref\b")
#: What hides behind a document, to be opened by another program: archive, program, page.
_HIDDEN = re.compile(rb"PK[\x03\x05]|MZ\x90|\x7fELF|Rar!|7z\xbc\xaf|<(?:html|script|svg)\b", re.I)
_CUT = "El PDF está cortado o dañado. Descárguelo otra vez y vuelva a enviarlo."


def find_pdf(head: bytes) -> int | None:
    """Where in the first bytes of a file a PDF begins, or None."""
    place = head[:HEAD].find(b"%PDF-")
    return None if place < 0 else place


def check_pdf(file: BinaryIO) -> str | None:
    """The version that a PDF names, after a look whether it is there up to its end.

    Padding behind the end, of any length, and a few bytes of others are accepted as readers do.

    Raises:
        InvalidValue: it is cut, or something else is hidden behind it.
    """
    file.seek(0)
    head = file.read(HEAD + _TAIL)
    start = find_pdf(head) or 0
    end = _end_of_content(file)
    file.seek(max(0, end - _TAIL))
    tail = file.read(min(_TAIL, end))
    mark = tail.rfind(b"%%EOF")
    behind = tail[mark + 5 :]
    if mark < 0 or b"startxref" not in tail or _OBJECTS.search(behind):
        raise InvalidValue(_CUT)
    if _HIDDEN.search(behind):
        raise InvalidValue(
            "Detrás del PDF viene pegado otro archivo. Ábralo, imprímalo como PDF y envíe ese."
        )
    # A document made for the web says how long it is, and has a mark of the end near its start.
    length = _LENGTH.search(head, start, start + HEAD)
    if length and start + int(length[1]) > end + 16:
        raise InvalidValue(_CUT)
    version = _VERSION.match(head, start)
    return version[1].decode() if version else None


def _end_of_content(file: BinaryIO) -> int:
    """Where the padding at the end begins."""
    place = file.seek(0, 2)
    while place:
        size = min(_PIECE, place)
        file.seek(place - size)
        kept = file.read(size).rstrip(_PADDING)
        if kept:
            return place - size + len(kept)
        place -= size
    return 0
