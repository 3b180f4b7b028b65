"""Where the bytes of the files are. Only this module knows that it is a folder.

Another place (S3) needs the same four verbs. Keys are made by the service, never by people.
"""

from __future__ import annotations

import os
import re
import tempfile
from pathlib import Path
from typing import BinaryIO, Protocol

from flask import current_app

from app.core.errors import NotFound
from app.extensions import current_config

_KEY = re.compile(r"[a-z]+(?:/[a-z0-9]+)*/[a-z0-9-]+(?:\.[a-z0-9]+)?")


class FileMissing(NotFound):
    """A row names a file that is not there."""


class Storage(Protocol):
    """What the service asks of a place for files."""

    def put(self, key: str, data: bytes) -> None:
        """Store a whole file or nothing, safe from a power cut when it returns.

        Raises:
            OSError: it could not be stored.
        """

    def open(self, key: str) -> BinaryIO:
        """The file, to be read and closed.

        Raises:
            FileMissing: there is none.
        """

    def delete(self, key: str) -> None:
        """Remove a file; one that is not there is fine."""

    def exists(self, key: str) -> bool:
        """Whether there is such a file."""


class LocalStorage:
    """Files in a folder that only the application's own user may enter."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def put(self, key: str, data: bytes) -> None:
        """Write beside the place, wait for the disk, then take the name in one step."""
        path = self._path(key)
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor, partial = tempfile.mkstemp(dir=path.parent, prefix=".partial-")
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            os.replace(partial, path)
        except BaseException:
            Path(partial).unlink(missing_ok=True)
            raise
        _sync_folder(path.parent)

    def open(self, key: str) -> BinaryIO:
        """The file, to be read and closed."""
        try:
            return self._path(key).open("rb")
        except FileNotFoundError:
            raise FileMissing(
                "El archivo no está en el almacenamiento. Avise a quien administra Rastro."
            ) from None

    def delete(self, key: str) -> None:
        """Remove a file; one that is not there is fine."""
        self._path(key).unlink(missing_ok=True)

    def exists(self, key: str) -> bool:
        """Whether there is such a file."""
        return self._path(key).is_file()

    def _path(self, key: str) -> Path:
        if not _KEY.fullmatch(key):
            raise ValueError(f"not a key of the storage: {key!r}")
        return self.root / key


def current_storage() -> Storage:
    """The storage of the running application; tests put another one in its extensions."""
    given: Storage | None = current_app.extensions.get("rastro_storage")
    return given or LocalStorage(current_config().storage_dir)


def _sync_folder(folder: Path) -> None:
    """A new name survives a power cut only when its folder reached the disk too."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
