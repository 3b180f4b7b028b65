"""Papers as words with their places, and their pages as pictures."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

from app.core.errors import InvalidValue
from app.core.sandbox import Limits, ProgramFailed, run_limited
from app.papeles.rules import MAX_PAGES, MAX_WORDS
from app.papeles.rules.documento import TextoDePapel, compose

#: Run as a program, and not imported here: its libraries are for the child process alone.
_READER = Path(__file__).with_name("paper_reader.py")
_LIMITS = Limits(seconds=60, cpu_seconds=40, memory=1 << 30, file_size=1 << 26)
#: Recognising the pages of a scan takes seconds for each.
_SCAN_LIMITS = Limits(seconds=170, cpu_seconds=160, memory=1 << 30, file_size=1 << 26)
_DAMAGED = "El PDF está dañado y no se pudo abrir. Pida que lo envíen otra vez."
_LOCKED = "El PDF tiene contraseña. Pida uno sin ella, o ingrese el caso a mano."
PDF, FOTO = "PDF", "foto"


def find_tesseract() -> str:
    """The program that recognises the text of images; empty where it is not installed."""
    return shutil.which("tesseract") or ""


def read_words(data: bytes, kind: str) -> TextoDePapel:
    """Read a PDF or a photo of a paper.

    Raises:
        InvalidValue: it cannot be opened.
    """
    tesseract = find_tesseract()
    try:
        answer = json.loads(
            run_limited(
                _READER,
                "palabras",
                kind,
                str(MAX_PAGES),
                str(MAX_WORDS),
                tesseract,
                limits=_SCAN_LIMITS if tesseract else _LIMITS,
                content=data,
            )
        )
    except (ProgramFailed, ValueError):
        raise InvalidValue(_DAMAGED) from None
    if answer.get("error"):
        raise InvalidValue(_LOCKED if answer["error"] == "clave" else _DAMAGED)
    return compose(answer["paginas"], answer["total"])


def draw_page(data: bytes, kind: str, page: int, width: int) -> bytes:
    """Draw a page, from 1, as a PNG of that many pixels.

    Raises:
        InvalidValue: it cannot be drawn.
    """
    try:
        return run_limited(
            _READER,
            "imagen",
            kind,
            str(page),
            str(width),
            limits=_LIMITS,
            content=data,
        )
    except ProgramFailed:
        raise InvalidValue("Esa página no se pudo dibujar. Descargue el original.") from None
