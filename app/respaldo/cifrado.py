"""Locking an archive with a passphrase, in the format of age (https://age-encryption.org).

Each archive has a key of its own, locked with the passphrase; the archive itself is locked with
that key, which works in pieces: nothing has to fit in memory. Both members can also be opened
without Rastro: ``age -d clave.age > clave`` asks for the passphrase, and then
``age -d -i clave datos.tar.age > datos.tar``.
"""

from __future__ import annotations

import shutil
import tarfile
import tempfile
from io import BytesIO
from pathlib import Path

import pyrage

from app.respaldo.errors import BackupError

KEY_MEMBER = "clave.age"
DATA_MEMBER = "datos.tar.age"


def lock(plain: Path, target: Path, passphrase: str) -> None:
    """Write ``target``, which only the passphrase opens."""
    identity = pyrage.x25519.Identity.generate()
    key = pyrage.passphrase.encrypt(str(identity).encode(), passphrase)
    with tempfile.TemporaryFile(dir=target.parent) as locked:
        with plain.open("rb") as file:
            pyrage.encrypt_io(file, locked, [identity.to_public()])
        size = locked.tell()
        locked.seek(0)
        with tarfile.open(target, "w") as archive:
            archive.addfile(_member(KEY_MEMBER, len(key)), BytesIO(key))
            archive.addfile(_member(DATA_MEMBER, size), locked)


def unlock(locked: Path, target: Path, passphrase: str) -> None:
    """Write the plain archive.

    Raises:
        BackupError: the passphrase is another one, or the archive is damaged.
    """
    if not passphrase:
        raise BackupError("El respaldo está cifrado: ponga su frase en BACKUP_PASSPHRASE.")
    try:
        with tarfile.open(locked) as archive:
            key, data = archive.extractfile(KEY_MEMBER), archive.extractfile(DATA_MEMBER)
            if key is None or data is None:
                raise BackupError("El respaldo cifrado está incompleto.")
            secret = pyrage.passphrase.decrypt(key.read(), passphrase).decode()
            identity = pyrage.x25519.Identity.from_str(secret)
            with target.open("wb") as file, tempfile.TemporaryFile(dir=target.parent) as spool:
                shutil.copyfileobj(data, spool)
                spool.seek(0)
                pyrage.decrypt_io(spool, file, [identity])
    except (pyrage.DecryptError, pyrage.IdentityError):
        raise BackupError(
            "La frase de BACKUP_PASSPHRASE no abre este respaldo, o el archivo está dañado."
        ) from None
    except (KeyError, OSError, EOFError, tarfile.TarError) as error:
        raise BackupError(f"El respaldo cifrado está dañado: {error}.") from None


def _member(name: str, size: int) -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.size = size
    info.mode = 0o600
    return info
