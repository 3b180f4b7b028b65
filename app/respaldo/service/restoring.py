"""Restores a backup atomically: all of it, or nothing.

Everything is read, compared and laid out beside its place first. Then names are exchanged; what
was there is set aside under a name that is told. A failure at any moment puts everything back.
"""

from __future__ import annotations

import shutil
import tempfile
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import partial
from pathlib import Path

from app.adjuntos.outside.storage import (
    LocalStorage,
    Storage,
    StorageDown,
    current_storage,
    get_storage,
)
from app.adjuntos.rules import LOCAL, format_size
from app.core.outages import Outage, find_outage
from app.db.schema_version import is_known_revision
from app.respaldo.outside.archive import archive_sizes, read_archive
from app.respaldo.outside.database_copy import (
    check_target,
    close_database,
    count_sqlite,
    data_folder,
    load_postgresql,
    packed_size,
    sqlite_path,
    unpack_sqlite,
)
from app.respaldo.outside.encryption import unlock
from app.respaldo.outside.swapping import Swap, staging_place
from app.respaldo.rules import Manifest, is_encrypted
from app.respaldo.rules.backup_errors import BackupError, NotEmpty

#: Free space in bytes that must remain after a restore.
_SPARE = 32 * 1024**2
_STAGED = ".restaurando"


def restore_backup(
    path: Path,
    *,
    passphrase: str,
    overwrite: bool,
    now: datetime,
    with_files: bool = True,
    set_aside: list[Path] | None = None,
) -> Manifest:
    """Put a backup into the configured database and storage, and count what arrived.

    With ``overwrite`` a SQLite file and a folder of files that were there are set aside, their new
    names are added to ``set_aside``, and PostgreSQL's tables are replaced in one transaction.
    Without ``with_files`` the storage is left as it is: files never change, so what an older
    database names is still there.

    Raises:
        NotEmpty: there is something already, and ``overwrite`` was not asked for.
        BackupError: the backup is damaged, of a newer Rastro, or of another kind of database, or
            there is no room. Nothing was changed.
    """
    try:
        swap = Swap(now)
        manifest = _restore(path, passphrase, overwrite, with_files, swap)
    except OSError as error:
        raise BackupError(_cause(error)) from None
    if set_aside is not None:
        set_aside += swap.aside
    return manifest


def _restore(
    path: Path, passphrase: str, overwrite: bool, with_files: bool, swap: Swap
) -> Manifest:
    with _workplace() as work:
        plain = _plain(path, work, passphrase)
        sizes = archive_sizes(plain)
        _check_room({work: sizes.database})
        manifest = read_archive(plain, database_to=work)
        _check_revision(manifest)
        check_target(manifest, overwrite=overwrite)
        storages = _storages(manifest, overwrite=overwrite) if with_files else {}
        _check_apart(path, storages)
        is_sqlite = manifest.kind == "sqlite"
        needed = {work: packed_size(work) if is_sqlite else 0}
        for folder in {_staged(one) for one in storages.values() if isinstance(one, LocalStorage)}:
            needed[folder] = needed.get(folder, 0) + sizes.files
        _check_room(needed)
        staged = _stage_files(plain, manifest, storages) if with_files else {}
        try:
            if is_sqlite:
                fresh = work / "fresh.sqlite3"
                unpack_sqlite(work, fresh)
                _compare(count_sqlite(fresh), manifest)
                _swap_files(staged, swap)
                close_database()
                swap.replace(fresh, sqlite_path(), "-wal", "-shm")
            else:
                with load_postgresql(work, manifest) as counted:
                    _compare(counted, manifest)
                    _swap_files(staged, swap)
        except BaseException:
            swap.put_back()
            raise
        finally:
            for folder in staged.values():
                shutil.rmtree(folder, ignore_errors=True)
    return manifest


@contextmanager
def _workplace() -> Iterator[Path]:
    """A folder on the database's own disk, so that its parts change places by a rename alone."""
    parent = data_folder()
    parent.mkdir(parents=True, exist_ok=True)
    for left in parent.glob(f"*{_STAGED}-*"):  # of a restore that was killed
        shutil.rmtree(left, ignore_errors=True)
    with tempfile.TemporaryDirectory(dir=parent, prefix="base", suffix=f"{_STAGED}-") as name:
        yield Path(name)


def _plain(path: Path, work: Path, passphrase: str) -> Path:
    if not is_encrypted(path.name):
        return path
    _check_room({work: path.stat().st_size})
    plain = work / "datos.tar"
    unlock(path, plain, passphrase)
    return plain


