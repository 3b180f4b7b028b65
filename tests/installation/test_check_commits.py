"""The check of the commits of a change, on small repositories made for it."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from app.supervisor import ROOT

CHECK = ROOT / "tools" / "check_commits.py"
MODULES = ("app", "wsgi", "huey_consumer")


class Repository:
    """A repository with the three modules that have to import."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir()
        self.git("init", "-q", "-b", "main")
        for name in MODULES:
            (folder / f"{name}.py").write_text("")

    def git(self, *arguments: str) -> str:
        env = {"PATH": os.environ["PATH"], "HOME": str(self.folder), "GIT_CONFIG_NOSYSTEM": "1"}
        who = ["-c", "user.name=Ana", "-c", "user.email=ana@oficina.example"]
        done = subprocess.run(
            ["git", *who, *arguments],
            cwd=self.folder, env=env, check=True, capture_output=True, text=True,
        )  # fmt: skip
        return done.stdout.strip()

    def commit(self, subject: str, **files: str) -> str:
        for name, text in files.items():
            (self.folder / f"{name}.py").write_text(text)
        self.git("add", "-A")
        self.git("commit", "-q", "--allow-empty", "-m", subject)
        return self.git("rev-parse", "--short=7", "HEAD")


@pytest.fixture
def repository(tmp_path) -> Repository:
    return Repository(tmp_path / "repository")


def check(folder: Path, *options: str) -> tuple[int, str]:
    done = subprocess.run(
        [sys.executable, str(CHECK), *options],
        cwd=folder, check=False, capture_output=True, text=True,
    )  # fmt: skip
    return done.returncode, done.stdout + done.stderr


def test_each_commit_is_tried_by_itself_and_not_in_this_tree(repository):
    repository.commit("Begin")
    broken = repository.commit("Break the web", wsgi="import lo_que_no_hay\n")
    repository.commit("Mend the web", wsgi="import app\n")

    code, said = check(repository.folder)

    assert code == 1
    assert f"{broken}: does not import: ModuleNotFoundError" in said
    assert "3 of 3 tried" in said
    assert said.count("does not import") == 1
    assert repository.git("status", "--porcelain") == ""


def test_only_what_is_after_the_base_and_the_newest_are_looked_at(repository):
    repository.commit("Break the web", wsgi="1 +\n")
    base = repository.commit("Mend the web", wsgi="")
    repository.commit("Say more")

    assert check(repository.folder, "--base", base)[0] == 0
    assert check(repository.folder, "--most", "2")[0] == 0
    assert check(repository.folder)[0] == 1
    code, said = check(repository.folder, "--base", "no-such-branch")
    assert code == 1
    assert "no-such-branch is not in this clone" in said


def test_a_long_subject_is_told_and_an_old_one_let_be(repository):
    long = repository.commit("x" * 66)
    repository.commit("ñ" * 65)
    code, said = check(repository.folder)
    assert code == 1
    assert f"{long}: 66 characters" in said
    assert said.count("at most") == 1

    other = Repository(repository.folder.parent / "older")
    old = "2026-01-01T12:00:00Z"
    other.git("add", "-A")
    other.git("commit", "-q", "--date", old, "-m", "x" * 66)
    assert check(other.folder)[0] == 0


def test_when_the_time_is_over_it_says_how_many_it_tried(repository):
    for number in range(4):
        repository.commit(f"Step {number}")

    code, said = check(repository.folder, "--seconds", "0")

    assert code == 0
    assert re.search(r"[12] of 4 tried in 0 s", said)


def test_a_clone_that_was_cut_off_is_looked_at_as_far_as_it_goes(repository, tmp_path):
    repository.commit("Break the web", wsgi="1 +\n")
    repository.commit("Mend the web", wsgi="")
    folder = tmp_path / "shallow"
    source = repository.folder.as_uri()
    repository.git("clone", "-q", "--depth", "1", source, str(folder))

    code, said = check(folder)

    assert code == 0, said
    assert "1 of 1 tried" in said
    assert "cut off" in said


def test_a_tree_without_git_says_so_and_passes(repository, tmp_path):
    folder = tmp_path / "exported"
    shutil.copytree(repository.folder, folder, ignore=shutil.ignore_patterns(".git"))

    code, said = check(folder)

    assert code == 0
    assert "not of git" in said
    within = repository.folder / "exported"
    repository.commit("x" * 66)
    folder.rename(within)
    assert check(within)[0] == 0
