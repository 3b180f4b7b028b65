"""The version of the tables, which is read without Alembic and is what Alembic says."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Flask

from app.db import db
from app.db.schema_version import newest_of, newest_revision, read_revision
from config import ROOT


def test_newest_migration_is_the_head_of_alembic():
    config = Config()
    config.set_main_option("script_location", str(ROOT / "migrations"))

    assert newest_revision() == ScriptDirectory.from_config(config).get_current_head()


def test_revision_of_the_tables_is_what_alembic_reads(app: Flask):
    with app.app_context(), db.engine.connect() as connection:
        read = read_revision(connection)

        assert read == MigrationContext.configure(connection).get_current_revision()
        assert read == newest_revision()


@pytest.mark.parametrize(
    "written",
    [{}, {"a.py": ("0001", None), "b.py": ("0002", "0001"), "c.py": ("0003", "0001")}],
    ids=["none", "two branches"],
)
def test_folder_without_one_newest_migration_is_refused(
    tmp_path: Path, written: dict[str, tuple[str, str | None]]
):
    for name, (revision, below) in written.items():
        quoted = f'"{below}"' if below else "None"
        (tmp_path / name).write_text(f'revision = "{revision}"\ndown_revision = {quoted}\n')

    with pytest.raises(ValueError, match="one newest migration"):
        newest_of(tmp_path)


def test_start_with_the_newest_tables_imports_no_alembic(app: Flask):
    """And none of what the libraries' commands print with: that was a third of a second."""
    program = (
        "import sys\n"
        "sys.argv = ['prepare']\n"
        "import runpy\n"
        "try: runpy.run_module('app.prepare_installation', run_name='__main__')\n"
        "except SystemExit as ended: assert not ended.code, ended\n"
        "print(*sorted({'alembic', 'flask_migrate', 'rich', 'dotenv'} & set(sys.modules)))\n"
    )
    config = app.extensions["rastro_config"]
    env = {
        "ENVIRONMENT": "test",
        "SECRET_KEY": "only for this test, and nothing else",
        "INSTANCE_DIR": str(config.instance_dir),
        "DATABASE_URL": config.database_url,
    }

    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, env=env, capture_output=True, text=True
    )

    assert done.returncode == 0, done.stderr
    report, imported = done.stdout.splitlines()[-2:]
    assert report.startswith("{")
    assert imported == ""