def _check_room(needed: dict[Path, int]) -> None:
    """Whether each disk has room for what comes; folders on one disk are counted together.

    Raises:
        BackupError: one has not.
    """
    by_disk: dict[int, int] = defaultdict(int)
    folders: dict[int, Path] = {}
    for folder, size in needed.items():
        there = _existing(folder)
        device = there.stat().st_dev
        by_disk[device] += size
        folders[device] = there
    for device, size in by_disk.items():
        free = shutil.disk_usage(folders[device]).free
        if size + _SPARE > free:
            raise BackupError(
                f"No hay espacio para restaurar: hacen falta {format_size(size + _SPARE)} en "
                f"{folders[device]} y quedan {format_size(free)}. No se cambió nada. Borre "
                "carpetas «*.antes-*» y respaldos antiguos, o pida más espacio, y repita."
            )


def _existing(folder: Path) -> Path:
    while not folder.exists():
        folder = folder.parent
    return folder


def _check_revision(manifest: Manifest) -> None:
    """A backup of a newer schema cannot be read by this Rastro."""
    if not is_known_revision(manifest.revision):
        raise BackupError(
            f"El respaldo es de una versión más nueva de Rastro ({manifest.version}). "
            "Instale esa versión y repita."
        )


def _check_apart(path: Path, storages: dict[str, Storage]) -> None:
    """A folder of files is set aside, and a backup in it would go with it.

    Raises:
        BackupError: the backup lies in a folder that is about to be replaced.
    """
    for storage in storages.values():
        if isinstance(storage, LocalStorage) and path.resolve().is_relative_to(
            storage.root.resolve()
        ):
            raise BackupError(
                f"El respaldo está en {path.parent}, dentro de {storage.root}, la carpeta de los "
                "archivos que se reemplaza. No se cambió nada. Lleve los respaldos a otra carpeta "
                "(BACKUP_DIR) y repita."
            )


def _storages(manifest: Manifest, *, overwrite: bool) -> dict[str, Storage]:
    """Each storage that the backup needs, by its name ("" is the one in use).

    A folder with files is refused unless it may be replaced; in a bucket keys never meet, so that
    nothing has to leave.
    """
    names = {LOCAL, *(manifest.home_of(member)[0] for member in manifest.stored_files)}
    try:
        found = {name: get_storage(name) if name else current_storage() for name in sorted(names)}
    except StorageDown:
        raise BackupError(
            "El respaldo tiene archivos de un bucket: configure S3_BUCKET_NAME y repita."
        ) from None
    for storage in found.values():
        if overwrite or not isinstance(storage, LocalStorage):
            continue
        if storage.root.exists() and any(path.is_file() for path in storage.root.rglob("*")):
            raise NotEmpty(f"La carpeta de archivos {storage.root} no está vacía.")
    return found


def _stage_files(plain: Path, manifest: Manifest, storages: dict[str, Storage]) -> dict[Path, Path]:
    """Lay the files out: those of a folder beside it, those of a bucket in it.

    Returns by each folder's place where its new files are.
    """
    staged = {
        storage.root.resolve(): _staged(storage)
        for storage in storages.values()
        if isinstance(storage, LocalStorage)
    }
    for folder in staged.values():
        shutil.rmtree(folder, ignore_errors=True)  # of a restore that was killed
        folder.mkdir(mode=0o700, parents=True)
    places = {
        name: LocalStorage(_staged(storage)) if isinstance(storage, LocalStorage) else storage
        for name, storage in storages.items()
    }
    try:
        read_archive(plain, on_file=partial(_put, manifest, places))
    except BaseException:
        for folder in staged.values():
            shutil.rmtree(folder, ignore_errors=True)
        raise
    return staged


def _put(manifest: Manifest, places: dict[str, Storage], member: str, data: bytes) -> None:
    """Store a file where its row says that it is."""
    name, key = manifest.home_of(member)
    places[name].put(key, data)


def _staged(storage: LocalStorage) -> Path:
    """Where the new files of a folder are laid out."""
    return staging_place(storage.root.resolve(), f"{_STAGED}-archivos")


def _swap_files(staged: dict[Path, Path], swap: Swap) -> None:
    for root, folder in staged.items():
        if folder.parent == root:
            swap.replace_content(folder, root)
            continue
        if root.exists() and not any(path.is_file() for path in root.rglob("*")):
            shutil.rmtree(root)  # an empty folder need not be set aside
        swap.replace(folder, root)


def _compare(counted: dict[str, int], manifest: Manifest) -> None:
    """Whether every row that was saved is there.

    Raises:
        BackupError: what arrived is not what was saved.
    """
    if counted != manifest.rows:
        wrong = [name for name in manifest.rows if counted.get(name) != manifest.rows[name]]
        raise BackupError(
            f"Al restaurar no calzan las filas de: {', '.join(wrong)}. No se cambió nada."
        )


def _cause(error: OSError) -> str:
    if isinstance(error, StorageDown):
        return f"{error} No se cambió nada."
    if find_outage(error) is Outage.FULL:
        return (
            "Se acabó el espacio en el disco mientras se restauraba. No se cambió nada: lo que "
            "había sigue en su lugar. Borre carpetas «*.antes-*» y respaldos antiguos, o pida más "
            "espacio, y repita."
        )
    return f"No se pudo restaurar: {error}. No se cambió nada."
