"""Draws a picture anew, or looks into a PDF. A program of its own, see ``drawing_process``.

It reads the file that is its standard input and answers on its standard output: one line of JSON,
and after it the copy and the thumbnail. ``drawing_process`` limits its memory and time, so that no
file can harm the process that serves people. It imports nothing of the application, whose memory
would count here.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import BinaryIO

from PIL import Image, PngImagePlugin, UnidentifiedImageError

from .document import inspect_pdf
from .picture import Answer, TooManyPixels, draw, excuse

#: What may be asked for: to draw a picture, to make cards instead, to look into a PDF.
DIBUJO, EXCUSA, DOCUMENTO = "dibujo", "excusa", "documento"


def answer(file: BinaryIO, task: str = DIBUJO) -> Answer:
    """Process a file and return the JSON answer and the drawn files; never raise."""
    try:
        if task == DOCUMENTO:
            return inspect_pdf(file)
        return draw(file) if task == DIBUJO else excuse(file)
    except TooManyPixels as error:
        return error.facts, []
    except MemoryError:
        return {"problema": "memoria"}, []
    except UnidentifiedImageError:
        return {"problema": "danado"}, []
    except Exception as error:  # decoders raise OSError, ValueError, SyntaxError, struct.error…
        name = type(error).__name__
        if name == "PasswordError":
            return {"problema": "clave"}, []
        # libheif, libwebp and libvips report lack of memory by their own messages.
        short = "memory" in str(error).lower()
        return {"problema": "memoria" if short else "danado", "error": f"{name}: {error}"[:200]}, []


def _peak() -> int | None:
    """Peak resident memory of this process in bytes; None where the system does not report it."""
    try:
        status = Path("/proc/self/status").read_text()
    except OSError:
        return None
    return int(status.partition("VmHWM:")[2].split()[0]) * 1024


def main() -> None:
    """Answer for the file that is the standard input."""
    Image.MAX_IMAGE_PIXELS = None  # counted before decoding
    PngImagePlugin.MAX_TEXT_MEMORY = 4 * 1024 * 1024
    facts, parts = answer(sys.stdin.buffer, sys.argv[1])
    facts["partes"] = [len(part) for part in parts]
    facts["memoria"] = _peak()
    sys.stdout.buffer.write(json.dumps(facts).encode() + b"\n")
    for part in parts:
        sys.stdout.buffer.write(part)
