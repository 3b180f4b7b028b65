"""The whole drill: people write, a backup is made, everything is lost, and it comes back."""

from __future__ import annotations

import hashlib
import io
import json
import tarfile
import threading
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from app.adjuntos.models import Adjunto
from app.ajustes.service import set_setting
from app.auditoria.service import audit
from app.core.clock import utcnow
from app.db import Model, db, transaction
from app.respaldo.outside.archive import MANIFEST, read_manifest
from app.respaldo.outside.database_copy import count_rows, is_empty
from app.respaldo.rules.backup_errors import BackupError, NotEmpty
from app.respaldo.service import list_backups, verify_backup
from tests.adjuntos.files import jpeg, make_adjunto
from tests.informes.expedientes import make_stub
from tests.respaldo.offices import back_up, content, file_hashes, restore, storage_of

PASSPHRASE = "una frase larga de prueba"


class Writers:
    """People at work: one adds photos, another does deeds that write two rows at once."""

    def __init__(self, app) -> None:
        self.app = app
        self.stop = threading.Event()
        self.done = {"photos": 0, "pairs": 0}
        self.errors: list[BaseException] = []
        self.threads = [
            threading.Thread(target=self.work, args=(verb,)) for verb in (self.photo, self.pair)
        ]

    def __enter__(self):
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_exc):
        self.stop.set()
        for thread in self.threads:
            thread.join()
        assert self.errors == []

    def work(self, verb):
        try:
            # A breath between two deeds, or one of them never gets SQLite's lock on a busy machine.
            while not self.stop.wait(0.01):
                verb()
        except BaseException as error:  # told by the test, not by the thread
            self.errors.append(error)

    def photo(self):
        make_adjunto(self.app, *self.app.extensions["rows_for_tests"], data=jpeg((200, 150)))
        self.done["photos"] += 1

    def pair(self):
        with self.app.app_context(), transaction():
            for _ in range(2):
                audit("prueba.par", actor=None, now=utcnow(), entidad="prueba", entidad_id=1)
        self.done["pairs"] += 1

    def wait_for(self, photos: int, pairs: int):
        start = dict(self.done)
        while self.done["photos"] < start["photos"] + photos or (
            self.done["pairs"] < start["pairs"] + pairs
        ):
            assert not self.errors, self.errors
            self.stop.wait(0.01)


@pytest.mark.parametrize("passphrase", ["", PASSPHRASE])
def test_what_was_backed_up_while_people_wrote_comes_back_whole(
    office, elsewhere, tmp_path, passphrase
):
    folder = tmp_path / "respaldos"
    with Writers(office) as writers:
        writers.wait_for(3, 10)
        backup = back_up(office, folder, passphrase=passphrase)
        during = dict(writers.done)
        writers.wait_for(2, 5)
    manifest = verify_backup(backup.path, passphrase=passphrase)
    originals = {key: storage_hash(office, key) for key in manifest.stored_files}
    destroy(office)

    restored = restore(elsewhere, backup.path, passphrase=passphrase)

    with elsewhere.app_context():
        assert count_rows() == manifest.rows == restored.rows
        photos = db.session.scalar(sa.select(sa.func.count()).select_from(Adjunto))
        assert 4 <= photos <= during["photos"] + 2
    # Each deed is there whole or not at all, and each photo that a row names is there.
    pairs = [row for row in content(elsewhere)["auditoria"] if "prueba.par" in row]
    assert len(pairs) >= 20
    assert len(pairs) % 2 == 0
    assert manifest.missing == manifest.altered == []
    assert file_hashes(storage_of(elsewhere).root) == manifest.stored_files == originals
    # People go on where they were: new rows get numbers of their own.
    elsewhere.extensions["rows_for_tests"] = office.extensions["rows_for_tests"]
    make_adjunto(elsewhere, *elsewhere.extensions["rows_for_tests"])


def storage_hash(app, key: str) -> str:
    return hashlib.sha256(
        (storage_of(app).root / key.removeprefix("local/")).read_bytes()
    ).hexdigest()


def destroy(app):
    with app.app_context():
        db.session.remove()
        Model.metadata.drop_all(db.engine)
    for path in storage_of(app).root.rglob("*"):
        if path.is_file():
            path.unlink()


def test_a_quiet_backup_is_the_same_to_the_last_value(office, elsewhere, tmp_path):
    with office.app_context(), transaction():
        set_setting("raro", "tabulador\t, salto\n, barra \\N, «ñ» 🚗 y '")
    before = content(office)

    restore(elsewhere, back_up(office, tmp_path).path)

    assert content(elsewhere) == before


def test_an_issued_expediente_comes_back_with_its_pdf(office, elsewhere, tmp_path):
    row = make_stub(office, *office.extensions["rows_for_tests"])
    copied = back_up(office, tmp_path / "respaldos")

    restore(elsewhere, copied.path)

    with storage_of(elsewhere).open(row.pdf_key) as file:
        assert hashlib.sha256(file.read()).hexdigest() == row.sha256


