"""A storage of its own for each test, so that every file in it can be counted."""

from __future__ import annotations

import itertools
import logging
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import boto3
import pytest
from flask import Flask
from moto.server import ThreadedMotoServer

from app.adjuntos.outside.bucket import S3Storage
from app.adjuntos.outside.storage import LocalStorage, Storage

_buckets = itertools.count(1)


class Archive:
    """What a storage holds, looked at from outside of the application."""

    def __init__(self, storage: Storage) -> None:
        self.storage = storage

    def keys(self) -> list[str]:
        """Every file, half-written ones too."""
        return keys_in(self.storage)

    def exists(self, key: str | None) -> bool:
        return self.storage.exists(key or "")

    def read(self, key: str | None) -> bytes:
        with self.storage.open(key or "") as file:
            return file.read()

    def lose(self, *keys: str | None) -> None:
        """Remove files behind the application's back."""
        for key in keys:
            self.storage.delete(key or "")

    def change(self, key: str | None, data: bytes) -> None:
        """Write other bytes behind the application's back."""
        self.storage.put(key or "", data)


@pytest.fixture
def archive(app: Flask, place: Storage) -> Iterator[Archive]:
    """The storage that the application keeps its files in, of each kind in turn."""
    app.extensions["rastro_storages"] = {place.name: place}
    config = app.extensions["rastro_config"]
    app.extensions["rastro_config"] = replace(config, storage_type=place.name)
    yield Archive(place)
    del app.extensions["rastro_storages"]


@pytest.fixture
def folder(app: Flask, tmp_path: Path) -> Iterator[Path]:
    """The folder that the application keeps its files in, where the kind of storage is the same."""
    path = tmp_path / "archivos"
    app.extensions["rastro_storages"] = {"local": LocalStorage(path)}
    yield path
    del app.extensions["rastro_storages"]


@pytest.fixture(scope="session")
def s3_endpoint() -> Iterator[str]:
    """A server on this machine that speaks as S3 does."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


def make_s3(endpoint: str) -> S3Storage:
    """A bucket of its own."""
    bucket = f"rastro-{next(_buckets)}"
    access = {"aws_access_key_id": "x", "aws_secret_access_key": "y"}
    client = boto3.client("s3", region_name="us-east-1", endpoint_url=endpoint, **access)
    client.create_bucket(Bucket=bucket)
    return S3Storage(bucket, region="us-east-1", key_id="x", secret="y", endpoint=endpoint)


@pytest.fixture(params=["local", "s3"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Storage:
    """An empty storage of each kind in turn."""
    if request.param == "local":
        return LocalStorage(tmp_path / "archivos")
    return make_s3(request.getfixturevalue("s3_endpoint"))


@pytest.fixture
def both(app: Flask, tmp_path: Path, s3_endpoint: str) -> Iterator[dict[str, Storage]]:
    """The application with a folder and a bucket."""
    storages: dict[str, Storage] = {
        "local": LocalStorage(tmp_path / "archivos"),
        "s3": make_s3(s3_endpoint),
    }
    app.extensions["rastro_storages"] = storages
    yield storages
    del app.extensions["rastro_storages"]


def keys_in(storage: Storage) -> list[str]:
    """Every key of a storage."""
    prefixes = ("originales", "copias", "miniaturas", "expedientes", "papelera")
    return sorted(file.key for prefix in prefixes for file in storage.files(prefix))
