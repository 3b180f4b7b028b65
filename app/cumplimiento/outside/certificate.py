"""The certificate of what was done with the data when a contract with a law firm ended."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

from app.core.clock import to_local
from app.core.dates import format_fecha
from app.informes.outside.typesetting import print_document

_TEMPLATE = Path(__file__).parent / "typst" / "certificado.typ"


def print_certificate(datos: dict[str, Any], *, now: datetime) -> bytes:
    """The certificate as a PDF/A; ``datos`` are what ``certificado.typ`` reads.

    Raises:
        PrintFailed: typst could not set it.
        OSError: the disk is full.
    """
    emitted = format_fecha(to_local(now).date())
    return print_document(_TEMPLATE, {**datos, "emitido": emitted}, now=now)
