"""A file is there whole or not at all, and a key never leaves the folder."""

from __future__ import annotations

import errno
import os
import stat

import pytest

from app.adjuntos.storage import FileMissing, LocalStorage, current_storage


def test_what_was_put_is_opened_as_it_was(tmp_path):
    storage = LocalStorage(tmp_path / "archivos")

    storage.put("originales/ab/abc-1.jpg", b"bytes")

    with storage.open("originales/ab/abc-1.jpg") as file:
        assert file.read() == b"bytes"
    assert storage.exists("originales/ab/abc-1.jpg")


def test_only_the_application_itself_may_read_the_files(tmp_path):
    storage = LocalStorage(tmp_path / "archivos")
    storage.put("originales/ab/abc-1.jpg", b"bytes")

    path = tmp_path / "archivos/originales/ab/abc-1.jpg"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_deleting_twice_is_fine_and_a_missing_file_is_named(tmp_path):
    storage = LocalStorage(tmp_path)
    storage.put("copias/a-1.jpg", b"bytes")

    storage.delete("copias/a-1.jpg")
    storage.delete("copias/a-1.jpg")

    assert not storage.exists("copias/a-1.jpg")
    with pytest.raises(FileMissing, match="no está en el almacenamiento"):
        storage.open("copias/a-1.jpg")


def test_a_disk_that_fills_up_leaves_nothing_behind(tmp_path, monkeypatch):
    storage = LocalStorage(tmp_path)

    def full(_descriptor):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)

    with pytest.raises(OSError, match="No space left"):
        storage.put("copias/a-1.jpg", b"bytes")
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


@pytest.mark.parametrize(
    "key", ["../secreto", "/etc/passwd", "copias/../../a", "copias/a\n", "", "copias", "a/.b"]
)
def test_a_key_cannot_name_a_place_outside(tmp_path, key):
    with pytest.raises(ValueError, match="not a key"):
        LocalStorage(tmp_path).put(key, b"")


def test_the_application_stores_where_its_configuration_says(app, configure, tmp_path):
    configure(storage_dir=tmp_path / "otro")

    with app.app_context():
        current_storage().put("copias/a-1.jpg", b"bytes")

    assert (tmp_path / "otro/copias/a-1.jpg").read_bytes() == b"bytes"
