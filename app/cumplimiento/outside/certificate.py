"""The certificate of what was done with the data when a contract with a law firm ended."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

from app.informes.outside.typesetting import print_document

_TEMPLATE = Path(__file__).parent / "typst" / "certificado.typ"


def print_certificate(datos: dict[str, Any], *, now: datetime) -> bytes:
    """The certificate as a PDF/A; ``datos`` are what ``certificado.typ`` reads.

    Raises:
        PrintFailed: typst could not set it.
        OSError: the disk is full.
    """
    return print_document(_TEMPLATE, datos, now=now)
