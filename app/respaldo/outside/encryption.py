"""Locking an archive with a passphrase, in the format of age (https://age-encryption.org).

The archive is locked with a key, which works in pieces: nothing has to fit in memory. The key,
locked with the passphrase, lies beside it. Both members can also be opened without Rastro:
``age -d clave.age > clave`` asks for the passphrase, and then
``age -d -i clave datos.tar.age > datos.tar``.

Locking a key with a passphrase takes a second and up to half a gigabyte, on purpose. On a small
machine that is too much for each night, so the locked key is kept beside the backups and used until
the passphrase changes.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import os
import secrets
import shutil
import tarfile
import tempfile
from contextlib import suppress
from io import BytesIO
from pathlib import Path

import pyrage

from app.respaldo.rules.backup_errors import BackupError

KEY_MEMBER = "clave.age"
DATA_MEMBER = "datos.tar.age"
#: In the folder of the backups; without it the next backup makes another.
KEYS = ".clave.json"


def lock(plain: Path, target: Path, passphrase: str, *, keys: Path) -> None:
    """Write ``target``, which only the passphrase opens. ``keys`` is the file of the locked key."""
    recipient, key = _kept_key(keys, passphrase) or _new_key(keys, passphrase)
    with tempfile.TemporaryFile(dir=target.parent) as locked:
        with plain.open("rb") as file:
            pyrage.encrypt_io(file, locked, [pyrage.x25519.Recipient.from_str(recipient)])
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


def _kept_key(keys: Path, passphrase: str) -> tuple[str, bytes] | None:
    """The public key and the locked key of before; None if passphrase or file are others."""
    with suppress(OSError, ValueError, KeyError, TypeError):
        kept = json.loads(keys.read_text())
        recipient, key = str(kept["recipient"]), base64.b64decode(kept["key"])
        seal = _seal(passphrase, bytes.fromhex(kept["salt"]), recipient, key)
        if hmac.compare_digest(kept["seal"], seal):
            return recipient, key
    return None


def _new_key(keys: Path, passphrase: str) -> tuple[str, bytes]:
    identity = pyrage.x25519.Identity.generate()
    recipient = str(identity.to_public())
    key = pyrage.passphrase.encrypt(str(identity).encode(), passphrase)
    salt = secrets.token_bytes(16)
    kept = {
        "recipient": recipient,
        "key": base64.b64encode(key).decode(),
        "salt": salt.hex(),
        "seal": _seal(passphrase, salt, recipient, key),
    }
    fresh = keys.with_name(f"{keys.name}.{secrets.token_hex(4)}")
    with suppress(OSError):  # then it is made again next time
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            json.dump(kept, file)
        fresh.replace(keys)
    return recipient, key


def _seal(passphrase: str, salt: bytes, recipient: str, key: bytes) -> str:
    """Who does not know the passphrase cannot put another key in the place of the kept one."""
    secret = hashlib.scrypt(passphrase.encode(), salt=salt, n=2**15, r=8, p=1, maxmem=2**26)
    return hmac.new(secret, recipient.encode() + key, "sha256").hexdigest()


def _member(name: str, size: int) -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.size = size
    info.mode = 0o600
    return info
