"""In production no stranger reads the data; what cannot be closed stops the start."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from app.estado.outside.private_data import keep_private
from app.feature import StartRefused
from config import ROOT, load_config


@pytest.fixture
def config(tmp_path):
    """Production with folders that everybody may read, the group too."""
    folder = tmp_path / "datos"
    config = load_config({"INSTANCE_DIR": str(folder), "SECRET_KEY": "only for tests"})
    config = replace(config, environment="production")
    for path in (folder, config.storage_dir, config.backup_dir):
        path.mkdir()
        path.chmod(0o755)
    database = folder / "rastro.sqlite3"
    database.touch()
    database.chmod(0o644)
    return config


def modes(config) -> dict[str, str]:
    folder = config.instance_dir
    return {
        path.name: f"{stat.S_IMODE(path.stat().st_mode):o}" for path in (folder, *folder.iterdir())
    }


def test_production_closes_its_data_to_strangers_and_leaves_the_group(config):
    keep_private(config)

    assert modes(config) == {
        "datos": "750",
        "archivos": "750",
        "respaldos": "750",
        "rastro.sqlite3": "640",
    }


def test_a_laptop_is_left_as_it_is(config):
    keep_private(replace(config, environment="development"))

    assert modes(config)["datos"] == "755"


def test_what_cannot_be_closed_is_refused_with_what_to_do(config, monkeypatch):
    def refuse(_path, _mode):
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(Path, "chmod", refuse)

    with pytest.raises(StartRefused, match=f"chmod o-rwx {config.instance_dir}"):
        keep_private(config)


def test_a_command_makes_files_for_its_own_account_alone(tmp_path):
    """The umask of whoever starts it does not matter."""
    script = "import os; os.umask(0); import wsgi; open('made', 'w').close()"
    environment = {
        **os.environ,
        "PYTHONPATH": str(ROOT),
        "INSTANCE_DIR": str(tmp_path / "datos"),
        "ENVIRONMENT": "test",
        "SECRET_KEY": "only for tests, never anywhere else",
    }
    subprocess.run([sys.executable, "-c", script], check=True, cwd=tmp_path, env=environment)

    assert stat.S_IMODE((tmp_path / "made").stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / "datos").stat().st_mode) == 0o700
