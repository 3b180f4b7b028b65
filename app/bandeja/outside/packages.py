"""What a package holds: a ZIP, or a mail with its attachments."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

from app.bandeja.outside import unpacker
from app.bandeja.rules import MAX_PARTS, MAX_UNPACKED
from app.core.errors import InvalidValue
from app.core.sandbox import Limits, ProgramFailed, run_limited

_LIMITS = Limits(seconds=60, cpu_seconds=40, memory=1 << 30, file_size=MAX_UNPACKED)
_DAMAGED = "El archivo está dañado y no se pudo abrir. Pida que lo envíen otra vez."
_WHY = {
    "clave": "tiene contraseña",
    "dañado": "está dañado",
    "adentro": "está adentro de otro objeto de Outlook",
}


@dataclass(frozen=True)
class ArchivoDePaquete:
    """A file of a package."""

    nombre: str
    path: Path
    #: Whether it is a mail's own text, which is a file for the tray only where it holds a list.
    is_body: bool = False


@dataclass(frozen=True)
class Desempaquetado:
    """What was in a package, and of a mail what it says of itself."""

    partes: list[ArchivoDePaquete]
    #: What was not taken, in a sentence each.
    omitidas: list[str] = field(default_factory=list)
    asunto: str = ""
    de: list[str] = field(default_factory=list)
    mensaje_id: str = ""
    resultados: list[str] = field(default_factory=list)


@contextmanager
def open_package(data: bytes, formato: str) -> Iterator[Desempaquetado]:
    """Unpack into a folder that goes when the caller is done.

    ``formato`` is ``ZIP``, ``MSG``, or ``correo`` for a mail as servers keep it.

    Raises:
        InvalidValue: it cannot be opened, or holds more than is taken.
    """
    with TemporaryDirectory(prefix="ingreso-") as folder:
        try:
            answer = json.loads(
                run_limited(
                    Path(unpacker.__file__),
                    formato,
                    folder,
                    str(MAX_PARTS),
                    str(MAX_UNPACKED),
                    limits=_LIMITS,
                    content=data,
                )
            )
        except (ProgramFailed, ValueError):
            raise InvalidValue(_DAMAGED) from None
        if answer.get("lleno"):
            raise InvalidValue(
                f"Trae más de {MAX_PARTS} archivos o más de {MAX_UNPACKED // 1024**2} MB. "
                "Divídalo y súbalo por partes."
            )
        if answer.get("error"):
            raise InvalidValue(_DAMAGED)
        yield Desempaquetado(
            [
                ArchivoDePaquete(
                    part["nombre"], Path(folder) / part["archivo"], is_body=part["cuerpo"]
                )
                for part in answer["partes"]
            ],
            [
                f"«{part['nombre'][:100]}» {_WHY.get(part['porque'], 'no se pudo abrir')}."
                for part in answer["omitidas"]
            ],
            answer.get("asunto", ""),
            answer.get("de", []),
            answer.get("mensaje_id", ""),
            answer.get("resultados", []),
        )