def test_nothing_is_overwritten_until_it_is_said(office, elsewhere, tmp_path):
    backup = back_up(office, tmp_path / "r")
    make_adjunto(office, *office.extensions["rows_for_tests"])
    before = content(office), file_hashes(storage_of(office).root)

    with pytest.raises(NotEmpty):
        restore(office, backup.path)
    assert (content(office), file_hashes(storage_of(office).root)) == before

    restore(office, backup.path, overwrite=True, with_files=False)
    assert file_hashes(storage_of(office).root) == before[1]
    manifest = restore(office, backup.path, overwrite=True, now=utcnow() + timedelta(seconds=1))
    assert file_hashes(storage_of(office).root) == manifest.stored_files
    aside = storage_of(office).root.parent.glob("archivos.antes-*")
    assert [file_hashes(path) for path in aside] == [before[1]]


def test_an_archive_of_the_first_format_comes_back_too(office, elsewhere, tmp_path):
    """It named no storage: its files belong to the one in use."""
    before = file_hashes(storage_of(office).root)
    backup = back_up(office, tmp_path / "r")
    rewrite_as_first_format(backup.path)
    assert read_manifest(backup.path).format == 1

    restore(elsewhere, backup.path)

    assert file_hashes(storage_of(elsewhere).root) == before


def rewrite_as_first_format(path: Path) -> None:
    with tarfile.open(path) as archive:
        files = {each.name: archive.extractfile(each) for each in archive}
        members = {name: file.read() for name, file in files.items() if file}
    manifest = json.loads(members.pop(MANIFEST))
    plain = {name: name.replace("archivos/local/", "archivos/") for name in members}
    manifest["format"] = 1
    manifest["files"] = {plain[name]: digest for name, digest in manifest["files"].items()}
    with tarfile.open(path, "w") as archive:
        parts = [(plain[name], data) for name, data in members.items()]
        for name, data in [*parts, (MANIFEST, json.dumps(manifest).encode())]:
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))


@pytest.mark.parametrize("passphrase", ["", PASSPHRASE])
def test_damage_is_found_and_nothing_is_touched(office, elsewhere, tmp_path, passphrase):
    backup = back_up(office, tmp_path / "r", passphrase=passphrase)
    whole = backup.path.read_bytes()
    middle = len(whole) // 2
    cases = {
        "cut short": whole[:middle],
        "a changed byte": whole[:middle] + bytes([whole[middle] ^ 1]) + whole[middle + 1 :],
        "empty": b"",
    }

    for what, data in cases.items():
        backup.path.write_bytes(data)
        with pytest.raises(BackupError):
            restore(elsewhere, backup.path, passphrase=passphrase)
        with elsewhere.app_context():
            assert is_empty(), what
        assert not storage_of(elsewhere).root.exists(), what


def test_the_wrong_passphrase_says_so(office, tmp_path):
    backup = back_up(office, tmp_path, passphrase=PASSPHRASE)

    assert PASSPHRASE.encode() not in backup.path.read_bytes()
    for wrong, sentence in (("otra frase bien larga", "no abre"), ("", "está cifrado")):
        with pytest.raises(BackupError, match=sentence):
            verify_backup(backup.path, passphrase=wrong)


def test_a_file_that_was_lost_or_changed_before_is_named(office, tmp_path):
    oficio, usuario = office.extensions["rows_for_tests"]
    lost, changed = make_adjunto(office, oficio, usuario), make_adjunto(office, oficio, usuario)
    root = storage_of(office).root
    (root / lost.original_key).unlink()
    (root / changed.original_key).write_bytes(b"otra cosa")

    manifest = back_up(office, tmp_path / "r").manifest

    assert manifest.missing == [f"local/{lost.original_key}"]
    assert manifest.altered == [f"local/{changed.original_key}"]


def test_a_backup_that_cannot_be_written_leaves_nothing(office, tmp_path):
    def full() -> None:
        raise OSError(28, "No space left on device")

    with pytest.raises(BackupError, match="No se pudo escribir"):
        back_up(office, tmp_path / "r", step=full)
    assert list((tmp_path / "r").iterdir()) == []
    assert list_backups(tmp_path / "r") == []


def test_a_database_without_tables_is_not_backed_up(elsewhere, tmp_path):
    with pytest.raises(BackupError):
        back_up(elsewhere, tmp_path / "r")


def test_the_newest_come_first(office, tmp_path):
    now = utcnow()
    for days in (2, 0, 1):
        back_up(office, tmp_path / "r", now=now - timedelta(days=days))

    names = [backup.name for backup in list_backups(tmp_path / "r")]
    assert names == sorted(names, reverse=True)
    assert len(names) == 3
