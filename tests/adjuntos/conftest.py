"""A storage of its own for each test, so that every file in it can be counted."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from app.adjuntos.storage import LocalStorage


@pytest.fixture
def archive(app: Flask, tmp_path: Path) -> Iterator[Path]:
    """The folder that the application keeps its files in during this test."""
    folder = tmp_path / "archivos"
    app.extensions["rastro_storage"] = LocalStorage(folder)
    yield folder
    del app.extensions["rastro_storage"]


def stored_files(folder: Path) -> list[Path]:
    """Every file under a folder, half-written ones too."""
    return sorted(path for path in folder.rglob("*") if path.is_file())
