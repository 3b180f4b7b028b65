"""Telling whether a PDF is what the office issued, without saying what it holds."""

from __future__ import annotations

import enum
import hashlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import BinaryIO

from app.adjuntos.outside.storage import FileMissing, Storage, StorageDown
from app.db import release, seeing_all
from app.informes.models import Expediente
from app.informes.queries import find_by_code, find_by_hash, find_later
from app.informes.rules import CODE_MARK

_CHUNK = 256 * 1024
#: Chunks overlap by so many bytes, since a code may span two of them.
_OVERLAP = 64


class Verdict(enum.Enum):
    """What can be said of a file or a code."""

    INTACTO = "intacto"
    ALTERADO = "alterado"
    AJENO = "ajeno"
    EXISTE = "existe"
    DANADO = "danado"
    SIN_REVISAR = "sin_revisar"
    NO_EXISTE = "no_existe"


@dataclass(frozen=True)
class ExpedienteVerificacion:
    """The answer, with nothing in it that says whom or what the case is about."""

    resultado: Verdict
    codigo: str | None = None
    emitido_at: datetime | None = None
    sha256: str | None = None
    #: When a later expediente of the same case and kind was issued.
    posterior_at: datetime | None = None


def verify_file(stream: BinaryIO) -> ExpedienteVerificacion:
    """Compare an uploaded PDF with what was issued, by its hash alone.

    When it is not among those, the code in its metadata tells an altered expediente from a PDF
    that never was one. A forger can write any code there, so it proves nothing. What was issued for
    a case that is hidden now is as genuine as before, and nothing of the case is told.
    """
    sha256, code = _read(stream)
    with seeing_all():
        expediente = find_by_hash(sha256)
        if expediente is not None:
            return _about(expediente, Verdict.INTACTO)
        claimed = find_by_code(code) if code else None
        if claimed is not None:
            return _about(claimed, Verdict.ALTERADO)
    return ExpedienteVerificacion(Verdict.AJENO, sha256=sha256)


def verify_code(codigo: str, get_storage: Callable[[str], Storage]) -> ExpedienteVerificacion:
    """Whether there is such an expediente, and whether the office's own copy still is the same.

    It also says so of a case that is hidden now.
    """
    with seeing_all():
        expediente = find_by_code(codigo)
        if expediente is None:
            return ExpedienteVerificacion(Verdict.NO_EXISTE, codigo=codigo)
        answer = _about(expediente, Verdict.EXISTE)
    almacen, key = expediente.almacen or "", expediente.pdf_key or ""
    release()
    try:
        with get_storage(almacen).open(key) as file:
            is_intact = _read(file)[0] == answer.sha256
    except FileMissing:
        is_intact = False
    except StorageDown:
        return replace(answer, resultado=Verdict.SIN_REVISAR)
    return answer if is_intact else replace(answer, resultado=Verdict.DANADO)


def _about(expediente: Expediente, resultado: Verdict) -> ExpedienteVerificacion:
    later = find_later(expediente)
    return ExpedienteVerificacion(
        resultado,
        codigo=expediente.codigo,
        emitido_at=expediente.emitido_at,
        sha256=expediente.sha256,
        posterior_at=later.emitido_at if later else None,
    )


def _read(stream: BinaryIO) -> tuple[str, str | None]:
    """The hash of a file and the code in its metadata, piece by piece."""
    digest = hashlib.sha256()
    code: str | None = None
    tail = b""
    while piece := stream.read(_CHUNK):
        digest.update(piece)
        if code is None and (found := CODE_MARK.search(tail + piece)):
            code = found[1].decode("ascii")
        tail = piece[-_OVERLAP:]
    return digest.hexdigest(), code
