"""Runs the drawing program in a sandbox with limits of memory and time."""

from __future__ import annotations

import json
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from app.core.errors import InvalidValue
from app.core.sandbox import Limits, ProgramFailed, run_limited

_PROGRAM = Path(__file__).parent / "drawing"
#: 200 megapixels of HEIC take 11 s of processor on the machine where it was measured. The libraries
#: take some 30 MB beside what they allocate, which they share. It writes no file.
_LIMITS = Limits(seconds=150, cpu_seconds=60, memory=248 * 1024 * 1024, file_size=0)
_ENVIRONMENT = {"MALLOC_ARENA_MAX": "1", "LC_ALL": "C.UTF-8"}
_BROKEN = "La imagen está cortada o dañada. Envíela otra vez desde el teléfono o la cámara."
_BROKEN_PDF = "El PDF está cortado o dañado. Descárguelo otra vez y vuelva a enviarlo."
_LOCKED_PDF = "El PDF pide una contraseña, así que no se puede revisar. Guárdelo sin contraseña."
#: Operations of the program, as its ``answer`` takes them.
_DRAWING, _CARD, _DOCUMENT = "dibujo", "excusa", "documento"

#: One sandboxed run at a time per process, so that their memory does not add up.
_working = threading.Lock()


class DoesNotFit(Exception):
    """The sandbox ran out of memory or time, or crashed on the file."""


@dataclass(frozen=True)
class ProgramOutput:
    """What the program found, and the files that it made."""

    datos: dict[str, Any]
    partes: list[bytes]


def draw_picture(file: BinaryIO) -> ProgramOutput:
    """Draw a picture anew. One that is whole and does not fit gets cards that say so.

    ``file`` is a real one: the program reads it where it lies.

    Raises:
        InvalidValue: it is cut, broken, or of more pixels than a camera has.
    """
    try:
        return _work_on(file, _DRAWING)
    except DoesNotFit:
        pass
    try:
        return _work_on(file, _CARD)
    except DoesNotFit:
        raise InvalidValue(_BROKEN) from None


def inspect_pdf(file: BinaryIO) -> ProgramOutput:
    """Look into a PDF.

    Raises:
        InvalidValue: it is broken, locked, or would take more memory or time than a file may.
    """
    try:
        return _work_on(file, _DOCUMENT)
    except DoesNotFit:
        raise InvalidValue(_BROKEN_PDF) from None


def _work_on(file: BinaryIO, task: str) -> ProgramOutput:
    file.flush()
    # Opened anew: a descriptor that is handed on shares its place in the file, and what reads it
    # moved that of the caller, who then stored the rest of an original instead of all of it.
    own = f"/proc/self/fd/{file.fileno()}"
    try:
        with Path(own).open("rb") as source, _working:
            output = run_limited(
                _PROGRAM, task, limits=_LIMITS, source=source, environment=_ENVIRONMENT
            )
    except ProgramFailed:
        # Killed by its limits, or crashed by what the file made its decoder do.
        raise DoesNotFit from None
    head, _, rest = output.partition(b"\n")
    facts: dict[str, Any] = json.loads(head)
    problem = facts.get("problema")
    if problem == "memoria":
        raise DoesNotFit
    if problem:
        raise InvalidValue(_sentence(problem, facts, task))
    parts = []
    for size in facts["partes"]:
        parts.append(rest[:size])
        rest = rest[size:]
    return ProgramOutput(facts, parts)


def _sentence(problem: str, facts: dict[str, Any], task: str) -> str:
    if problem == "pixeles":
        millions = f"{facts['maximo'] / 1_000_000:.0f} millones"
        return (
            f"La imagen tiene demasiados píxeles ({facts['ancho']} × {facts['alto']}): el máximo "
            f"son {millions}. Redúzcala y vuelva a enviarla."
        )
    if problem == "clave":
        return _LOCKED_PDF
    return _BROKEN_PDF if task == _DOCUMENT else _BROKEN
