"""The answer to a person on paper, set by the same press as the expedientes."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from app.core.clock import to_local
from app.core.dates import format_fecha
from app.informes.outside.typesetting import print_in_folder

_TEMPLATE = Path(__file__).parent / "typst" / "respuesta.typ"
_LOGO = "logo.png"


@dataclass(frozen=True)
class AnswerContent:
    """What an answer says, as it was written at the decision."""

    numero: str
    parrafos: list[str]
    resuelta_at: datetime
    oficina: str
    logo: bytes | None = None
    #: The data that are handed over with it, by where they are: rows of name and value.
    anexo: tuple[tuple[str, list[list[tuple[str, str]]]], ...] = ()
    #: SHA-256 of the same data as a file; empty without one.
    huella: str = ""


def print_answer(content: AnswerContent, *, now: datetime) -> bytes:
    """The PDF/A of an answer.

    Raises:
        PrintFailed: typst could not set it.
        OSError: a disk is full.
    """
    with tempfile.TemporaryDirectory(prefix="respuesta-") as name:
        folder = Path(name)
        if content.logo:
            (folder / _LOGO).write_bytes(content.logo)
        return print_in_folder(_TEMPLATE, _as_data(content), folder, now=now).read_bytes()


def _as_data(content: AnswerContent) -> dict[str, Any]:
    return {
        "numero": content.numero,
        "titulo": f"Respuesta a la solicitud {content.numero}",
        "fecha": format_fecha(to_local(content.resuelta_at).date()),
        "oficina": content.oficina,
        "logo": _LOGO if content.logo else "",
        "parrafos": content.parrafos,
        "anexo": [{"titulo": title, "filas": rows} for title, rows in content.anexo],
        "huella": content.huella,
    }
