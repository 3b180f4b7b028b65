"""Keeping rows and files together: what has no row leaves, what has no file is told, files move.

Nothing here holds a transaction open while it talks to a storage.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import sqlalchemy as sa

from app.adjuntos.models import Adjunto
from app.adjuntos.outside.storage import FileMissing, Storage
from app.adjuntos.queries import is_key_referenced, list_stored
from app.adjuntos.queries.file_owners import Guardado, list_kept
from app.db import db, release, transaction

#: A file waits for its row for a moment only; the sweep comes every quarter of an hour.
ORPHAN_AFTER = timedelta(minutes=30)
#: How long an original without a row is kept aside: a restored database may miss newer rows.
TRASH_FOR = timedelta(days=30)
PREFIXES = ("originales", "copias", "miniaturas", "expedientes")
#: What cannot be drawn or printed again, byte for byte.
_EVIDENCE = ("originales", "expedientes")
TRASH = "papelera"
#: What is found when nothing but a drawn copy is missing.
LOST_COPIES = {"Falta la copia.", "Falta la miniatura.", "Falta la copia, falta la miniatura."}
#: More orphans than this share, and than this many, are another database's files.
_TOO_MANY = 0.25
_ALWAYS = 20
_CHUNK = 1024 * 1024


class WrongDatabase(Exception):
    """Most files in the storage have no row here: it belongs to another installation."""


@dataclass
class Barrido:
    """What a sweep did and saw."""

    removed: list[str] = field(default_factory=list)
    #: Rows whose files are not all there, each with what is missing.
    lost: dict[int, str] = field(default_factory=dict)


def sweep(storage: Storage, *, now: datetime) -> Barrido:
    """Take files without a row out of a storage, and name rows without a file.

    Originals and issued PDFs are put aside for a while; copies can be drawn again and are removed.

    Raises:
        WrongDatabase: nothing was removed.
        OSError: the storage is down; what was done so far stays done.
    """
    # Files first: a row that comes meanwhile has its files before it.
    found = {file.key: file.modified_at for prefix in PREFIXES for file in storage.files(prefix)}
    rows = list_stored(storage.name)
    kept = list_kept(storage.name)
    named = {key for row in rows for key, _sha256 in row.keys}
    named |= {key for row in kept for key, _sha256 in row.keys}
    result = Barrido(
        lost={
            row.id: "Falta el archivo en el almacenamiento."
            for row in rows
            if row.created_at < now - ORPHAN_AFTER and any(k not in found for k, _ in row.keys)
        }
    )
    release()
    old = [k for k, at in found.items() if k not in named and now - at > ORPHAN_AFTER]
    if len(old) > max(_ALWAYS, len(found) * _TOO_MANY):
        raise WrongDatabase
    for key in old:
        is_named = is_key_referenced(storage.name, key) or _is_kept(storage.name, key)
        release()
        if is_named:
            continue
        folder, _, last = key.rpartition("/")
        if folder.startswith(_EVIDENCE) and not last.startswith("."):
            storage.move(key, f"{TRASH}/{last}")
        else:
            storage.delete(key)
        result.removed.append(key)
    for file in list(storage.files(TRASH)):
        if now - file.modified_at > TRASH_FOR:
            storage.delete(file.key)
    return result


def _is_kept(almacen: str, key: str) -> bool:
    """Whether a row of another feature names this file of that storage by now."""
    return any(key == own for row in list_kept(almacen) for own, _sha256 in row.keys)


def check_files(adjunto: Adjunto, storage: Storage) -> str | None:
    """Read every file of a row and compare it with its hash. What is wrong, in a sentence.

    Raises:
        OSError: the storage is down, so nobody can tell.
    """
    return _check(adjunto.keys, ("el original", "la copia", "la miniatura"), storage)


def check_kept(row: Guardado, storage: Storage) -> str | None:
    """The same for the files of a row of another feature.

    Raises:
        OSError: the storage is down.
    """
    return _check(row.keys, ("el archivo",) * len(row.keys), storage)


def _check(
    keys: list[tuple[str, str | None]], names: Sequence[str], storage: Storage
) -> str | None:
    problems = []
    for name, (key, sha256) in zip(names, keys, strict=False):
        try:
            digest = hash_file(storage, key)
        except FileMissing:
            problems.append(f"falta {name}")
            continue
        if sha256 is not None and digest != sha256:
            problems.append(f"{name} cambió")
    return f"{', '.join(problems).capitalize()}." if problems else None


def hash_file(storage: Storage, key: str) -> str:
    """The SHA-256 of a file, read in pieces.

    Raises:
        FileMissing: it is not there.
        OSError: the storage is down.
    """
    digest = hashlib.sha256()
    with storage.open(key) as file:
        while chunk := file.read(_CHUNK):
            digest.update(chunk)
    return digest.hexdigest()


def note_check(adjunto_id: int, problem: str | None, *, now: datetime) -> None:
    """Keep on the row what was found of its files, in a transaction of its own."""
    with transaction():
        db.session.execute(
            sa.update(Adjunto)
            .where(Adjunto.id == adjunto_id)
            .values(problema=problem, revisado_at=now)
        )


def verify_files(
    get_storage: Callable[[str], Storage], *, now: datetime, tell: Callable[[Adjunto, str], None]
) -> int:
    """Read every file of every row and compare; returns how many rows were read.

    ``tell(adjunto, problem)`` is called for each that is not as it was stored.

    Raises:
        OSError: a storage is down.
    """
    ids = list(db.session.scalars(sa.select(Adjunto.id).order_by(Adjunto.id)))
    for pk in ids:
        adjunto = db.session.get_one(Adjunto, pk)
        db.session.expunge(adjunto)
        release()
        problem = check_files(adjunto, get_storage(adjunto.almacen))
        note_check(pk, problem, now=now)
        if problem:
            tell(adjunto, problem)
    return len(ids)


def verify_kept(
    get_storage: Callable[[str], Storage], *, tell: Callable[[Guardado, str], None]
) -> int:
    """The same for the files that rows of other features name; returns how many rows were read.

    Raises:
        OSError: a storage is down.
    """
    rows = list_kept()
    release()
    for row in rows:
        if problem := check_kept(row, get_storage(row.almacen)):
            tell(row, problem)
    return len(rows)


def move_files(adjunto: Adjunto, source: Storage, target: Storage) -> str | None:
    """Move the files of one row to another storage, and then its row. What is wrong, or None.

    Copied files are read back and compared before the row changes; the old ones go last. Whatever
    is cut off in between leaves the row with whole files, and files too many for the sweep.
    ``adjunto`` is detached.

    Raises:
        OSError: one of the storages is down.
    """
    if problem := check_files(adjunto, source):
        return problem

    def retarget() -> bool:
        moved = db.session.scalar(
            sa.update(Adjunto)
            .where(Adjunto.id == adjunto.id, Adjunto.almacen == source.name)
            .values(almacen=target.name)
            .returning(Adjunto.id)
        )
        return moved is not None

    return _move(adjunto.keys, source, target, retarget)


def move_kept(row: Guardado, source: Storage, target: Storage) -> str | None:
    """The same for the files of a row of another feature.

    Raises:
        OSError: one of the storages is down.
    """
    if problem := check_kept(row, source):
        return problem
    return _move(row.keys, source, target, lambda: row.mover(source.name, target.name))


def _move(
    keys: list[tuple[str, str | None]],
    source: Storage,
    target: Storage,
    retarget: Callable[[], bool],
) -> str | None:
    for key, _sha256 in keys:
        with source.open(key) as file:
            target.put(key, file)
        if hash_file(target, key) != hash_file(source, key):
            return "Lo que se leyó del destino no es lo que se escribió."
    with transaction():
        is_moved = retarget()
    if is_moved:
        for key, _sha256 in keys:
            source.delete(key)
    return None
