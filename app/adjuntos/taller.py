"""Has a file drawn or looked into by another program, with limits of memory and time."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app.core.errors import InvalidValue

_PROGRAM = Path(__file__).with_name("dibujante.py")
#: Seconds by the clock; the program itself is limited to 20 of processor.
_TIMEOUT = 90
_TOO_BIG = "La imagen es demasiado grande para abrirla aquí. Envíela con menos píxeles."
_BROKEN = "La imagen está cortada o dañada. Envíela otra vez desde el teléfono o la cámara."
_BROKEN_PDF = "El PDF está cortado o dañado. Descárguelo otra vez y vuelva a enviarlo."
_LOCKED_PDF = "El PDF pide una contraseña, así que no se puede revisar. Guárdelo sin contraseña."

#: One file at a time in a process: their memory does not add up.
_working = threading.Lock()


@dataclass(frozen=True)
class Trabajo:
    """What the program found, and the files that it made."""

    datos: dict[str, Any]
    partes: list[bytes]


def work_on(data: bytes) -> Trabajo:
    """Draw a picture anew, or look into a PDF.

    Raises:
        InvalidValue: it is broken, or would take more memory or time than a file may.
    """
    is_pdf = data.startswith(b"%PDF-")
    try:
        with _working:
            # S603: our own program; the file goes in by a pipe and has no say in the command.
            done = subprocess.run(  # noqa: S603
                [sys.executable, "-I", str(_PROGRAM)],
                input=data,
                capture_output=True,
                timeout=_TIMEOUT,
                env={"MALLOC_ARENA_MAX": "1", "LC_ALL": "C.UTF-8"},
                check=False,
            )
    except subprocess.TimeoutExpired:
        raise InvalidValue(_BROKEN_PDF if is_pdf else _TOO_BIG) from None
    if done.returncode:
        # Killed by its limits, or crashed by what the file made its decoder do.
        raise InvalidValue(_BROKEN_PDF if is_pdf else _TOO_BIG)
    head, _, rest = done.stdout.partition(b"\n")
    facts: dict[str, Any] = json.loads(head)
    if problem := facts.get("problema"):
        raise InvalidValue(_sentence(problem, facts, is_pdf))
    parts = []
    for size in facts["partes"]:
        parts.append(rest[:size])
        rest = rest[size:]
    return Trabajo(facts, parts)


def _sentence(problem: str, facts: dict[str, Any], is_pdf: bool) -> str:
    if problem == "pixeles":
        millions = f"{facts['maximo'] / 1_000_000:.0f} millones"
        return (
            f"La imagen tiene demasiados píxeles ({facts['ancho']} × {facts['alto']}): el máximo "
            f"para este formato son {millions}. Redúzcala y vuelva a enviarla."
        )
    if problem == "clave":
        return _LOCKED_PDF
    if is_pdf:
        return _BROKEN_PDF
    return _TOO_BIG if problem == "memoria" else _BROKEN
