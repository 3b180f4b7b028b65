"""The photos of a location: each is stored in the case as it comes, before the rest is sent.

So a phone with a weak signal loses none of them, whatever becomes of the form.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from app.adjuntos.outside.file_type import is_pdf
from app.adjuntos.queries import find_same_file
from app.adjuntos.rules import TipoAdjunto
from app.adjuntos.rules.pdf_marks import HEAD
from app.adjuntos.service import Upload, UploadResult, add_adjuntos
from app.usuarios.models import Usuario


@dataclass
class Recibidas:
    """What became of the photos that came with a request."""

    #: Of the photos that the case now has, in their order.
    ids: list[int] = field(default_factory=list)
    #: The others, each with its reason.
    problemas: list[UploadResult] = field(default_factory=list)


def receive(
    oficio_id: int, uploads: Sequence[Upload], *, actor: Usuario, now: datetime, max_bytes: int
) -> Recibidas:
    """Store photos, each for itself. One that the case has is that one, not a problem.

    Call it outside ``transaction()``.
    """
    received = Recibidas()
    for upload in uploads:
        if is_pdf(upload.stream.read(HEAD)):
            sentence = "Es un PDF: aquí van fotos. Súbalo en Fotos y documentos."
            received.problemas.append(UploadResult(upload.filename, problem=sentence))
            continue
        upload.stream.seek(0)
        (result,) = add_adjuntos(
            oficio_id,
            [upload],
            actor=actor,
            now=now,
            max_bytes=max_bytes,
            tipo=TipoAdjunto.FOTO_VEHICULO,
        )
        adjunto_id = result.adjunto_id
        if result.is_repeated:
            adjunto_id = _find_repeated(oficio_id, upload)
        if adjunto_id is None:
            received.problemas.append(result)
        elif adjunto_id not in received.ids:
            received.ids.append(adjunto_id)
    return received


def _find_repeated(oficio_id: int, upload: Upload) -> int | None:
    upload.stream.seek(0)
    digest = hashlib.sha256()
    while piece := upload.stream.read(1024 * 1024):
        digest.update(piece)
    same = find_same_file(oficio_id, digest.hexdigest())
    return same.id if same else None
