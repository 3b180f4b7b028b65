"""Store one file before its row is inserted, and remove it if that fails."""

from __future__ import annotations

import hashlib
import logging
import secrets
import tempfile
from dataclasses import dataclass
from typing import BinaryIO, cast

from sqlalchemy.exc import SQLAlchemyError

from app.adjuntos.models import Adjunto
from app.adjuntos.outside.antivirus import check_file
from app.adjuntos.outside.file_type import AcceptedFile, read_content
from app.adjuntos.outside.storage import Storage
from app.adjuntos.queries import find_same_file, is_referenced
from app.adjuntos.rules import EXTENSIONS, format_size, name_for
from app.core.errors import InvalidValue, Refused
from app.core.outages import Outage, find_outage
from app.db import release

logger = logging.getLogger(__name__)

#: Read buffer in bytes.
_PIECE = 1024 * 1024


class SameFile(Refused):
    """The oficio has these very bytes already."""

    def __init__(self, existing: Adjunto) -> None:
        super().__init__(
            f"Ya está en este oficio, como «{existing.filename}»: no se guardó otra vez."
        )


class StorageFailed(Refused):
    """The storage is full or unreachable."""

    def __init__(self, error: OSError) -> None:
        self.is_full = find_outage(error) is Outage.FULL
        super().__init__(
            "No hay espacio en el almacenamiento del servidor para este archivo. Avise a quien "
            "administra Rastro, que debe borrar respaldos antiguos o pedir más espacio, y vuelva "
            "a enviarlo después."
            if self.is_full
            else "El almacenamiento del servidor no responde y el archivo no se guardó. Avise a "
            "quien administra Rastro y vuelva a enviarlo después."
        )


@dataclass(frozen=True)
class Stored:
    """A file that is in the storage and waits for its row. The keys belong to it alone."""

    filename: str
    sha256: str
    size: int
    contenido: AcceptedFile
    original_key: str
    copia_key: str | None
    miniatura_key: str | None
    #: Name of the storage that holds it.
    almacen: str


def store(
    oficio_id: int, filename: str, stream: BinaryIO, max_bytes: int, storage: Storage
) -> Stored:
    """Check one file and put its original, its copy and its thumbnail in the storage.

    Raises:
        SameFile: the oficio has these bytes.
        InvalidValue: it is too large, broken, or of a kind that is not accepted.
        ScannerDown: the antivirus could not look at it.
        StorageFailed: there is no room for it; nothing of it is left behind.
    """
    with tempfile.TemporaryFile() as spooled:
        file = cast(BinaryIO, spooled)
        try:
            sha256, size = _spool(stream, file, max_bytes)
            file.flush()
        except OSError as error:
            raise StorageFailed(error) from None
        existing = find_same_file(oficio_id, sha256)
        if existing is not None:
            raise SameFile(existing)
        release()
        check_file(file)
        contenido = read_content(file)
        return _keep(filename, file, sha256, size, contenido, storage)


def _spool(stream: BinaryIO, file: BinaryIO, max_bytes: int) -> tuple[str, int]:
    """Copy what comes in to a file of its own: the hash and the size. Memory does not grow with it.

    Raises:
        InvalidValue: it is too large.
    """
    digest = hashlib.sha256()
    size = 0
    while piece := stream.read(min(_PIECE, max_bytes + 1 - size)):
        size += len(piece)
        if size > max_bytes:
            raise InvalidValue(
                f"Pesa más de {format_size(max_bytes)}, que es el máximo por archivo. "
                "Redúzcalo y vuelva a enviarlo."
            )
        digest.update(piece)
        file.write(piece)
    return digest.hexdigest(), size


def _keep(
    filename: str,
    file: BinaryIO,
    sha256: str,
    size: int,
    contenido: AcceptedFile,
    storage: Storage,
) -> Stored:
    """Put the original, untouched, and what was drawn of it in the storage."""
    # The token makes the keys this upload's own: taking them back never takes another's file.
    name = f"{sha256[:2]}/{sha256}-{secrets.token_hex(8)}"
    extension = EXTENSIONS[contenido.mime_type][0]
    stored = Stored(
        filename=name_for(filename, contenido.mime_type),
        sha256=sha256,
        size=size,
        contenido=contenido,
        original_key=f"originales/{name}.{extension}",
        copia_key=f"copias/{name}.jpg" if contenido.copia else None,
        miniatura_key=f"miniaturas/{name}.jpg" if contenido.miniatura else None,
        almacen=storage.name,
    )
    try:
        for key, content in _files(stored, file):
            storage.put(key, content)
    except OSError as error:
        logger.error("the storage refused a file of %s bytes: %s", size, error)
        discard(stored, storage)
        raise StorageFailed(error) from None
    return stored


def _files(stored: Stored, file: BinaryIO) -> list[tuple[str, bytes | BinaryIO]]:
    pairs: tuple[tuple[str | None, bytes | BinaryIO | None], ...] = (
        (stored.original_key, file),
        (stored.copia_key, stored.contenido.copia),
        (stored.miniatura_key, stored.contenido.miniatura),
    )
    return [(key, content) for key, content in pairs if key and content]


def discard(stored: Stored, storage: Storage) -> None:
    """Delete files that no row references; keep them if the database cannot be asked."""
    try:
        if is_referenced(stored.original_key):
            return
    except SQLAlchemyError:
        logger.warning("files without a row may remain: %s", stored.original_key)
        return
    for key in (stored.original_key, stored.copia_key, stored.miniatura_key):
        if key is None:
            continue
        try:
            storage.delete(key)
        except OSError:
            logger.warning("a file without a row remains: %s", key)
