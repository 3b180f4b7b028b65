"""Drawing a lost copy or thumbnail anew from the original, which is never touched."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime

from app.adjuntos.models import Adjunto
from app.adjuntos.outside.file_type import read_content
from app.adjuntos.outside.storage import FileMissing, Storage
from app.adjuntos.service.upkeep import hash_file
from app.core.errors import InvalidValue
from app.db import db, release, transaction
from app.oficios.models import Oficio
from app.oficios.rules import Actividad
from app.oficios.service import record


def remake_copies(adjunto: Adjunto, storage: Storage, *, now: datetime) -> str | None:
    """Give a photo a new copy and thumbnail. Why it cannot be done, in a sentence, or None.

    Its chain of custody gets a new link and its bitácora an entry, since the copy is what people
    saw. ``adjunto`` is detached; call it outside ``transaction()``.

    Raises:
        OSError: the storage is down or full; nothing changed.
    """
    if not adjunto.is_image:
        return "Un documento no tiene copia: se muestra tal como llegó."
    try:
        if hash_file(storage, adjunto.original_key) != adjunto.sha256:
            return "El original cambió, así que de él no se rehace nada."
        original = storage.open(adjunto.original_key)
    except FileMissing:
        return "Falta el original, así que no hay de dónde rehacerla."
    release()
    try:
        with original:
            contenido = read_content(original)
    except InvalidValue as error:
        return f"El original no se pudo abrir: {error}"
    name = f"{adjunto.sha256[:2]}/{adjunto.sha256}-{secrets.token_hex(8)}.jpg"
    made = {
        "copia": (f"copias/{name}", contenido.copia or b""),
        "miniatura": (f"miniaturas/{name}", contenido.miniatura or b""),
    }
    for key, content in made.values():
        storage.put(key, content)
    old = [key for key in (adjunto.copia_key, adjunto.miniatura_key) if key]
    with transaction():
        row = db.session.get_one(Adjunto, adjunto.id, with_for_update=True)
        before = row.copia_sha256
        row.copia_key, row.miniatura_key = (key for key, _ in made.values())
        row.copia_sha256, row.miniatura_sha256 = (
            hashlib.sha256(content).hexdigest() for _, content in made.values()
        )
        row.ancho, row.alto = contenido.ancho, contenido.alto
        row.problema, row.revisado_at = None, now
        record(
            db.session.get_one(Oficio, row.oficio_id),
            Actividad.SISTEMA,
            f"Rehace desde el original la copia de la foto «{row.filename}», que faltaba o cambió",
            actor=None,
            now=now,
            detalle={"adjunto_id": row.id, "copia_antes": before, "copia_ahora": row.copia_sha256},
            is_real=False,
        )
    for key in old:
        storage.delete(key)
    return None
