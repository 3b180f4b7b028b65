"""The archive format: a plain tar whose last member is a manifest with every SHA-256."""

from __future__ import annotations

import hashlib
import tarfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import IO

from app.respaldo.rules import DATABASE, FILES, Manifest
from app.respaldo.rules.backup_errors import BackupError

MANIFEST = "manifiesto.json"
_CHUNK = 1024 * 1024
#: Bytes of a block of the usual file systems.
_BLOCK = 4096


class Writer:
    """Write members to a tar and collect their hashes for the manifest."""

    def __init__(self, path: Path) -> None:
        self._tar = tarfile.open(path, "w")  # noqa: SIM115  # closed by close()
        self.digests: dict[str, str] = {}

    def add_file(self, name: str, path: Path) -> None:
        """A file from the disk, in pieces."""
        digest = hashlib.sha256()
        info = _info(name, path.stat().st_size)
        with path.open("rb") as file:
            self._tar.addfile(info, _Hashing(file, digest))
        self.digests[name] = digest.hexdigest()

    def add_bytes(self, name: str, data: bytes) -> str:
        """Bytes that are in memory; returns their SHA-256."""
        self._tar.addfile(_info(name, len(data)), BytesIO(data))
        self.digests[name] = hashlib.sha256(data).hexdigest()
        return self.digests[name]

    def close(self, manifest: Manifest) -> None:
        """Write the manifest, after which the archive is whole."""
        data = manifest.to_json().encode()
        self._tar.addfile(_info(MANIFEST, len(data)), BytesIO(data))
        self._tar.close()

    def abandon(self) -> None:
        """Close without a manifest: what was written is no backup."""
        self._tar.close()


class _Hashing:
    """A file object that hashes the bytes read through it."""

    def __init__(self, file: IO[bytes], digest: hashlib._Hash) -> None:
        self._file = file
        self._digest = digest

    def read(self, size: int = -1) -> bytes:
        data = self._file.read(size)
        self._digest.update(data)
        return data


def read_archive(
    path: Path,
    *,
    database_to: Path | None = None,
    on_file: Callable[[str, bytes], None] | None = None,
) -> Manifest:
    """Read a whole archive and compare every member with the manifest.

    ``database_to`` takes the parts of the database; ``on_file`` is called with each stored file's
    key and bytes, whose hash was compared before.

    Raises:
        BackupError: it is no backup, was cut short, or a member is missing, extra or changed.
        OSError: what it holds could not be written.
    """
    try:
        with tarfile.open(path) as archive:
            manifest = _manifest(archive)
            seen = set()
            for member in archive:
                if member.name == MANIFEST:
                    continue
                seen.add(member.name)
                _read_member(archive, member, manifest, database_to, on_file)
    except _WriteFailed as failed:
        raise failed.error from None  # an error of the disk, not of the archive
    except (OSError, EOFError, tarfile.TarError, ValueError, KeyError) as error:
        raise _damaged(path, error) from None
    missing = set(manifest.files) - seen
    if missing:
        raise BackupError(f"Al respaldo le faltan {len(missing)} archivos: {sorted(missing)[:3]}.")
    return manifest


@dataclass(frozen=True)
class Sizes:
    """Bytes in an archive: the packed parts of the database, and all stored files."""

    database: int
    files: int


def archive_sizes(path: Path) -> Sizes:
    """How much room the members of an archive take, told by its headers.

    Raises:
        BackupError: as for ``read_archive``.
    """
    try:
        with tarfile.open(path) as archive:
            members = [(member.name, member.size) for member in archive]
    except (OSError, EOFError, tarfile.TarError, ValueError) as error:
        raise _damaged(path, error) from None
    # Each file takes whole blocks of the disk.
    blocks = sum(-(-size // _BLOCK) * _BLOCK for name, size in members if name.startswith(FILES))
    return Sizes(sum(size for name, size in members if name.startswith(DATABASE)), blocks)


def read_manifest(path: Path) -> Manifest:
    """What an archive says of itself, without comparing it.

    Raises:
        BackupError: as for ``read_archive``.
    """
    try:
        with tarfile.open(path) as archive:
            return _manifest(archive)
    except (OSError, EOFError, tarfile.TarError, ValueError, KeyError) as error:
        raise _damaged(path, error) from None


def _damaged(path: Path, error: BaseException) -> BackupError:
    return BackupError(
        f"{path.name} no es un respaldo completo de Rastro, o está dañado ({error})."
    )


class _WriteFailed(Exception):
    """Writing an extracted member failed."""

    def __init__(self, error: OSError) -> None:
        super().__init__(str(error))
        self.error = error


@contextmanager
def _writing() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise _WriteFailed(error) from None


def _manifest(archive: tarfile.TarFile) -> Manifest:
    file = archive.extractfile(MANIFEST)
    if file is None:
        raise ValueError("sin manifiesto")
    return Manifest.from_json(file.read().decode())


def _read_member(
    archive: tarfile.TarFile,
    member: tarfile.TarInfo,
    manifest: Manifest,
    database_to: Path | None,
    on_file: Callable[[str, bytes], None] | None,
) -> None:
    file = archive.extractfile(member)
    if file is None or member.name not in manifest.files:
        raise ValueError(f"{member.name} sobra")
    digest = hashlib.sha256()
    if member.name.startswith(DATABASE):
        # Names of tables and of our own file; nothing of the archive chooses a folder.
        part = Path(member.name).name
        with _writing():
            target = (database_to / part).open("wb") if database_to else None
        try:
            while data := file.read(_CHUNK):
                digest.update(data)
                if target:
                    with _writing():
                        target.write(data)
        finally:
            if target:
                with _writing():
                    target.close()
    else:
        data = file.read()
        digest.update(data)
    if digest.hexdigest() != manifest.files[member.name]:
        raise BackupError(f"{member.name} no calza con su SHA-256: el respaldo está dañado.")
    if on_file and member.name.startswith(FILES):
        with _writing():
            on_file(member.name.removeprefix(FILES), data)


def _info(name: str, size: int) -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.size = size
    info.mode = 0o600
    return info
