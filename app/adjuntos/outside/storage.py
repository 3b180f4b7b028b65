"""Storage back ends for files: a local folder, or an S3 bucket (see ``bucket``).

Keys are made by the service, never by people.
"""

from __future__ import annotations

import errno
import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO, Protocol

from flask import current_app

from app.adjuntos.rules import LOCAL
from app.core.errors import Lost, Refused
from app.extensions import current_config

_KEY = re.compile(r"[a-z]+(?:/[a-z0-9]+)*/[a-z0-9-]+(?:\.[a-z0-9]+)?")
_PARTIAL = ".partial-"
#: Copy buffer in bytes.
_PIECE = 1024 * 1024


class FileMissing(Lost):
    """A row names a file that is not there."""

    def __init__(self) -> None:
        super().__init__(
            "El archivo no está en el almacenamiento. Avise a quien administra Rastro."
        )


class StorageDown(Refused, OSError):
    """The storage is unreachable or refuses; an OSError, as a full disk is."""

    def __init__(self) -> None:
        super().__init__(
            "El almacenamiento de archivos no responde. Avise a quien administra Rastro e "
            "inténtelo otra vez después."
        )


@dataclass(frozen=True)
class StoredFile:
    """A stored file: its key and time of change; a row may or may not reference it."""

    key: str
    modified_at: datetime


class Storage(Protocol):
    """What the service asks of a place for files."""

    #: As ``STORAGE_TYPE`` and the rows call it.
    name: str

    def put(self, key: str, data: bytes | BinaryIO) -> None:
        """Store a whole file or nothing, safe from a power cut when it returns.

        An open file is stored from its start, without being held in memory.

        Raises:
            OSError: it could not be stored.
        """

    def open(self, key: str) -> BinaryIO:
        """The file, to be read and closed.

        Raises:
            FileMissing: there is none.
            OSError: nobody can tell.
        """

    def delete(self, key: str) -> None:
        """Remove a file; one that is not there is fine."""

    def move(self, key: str, to: str) -> None:
        """Give a file another key; it needs no room for a second copy on a disk."""

    def exists(self, key: str) -> bool:
        """Whether there is such a file."""

    def files(self, prefix: str) -> Iterator[StoredFile]:
        """What is under a prefix, half-written files included."""


class LocalStorage:
    """Files in a folder that only the application's own user may enter."""

    name = LOCAL

    def __init__(self, root: Path) -> None:
        self.root = root

    def put(self, key: str, data: bytes | BinaryIO) -> None:
        """Write a temporary file, fsync it, then rename it into place atomically."""
        path = self._path(key)
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor, partial = tempfile.mkstemp(dir=path.parent, prefix=_PARTIAL)
        try:
            with os.fdopen(descriptor, "wb") as file:
                if isinstance(data, bytes):
                    file.write(data)
                else:
                    size = data.seek(0, os.SEEK_END)
                    data.seek(0)
                    shutil.copyfileobj(data, file, _PIECE)
                    if file.tell() != size:
                        raise OSError(errno.EIO, f"{file.tell()} of {size} bytes were copied")
                file.flush()
                os.fsync(file.fileno())
            os.replace(partial, path)
        except BaseException:
            Path(partial).unlink(missing_ok=True)
            raise
        _sync_folder(path.parent)

    def open(self, key: str) -> BinaryIO:
        """The file, to be read and closed. A row whose file the law took has an empty key."""
        if not key:
            raise FileMissing
        try:
            return self._path(key).open("rb")
        except FileNotFoundError:
            raise FileMissing from None

    def delete(self, key: str) -> None:
        """Remove a file; one that is not there is fine."""
        self._path(key, partial_too=True).unlink(missing_ok=True)

    def move(self, key: str, to: str) -> None:
        """Give a file another key. It counts as changed now."""
        target = self._path(to)
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        os.replace(self._path(key), target)
        os.utime(target)

    def exists(self, key: str) -> bool:
        """Whether there is such a file."""
        return self._path(key).is_file()

    def files(self, prefix: str) -> Iterator[StoredFile]:
        """What is under a prefix, also what a process that died left half-written."""
        for path in (self.root / prefix).rglob("*"):
            try:
                if path.is_file():
                    modified = datetime.fromtimestamp(path.stat().st_mtime, UTC)
                    yield StoredFile(path.relative_to(self.root).as_posix(), modified)
            except FileNotFoundError:
                continue  # renamed or deleted since it was listed

    def _path(self, key: str, *, partial_too: bool = False) -> Path:
        folder, _, last = key.rpartition("/")
        is_partial = partial_too and re.fullmatch(re.escape(_PARTIAL) + r"\w+", last)
        check_key(f"{folder}/partial" if is_partial else key)
        return self.root / key


def check_key(key: str) -> None:
    """Refuse what the service would never make: a key names a place inside.

    Raises:
        ValueError: a programming error.
    """
    if not _KEY.fullmatch(key):
        raise ValueError(f"not a key of the storage: {key!r}")


def current_storage() -> Storage:
    """The storage for new files."""
    return get_storage(current_config().storage_type)


def get_storage(name: str) -> Storage:
    """A storage by its name; tests put others in the application's extensions."""
    given: dict[str, Storage] = current_app.extensions.get("rastro_storages", {})
    if name in given:
        return given[name]
    config = current_config()
    if name == LOCAL:
        return LocalStorage(config.storage_dir)
    if not config.bucket_configured:
        raise StorageDown
    from app.adjuntos.outside.bucket import S3Storage  # boto3 takes a second to import

    return S3Storage(
        config.s3_bucket_name,
        region=config.aws_region,
        key_id=config.aws_access_key_id,
        secret=config.aws_secret_access_key,
        endpoint=config.s3_endpoint_url,
    )


def _sync_folder(folder: Path) -> None:
    """Fsync a folder: a rename survives a power cut only after that."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
