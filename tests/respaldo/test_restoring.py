"""A restore that cannot end changes nothing, says why, and names what a good one set aside."""

from __future__ import annotations

import errno
import io
import json
import os
import shutil
import subprocess
import tarfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from app import create_app
from app.core.clock import utcnow
from app.db import db
from app.respaldo.outside import swapping
from app.respaldo.outside.archive import MANIFEST
from app.respaldo.rules.backup_errors import BackupError
from app.respaldo.service import restoring
from app.usuarios.rules import Rol
from tests.adjuntos.files import jpeg, make_adjunto
from tests.factories import make_buffet, make_oficio, make_usuario
from tests.plugins.application import test_config as config_for_tests
from tests.plugins.databases import copy_sqlite
from tests.respaldo.offices import (
    back_up,
    content,
    dispose,
    file_hashes,
    restore,
    storage_of,
)


def state_of(app) -> tuple[object, object]:
    return content(app), file_hashes(storage_of(app).root)


def leftovers(app) -> list[str]:
    folder = app.extensions["rastro_config"].instance_dir
    return [path.name for path in folder.rglob("*") if "restaurando" in path.name]


@pytest.fixture
def changed(office, tmp_path):
    """An office with a backup, and what people did since."""
    backup = back_up(office, tmp_path / "r")
    make_adjunto(office, *office.extensions["rows_for_tests"], data=jpeg((300, 200)))
    return office, backup


def test_what_was_there_is_named_and_whole(changed):
    app, backup = changed
    before = state_of(app)
    aside: list[Path] = []

    manifest = restore(app, backup.path, overwrite=True, set_aside=aside)

    assert file_hashes(storage_of(app).root) == manifest.stored_files
    folder = next(path for path in aside if path.is_dir())
    assert file_hashes(folder) == before[1]
    assert len(aside) == (2 if manifest.kind == "sqlite" else 1)
    assert leftovers(app) == []


@pytest.mark.usefixtures("once")
def test_a_backup_within_the_files_that_it_replaces_is_refused(changed):
    app, backup = changed
    inside = storage_of(app).root / "respaldos" / backup.path.name
    inside.parent.mkdir()
    shutil.copy(backup.path, inside)
    before = state_of(app)

    with pytest.raises(BackupError, match=r"dentro de .*No se cambió nada.*BACKUP_DIR"):
        restore(app, inside, overwrite=True)

    assert state_of(app) == before
    assert inside.read_bytes() == backup.path.read_bytes()


def test_two_restores_in_one_second_keep_both(changed):
    app, backup = changed
    now, aside = utcnow(), []
    for _ in range(3):
        restore(app, backup.path, overwrite=True, now=now, set_aside=aside)

    assert len(set(aside)) == len(aside)
    assert all(path.exists() for path in aside)


def rewrite_manifest(path: Path, **values: object) -> None:
    with tarfile.open(path) as archive:
        files = {each.name: archive.extractfile(each) for each in archive}
        members = {name: file.read() for name, file in files.items() if file}
    manifest = {**json.loads(members.pop(MANIFEST)), **values}
    with tarfile.open(path, "w") as archive:
        for name, data in [*members.items(), (MANIFEST, json.dumps(manifest).encode())]:
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))


def test_rows_that_do_not_add_up_leave_all_as_it_was(changed):
    app, backup = changed
    rewrite_manifest(backup.path, rows={**backup.manifest.rows, "oficios": 99})
    before = state_of(app)

    with pytest.raises(BackupError, match=r"no calzan las filas de: oficios\. No se cambió nada"):
        restore(app, backup.path, overwrite=True)

    assert state_of(app) == before
    assert leftovers(app) == []


@pytest.mark.usefixtures("once")
@pytest.mark.parametrize("step", range(4))
def test_a_name_that_cannot_be_changed_puts_all_names_back(changed, monkeypatch, step):
    """Whichever of the exchanges of names fails, those before it are undone."""
    app, backup = changed
    before = state_of(app)
    done = []
    rename = swapping.Swap._rename

    def fail_at(self, old, new):
        done.append(old)
        if len(done) > step:
            raise OSError(errno.EIO, "Input/output error")
        rename(self, old, new)

    monkeypatch.setattr(swapping.Swap, "_rename", fail_at)
    kind = backup.manifest.kind
    if kind == "postgresql" and step > 1:
        restore(app, backup.path, overwrite=True)  # its tables need no names
        return
    with pytest.raises(BackupError, match="No se cambió nada"):
        restore(app, backup.path, overwrite=True)

    dispose(app)
    assert state_of(app) == before
    assert leftovers(app) == []


def test_what_a_killed_restore_left_is_cleared_away(changed):
    app, backup = changed
    folder = app.extensions["rastro_config"].instance_dir
    left = folder / "archivos.restaurando-archivos"
    left.mkdir()
    (left / "half").write_text("a file")

    manifest = restore(app, backup.path, overwrite=True)

    assert leftovers(app) == []
    assert file_hashes(storage_of(app).root) == manifest.stored_files


