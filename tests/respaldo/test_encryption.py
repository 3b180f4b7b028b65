from __future__ import annotations

import json
import tarfile

import pyrage
import pytest

from app.respaldo.outside.encryption import DATA_MEMBER, KEY_MEMBER, lock, unlock
from app.respaldo.rules.backup_errors import BackupError

PASSPHRASE, OTHER = "una frase larga", "otra frase larga"


@pytest.fixture
def plain(tmp_path):
    path = tmp_path / "datos.tar"
    path.write_bytes(b"lo que se respalda" * 1000)
    return path


def key_in(archive) -> bytes:
    with tarfile.open(archive) as found:
        file = found.extractfile(KEY_MEMBER)
        assert file is not None
        return file.read()


def opens(archive, passphrase, folder) -> bytes:
    unlock(archive, folder / "abierto", passphrase)
    return (folder / "abierto").read_bytes()


@pytest.mark.usefixtures("full_work")
def test_the_passphrase_is_worked_out_once_and_opens_every_archive(tmp_path, plain, monkeypatch):
    keys, calls = tmp_path / ".clave.json", []
    encrypt = pyrage.passphrase.encrypt
    counted = lambda *args: calls.append(args) or encrypt(*args)  # noqa: E731  # read once
    monkeypatch.setattr("app.respaldo.outside.encryption.pyrage.passphrase.encrypt", counted)
    for name in ("uno", "dos"):
        lock(plain, tmp_path / name, PASSPHRASE, keys=keys)

    assert len(calls) == 1
    assert keys.stat().st_mode & 0o077 == 0
    assert PASSPHRASE not in keys.read_text()
    for name in ("uno", "dos"):
        assert opens(tmp_path / name, PASSPHRASE, tmp_path) == plain.read_bytes()
    with pytest.raises(BackupError, match="no abre"):
        opens(tmp_path / "dos", OTHER, tmp_path)


def test_another_passphrase_gets_another_key_and_old_archives_keep_theirs(tmp_path, plain):
    keys = tmp_path / ".clave.json"
    lock(plain, tmp_path / "uno", PASSPHRASE, keys=keys)
    lock(plain, tmp_path / "dos", OTHER, keys=keys)

    assert key_in(tmp_path / "uno") != key_in(tmp_path / "dos")
    assert opens(tmp_path / "uno", PASSPHRASE, tmp_path) == plain.read_bytes()
    assert opens(tmp_path / "dos", OTHER, tmp_path) == plain.read_bytes()


@pytest.mark.parametrize("part", ["recipient", "key", "seal", "salt", "everything"])
def test_a_kept_key_that_somebody_changed_is_not_used(tmp_path, plain, part):
    """Else backups would be made that nobody opens, or that somebody else does."""
    keys = tmp_path / ".clave.json"
    lock(plain, tmp_path / "uno", PASSPHRASE, keys=keys)
    kept = json.loads(keys.read_text())
    stranger = pyrage.x25519.Identity.generate()
    changed = {"recipient": str(stranger.to_public()), "key": "AAAA", "salt": "00" * 16}
    if part == "everything":
        keys.write_text("{roto")
    else:
        keys.write_text(json.dumps({**kept, part: changed.get(part, "00" * 32)}))

    lock(plain, tmp_path / "dos", PASSPHRASE, keys=keys)

    assert opens(tmp_path / "dos", PASSPHRASE, tmp_path) == plain.read_bytes()
    with tarfile.open(tmp_path / "dos") as archive:
        file = archive.extractfile(DATA_MEMBER)
        assert file is not None
        with pytest.raises(pyrage.DecryptError):
            pyrage.decrypt(file.read(), [stranger])
