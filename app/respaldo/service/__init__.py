"""Making, listing, verifying, restoring and clearing away backups.

Consistent without stopping anybody: files are written before the row that names them and are never
changed, so the database is copied first, and then each file that this copy names.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from app.adjuntos.outside.storage import (
    FileMissing,
    StorageDown,
    current_storage,
    get_storage,
)
from app.core.clock import utcnow
from app.respaldo import rules
from app.respaldo.outside.archive import Writer, read_archive, read_manifest
from app.respaldo.outside.database_copy import (
    check_sqlite,
    copy_database,
    unpack_sqlite,
)
from app.respaldo.outside.encryption import KEYS, lock, unlock
from app.respaldo.rules import (
    DATABASE,
    FILES,
    Manifest,
    backup_name,
    is_encrypted,
    made_at,
    order_by_age,
)
from app.respaldo.rules.backup_errors import BackupError
from config import product_version


@dataclass(frozen=True)
class Backup:
    """An archive in the folder of backups. ``manifest`` is None for one that is locked."""

    path: Path
    made_at: datetime
    size: int
    manifest: Manifest | None = None

    @property
    def name(self) -> str:
        """Its file name."""
        return self.path.name


def create_backup(
    folder: Path,
    *,
    passphrase: str,
    now: datetime,
    step: Callable[[], None] = lambda: None,
) -> Backup:
    """Back up the configured database and its files while they are in use.

    ``step`` is called between pieces of work. The archive takes its name when it is whole and on
    the disk; what fails leaves nothing behind.

    Raises:
        BackupError: the database does not hold together, or there is no room.
    """
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder, prefix=".haciendo-") as work:
            plain = Path(work) / "datos.tar"
            manifest = _write(plain, Path(work), now, step)
            step()
            if passphrase:
                whole = Path(work) / "datos.cifrado"
                lock(plain, whole, passphrase, keys=folder / KEYS)
            else:
                whole = plain
            path = folder / backup_name(now, encrypted=bool(passphrase))
            if path.exists():
                raise BackupError(f"Ya existe {path.name}: espere un segundo y repita.")
            _sync(whole)
            whole.rename(path)
            path.chmod(0o600)
            _sync(folder)
    except StorageDown as error:
        raise BackupError(str(error)) from None
    except OSError as error:
        raise BackupError(f"No se pudo escribir el respaldo en {folder}: {error}.") from None
    return Backup(path, now, path.stat().st_size, manifest)


def list_backups(folder: Path, *, now: datetime | None = None) -> list[Backup]:
    """The archives of a folder, the newest first; last those dated ahead of now."""
    if not folder.is_dir():
        return []
    found = {
        path.name: Backup(path, made, path.stat().st_size)
        for path in folder.iterdir()
        if (made := made_at(path.name))
    }
    return [found[name] for name in order_by_age(found, now or utcnow())]


def verify_backup(path: Path, *, passphrase: str) -> Manifest:
    """Read a backup to its last byte: every hash, and the database inside.

    Raises:
        BackupError: something is wrong with it.
    """
    with tempfile.TemporaryDirectory(prefix="rastro-") as work:
        plain = _plain(path, Path(work), passphrase)
        manifest = read_archive(plain, database_to=Path(work))
        if manifest.kind == "sqlite":
            copy = Path(work) / "copia.sqlite3"
            unpack_sqlite(Path(work), copy)
            check_sqlite(copy)
    return manifest


def rotate(folder: Path, *, now: datetime, keep_days: int, keep_months: int) -> list[str]:
    """Remove what had its time, and what killed backups left; returns the names removed."""
    for left in folder.glob(".haciendo-*"):
        if left.stat().st_mtime < now.timestamp() - 24 * 3600:
            shutil.rmtree(left, ignore_errors=True)
    old = rules.names_to_remove(
        [backup.name for backup in list_backups(folder, now=now)],
        now=now,
        keep_days=keep_days,
        keep_months=keep_months,
    )
    for name in old:
        (folder / name).unlink(missing_ok=True)
    return old


def find_backup(folder: Path, name: str) -> Path:
    """The archive that a person names: a path, a name in the folder, or ``ultimo``.

    Raises:
        BackupError: there is none.
    """
    if name == "ultimo":
        backups = list_backups(folder)
        if not backups:
            raise BackupError(f"No hay respaldos en {folder}.")
        return backups[0].path
    for path in (Path(name), folder / name):
        try:
            if path.is_file():
                path.open("rb").close()
                return path
        except PermissionError:
            raise BackupError(
                f"El usuario de Rastro no puede leer {path}: cópielo a {folder} y dele permiso "
                "(chown rastro), o use una carpeta que todos lean."
            ) from None
    raise BackupError(f"No existe el respaldo {name}. Véalos con: flask backup list")


def describe(backup: Backup) -> Manifest | None:
    """What a backup says of itself, if that takes no passphrase.

    Raises:
        BackupError: it is damaged.
    """
    return None if is_encrypted(backup.name) else read_manifest(backup.path)


def _write(plain: Path, work: Path, now: datetime, step: Callable[[], None]) -> Manifest:
    base = work / "base"
    base.mkdir()
    snapshot = copy_database(base)
    step()
    missing, altered = [], []
    writer = Writer(plain)
    try:
        for part in sorted(base.iterdir()):
            writer.add_file(DATABASE + part.name, part)
            part.unlink()
        for count, ((name, key), claimed) in enumerate(sorted(snapshot.keys.items())):
            if count % 50 == 0:
                step()
            member = f"{name}/{key}"
            data = _read(name, key)
            if data is None:
                missing.append(member)
                continue
            digest = writer.add_bytes(FILES + member, data)
            if claimed is not None and claimed != digest:
                altered.append(member)
        manifest = Manifest(
            created_at=now.isoformat(),
            kind=snapshot.kind,
            revision=snapshot.revision,
            version=product_version(),
            rows=snapshot.rows,
            sequences=snapshot.sequences,
            files=writer.digests,
            missing=missing,
            altered=altered,
        )
        writer.close(manifest)
    except BaseException:
        writer.abandon()
        raise
    return manifest


def _plain(path: Path, work: Path, passphrase: str) -> Path:
    if not is_encrypted(path.name):
        return path
    plain = work / "datos.tar"
    unlock(path, plain, passphrase)
    return plain


def _read(name: str, key: str) -> bytes | None:
    """A file's bytes; None when it is nowhere. It may have moved to the other storage meanwhile."""
    for storage in (get_storage(name), current_storage()):
        with suppress(FileMissing), storage.open(key) as file:
            return file.read()
    return None


def _sync(path: Path) -> None:
    """Fsync a file."""
    descriptor = os.open(path, os.O_RDONLY)
    with suppress(OSError):
        os.fsync(descriptor)
    os.close(descriptor)
