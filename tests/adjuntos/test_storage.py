"""A file is there whole or not at all, in a folder as in a bucket, and a key never leaves it."""

from __future__ import annotations

import errno
import hashlib
import os
import stat
from datetime import timedelta

import pytest
from PIL import Image

from app.adjuntos.models import Adjunto
from app.adjuntos.outside.bucket import S3Storage
from app.adjuntos.outside.storage import (
    FileMissing,
    LocalStorage,
    StorageDown,
    current_storage,
    get_storage,
)
from app.core.clock import utcnow
from tests.adjuntos.conftest import keys_in
from tests.adjuntos.files import encode, send

KEY = "originales/ab/abc-1.jpg"


@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
def test_an_original_of_some_megabytes_is_kept_to_its_last_byte(
    app, place, oficio, usuario_investigador, rows, kind
):
    """It is drawn from before it is stored, and reading it there must not move it here."""
    data = encode(Image.effect_noise((1200, 1100), 90).convert("RGB"), kind)
    assert len(data) > 500_000

    (result,) = send(app, oficio, usuario_investigador, ("a.jpg", data), storage=place)

    assert result.problem is None
    row = rows(Adjunto)[0]
    with place.open(row.original_key) as file:
        assert file.read() == data
    assert (row.tamano_bytes, row.sha256) == (len(data), hashlib.sha256(data).hexdigest())


def test_what_was_put_is_opened_as_it_was(place):
    data = os.urandom(3 * 1024 * 1024)

    place.put(KEY, data)

    with place.open(KEY) as file:
        assert file.read(10) == data[:10]
        assert file.read() == data[10:]
    assert place.exists(KEY)


def test_deleting_twice_is_fine_and_a_missing_file_is_named(place):
    place.put("copias/a-1.jpg", b"bytes")

    place.delete("copias/a-1.jpg")
    place.delete("copias/a-1.jpg")

    assert not place.exists("copias/a-1.jpg")
    with pytest.raises(FileMissing, match="no está en el almacenamiento"):
        place.open("copias/a-1.jpg")


def test_putting_again_replaces(place):
    place.put(KEY, b"one")
    place.put(KEY, b"two")

    with place.open(KEY) as file:
        assert file.read() == b"two"
    assert keys_in(place) == [KEY]


def test_files_are_listed_by_prefix_with_their_age(place):
    place.put(KEY, b"a")
    place.put("copias/a-1.jpg", b"b")

    (found,) = place.files("originales")
    assert found.key == KEY
    assert abs(found.modified_at - utcnow()) < timedelta(seconds=30)
    assert list(place.files("miniaturas")) == []


def test_a_file_gets_another_key(place):
    place.put(KEY, b"a")

    place.move(KEY, "papelera/abc-1.jpg")

    assert keys_in(place) == ["papelera/abc-1.jpg"]
    with place.open("papelera/abc-1.jpg") as file:
        assert file.read() == b"a"


@pytest.mark.parametrize(
    "key", ["../secreto", "/etc/passwd", "copias/../../a", "copias/a\n", "copias", "a/.b"]
)
def test_a_key_cannot_name_a_place_outside(place, key):
    for verb in (place.open, place.exists, place.delete, lambda k: place.put(k, b"")):
        with pytest.raises(ValueError, match="not a key"):
            verb(key)


def test_a_file_that_the_law_took_is_missing_and_nothing_is_kept_without_a_key(place):
    with pytest.raises(FileMissing):
        place.open("")
    with pytest.raises(ValueError, match="not a key"):
        place.put("", b"")


def test_only_the_application_itself_may_read_the_files(tmp_path):
    storage = LocalStorage(tmp_path / "archivos")
    storage.put(KEY, b"bytes")

    path = tmp_path / "archivos" / KEY
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_a_disk_that_fills_up_leaves_nothing_behind(tmp_path, monkeypatch):
    storage = LocalStorage(tmp_path)

    def full(_descriptor):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)

    with pytest.raises(OSError, match="No space left"):
        storage.put("copias/a-1.jpg", b"bytes")
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def nowhere() -> S3Storage:
    """A bucket behind a closed door."""
    return S3Storage("b", region="us-east-1", key_id="x", secret="y", endpoint="http://127.0.0.1:9")


@pytest.mark.parametrize(
    "deed",
    [
        lambda s: s.put(KEY, b"a"),
        lambda s: s.open(KEY),
        lambda s: s.exists(KEY),
        lambda s: s.delete(KEY),
        lambda s: list(s.files("originales")),
    ],
)
def test_a_bucket_that_does_not_answer_is_a_sentence_and_an_oserror(deed):
    with pytest.raises(StorageDown, match="no responde") as down:
        deed(nowhere())
    assert isinstance(down.value, OSError)


def test_a_bucket_that_refuses_is_down_and_not_empty(s3_endpoint):
    storage = S3Storage(
        "no-existe", region="us-east-1", key_id="x", secret="y", endpoint=s3_endpoint
    )

    with pytest.raises(StorageDown):
        storage.open(KEY)
    with pytest.raises(StorageDown):
        list(storage.files("originales"))


def test_the_application_stores_where_its_configuration_says(app, configure, tmp_path, s3_endpoint):
    configure(storage_dir=tmp_path / "otro")
    with app.app_context():
        current_storage().put("copias/a-1.jpg", b"bytes")
        with pytest.raises(StorageDown):
            get_storage("s3")
    assert (tmp_path / "otro/copias/a-1.jpg").read_bytes() == b"bytes"

    configure(
        storage_type="s3",
        s3_bucket_name="b",
        aws_access_key_id="x",
        aws_secret_access_key="y",
        s3_endpoint_url=s3_endpoint,
    )
    with app.app_context():
        storage = current_storage()
        assert isinstance(storage, S3Storage)
        assert storage.client.meta.endpoint_url == s3_endpoint