@pytest.fixture(params=["bind", "tmpfs"])
def mounted(changed, request) -> Iterator[tuple[object, object]]:
    """The changed office, with its folder of files on a volume of its own."""
    if os.geteuid() != 0:
        pytest.skip("only root may mount a volume")
    root = storage_of(changed[0]).root
    inside = root.with_name("de antes")
    root.rename(inside)
    root.mkdir()
    options = ["--bind", str(inside)] if request.param == "bind" else ["-t", "tmpfs", "none"]
    subprocess.run(["mount", *options, str(root)], check=True)
    if request.param == "tmpfs":
        shutil.copytree(inside, root, dirs_exist_ok=True)
    yield changed
    subprocess.run(["umount", "--lazy", str(root)], check=True)


@pytest.mark.usefixtures("once")
def test_a_folder_that_is_a_volume_keeps_its_name_and_what_was_in_it(mounted):
    """A container's volume cannot be renamed: its content changes places inside."""
    app, backup = mounted
    root, before = storage_of(app).root, file_hashes(storage_of(app).root)
    (root / "lost+found").mkdir()

    for _ in range(2):
        aside: list[Path] = []
        manifest = restore(app, backup.path, overwrite=True, set_aside=aside)
        (folder,) = (path for path in aside if path.is_dir())
        assert folder.parent == root
        assert file_hashes(folder) == before
        before = manifest.stored_files
        in_use = {
            name: digest
            for name, digest in file_hashes(root).items()
            if not name.startswith("local/antes-")
        }
        assert in_use == manifest.stored_files

    assert (root / "lost+found").is_dir()
    assert leftovers(app) == []


@pytest.mark.usefixtures("once")
@pytest.mark.parametrize("step", range(3))
def test_a_volume_gets_its_content_back_when_a_name_cannot_be_changed(mounted, monkeypatch, step):
    app, backup = mounted
    before, done = state_of(app), []
    rename = swapping.Swap._rename

    def fail_at(self, old, new):
        done.append(old)
        if len(done) > step:
            raise OSError(errno.EIO, "Input/output error")
        rename(self, old, new)

    monkeypatch.setattr(swapping.Swap, "_rename", fail_at)
    if backup.manifest.kind == "postgresql" and step > 1:
        return  # its tables need no names
    with pytest.raises(BackupError, match="No se cambió nada"):
        restore(app, backup.path, overwrite=True)

    dispose(app)
    assert state_of(app) == before
    assert leftovers(app) == []
    assert list(storage_of(app).root.glob("antes-*")) == []


@pytest.mark.usefixtures("once")
def test_links_to_another_disk_stay_links(changed, tmp_path):
    """Whoever put the files or the database elsewhere by a link has them there after a restore."""
    app, backup = changed
    links = [storage_of(app).root]
    if backup.manifest.kind == "sqlite":
        with app.app_context():
            links.append(Path(str(db.engine.url.database)))
        dispose(app)
    (tmp_path / "otro").mkdir()
    for link in links:
        link.rename(tmp_path / "otro" / link.name)
        link.symlink_to(tmp_path / "otro" / link.name)

    aside: list[Path] = []
    manifest = restore(app, backup.path, overwrite=True, set_aside=aside)

    assert all(link.is_symlink() for link in links)
    assert file_hashes(storage_of(app).root) == manifest.stored_files
    assert {path.parent for path in aside} == {tmp_path / "otro"}
    assert len(aside) == len(links)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 3 MB."""
    if os.geteuid() != 0:
        pytest.skip("only root may mount a small disk")
    folder = tmp_path / "disco"
    folder.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=3m", "none", str(folder)], check=True)
    yield folder
    subprocess.run(["umount", "--lazy", str(folder)], check=True)


@pytest.fixture
def crowded(small_disk, database_kind, tmp_path, migrated_database_url):
    """An office whose data lie on the small disk, with a backup of more than its room."""
    url = migrated_database_url
    if database_kind == "sqlite":
        path = small_disk / "rastro.sqlite3"
        copy_sqlite(Path(url.removeprefix("sqlite:///")), path)
        url = f"sqlite:///{path}"
    app = create_app(config_for_tests(url, small_disk))
    usuario = make_usuario(app, Rol.INVESTIGADOR)
    oficio = make_oficio(app, make_buffet(app), usuario)
    for number in range(2):
        make_adjunto(app, oficio, usuario, data=jpeg((640, 480)) + os.urandom(400_000 + number))
    yield app, back_up(app, tmp_path / "r")
    dispose(app)


def test_without_room_nothing_is_begun(crowded):
    app, backup = crowded
    before = state_of(app)

    with pytest.raises(BackupError, match=r"No hay espacio para restaurar: hacen"):
        restore(app, backup.path, overwrite=True)

    assert state_of(app) == before
    assert leftovers(app) == []


def test_a_disk_that_fills_up_meanwhile_changes_nothing_and_is_what_is_blamed(crowded, monkeypatch):
    app, backup = crowded
    monkeypatch.setattr(restoring, "_SPARE", -(1024**3))
    folder = app.extensions["rastro_config"].instance_dir
    room = os.statvfs(folder)
    (folder / "lleno").write_bytes(bytes(max(0, room.f_bavail * room.f_frsize - 500_000)))
    before = state_of(app)

    with pytest.raises(BackupError) as caught:
        restore(app, backup.path, overwrite=True)

    assert "Se acabó el espacio" in str(caught.value)
    assert "dañado" not in str(caught.value), "the backup is good"
    assert state_of(app) == before
    assert leftovers(app) == []
