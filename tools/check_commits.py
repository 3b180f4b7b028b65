"""Whether each commit of a change imports, and has a subject that a list of commits shows whole.

Whoever looks for the commit that broke something (``git bisect``) has to be able to start each of
them. The newest are looked at first, as many as fit in the time; it is said how many. Without git
(an exported tree) or with a history that was cut off (a shallow clone) it looks at what is there.

``tools/check_commits.py [--base REVISION] [--most N] [--seconds S]``
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tarfile
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

#: Older subjects are longer, and what is published is not rewritten. The moment (seconds since
#: 1970) tells it in a history that was made anew and has no such commit.
MARKER, MARKED_AT = "e380ed7", 1_795_887_336
LONGEST_SUBJECT = 65
#: What has to import: the application, the web and the jobs.
MODULES = "import app, wsgi, huey_consumer"


class Commit(NamedTuple):
    """A commit, and when it was written (seconds since 1970)."""

    name: str
    at: int
    subject: str


def main() -> int:
    """Check, and say what is wrong with which commit."""
    parser = argparse.ArgumentParser(description="Whether each commit imports.")
    parser.add_argument("--base", help="a revision; the commits after it are looked at")
    parser.add_argument("--most", type=int, default=40, help="commits at most")
    parser.add_argument("--seconds", type=float, default=20, help="time for the imports")
    asked = parser.parse_args()
    top = git("rev-parse", "--show-toplevel")
    # A tree that was exported into another repository is none of that one's commits.
    if top is None or Path(top.strip()).resolve() != Path.cwd().resolve():
        print("commits: this tree is not of git, so there is none to look at")
        return 0
    commits = list_commits(asked.base, asked.most)
    if commits is None:
        print(f"commits: {asked.base} is not in this clone", file=sys.stderr)
        return 1
    wrong = check_subjects(commits)
    tried, failed = check_imports([commit.name for commit in commits], asked.seconds)
    for sentence in (*wrong, *failed):
        print(sentence, file=sys.stderr)
    is_cut = (git("rev-parse", "--is-shallow-repository") or "").strip() == "true"
    cut = ", of a history that was cut off" if is_cut else ""
    print(f"commits: {tried} of {len(commits)} tried in {asked.seconds:g} s{cut}")
    return 1 if wrong or failed else 0


def list_commits(base: str | None, most: int) -> list[Commit] | None:
    """The newest commits; None when there is no such base."""
    asked = f"{base}..HEAD" if base else "HEAD"
    text = git("log", "--format=%H %at %s", "--no-merges", f"--max-count={most}", asked, "--")
    if text is None:
        return None
    lines = [line.split(" ", 2) for line in text.splitlines()]
    return [Commit(name, int(at), subject) for name, at, subject in lines]


def check_subjects(commits: list[Commit]) -> list[str]:
    """What is too long, of the commits after the marker."""
    old = set((git("rev-list", MARKER, "--") or "").split())
    return [
        f"{commit.name[:7]}: {len(commit.subject)} characters in «{commit.subject}», "
        f"not {LONGEST_SUBJECT} at most"
        for commit in commits
        if len(commit.subject) > LONGEST_SUBJECT
        and (commit.name not in old if old else commit.at > MARKED_AT)
    ]


def check_imports(commits: list[str], seconds: float) -> tuple[int, list[str]]:
    """How many commits were tried in that time, and those that do not import with the reason.

    The newest is always tried. Two at a time, as importing is work for a core.
    """
    deadline = time.monotonic() + seconds

    def check(commit: str) -> str | None:
        return import_commit(commit) if commit == newest or time.monotonic() < deadline else ""

    newest = commits[0] if commits else ""
    with ThreadPoolExecutor(2) as pool:
        said = list(pool.map(check, commits))
    tried = [(commit, text) for commit, text in zip(commits, said, strict=True) if text != ""]
    return len(tried), [f"{commit[:7]}: {text}" for commit, text in tried if text]


def import_commit(commit: str) -> str | None:
    """Import what a commit has, in a folder and a process of its own. What failed, or None."""
    with tempfile.TemporaryDirectory(prefix="rastro-commit-") as name:
        folder = Path(name)
        unpack(commit, folder / "tree")
        if not (folder / "tree" / "wsgi.py").exists():
            return None  # from before there was an application
        env = {
            "PATH": os.environ.get("PATH", ""),
            "HOME": name,
            "ENVIRONMENT": "test",
            "SECRET_KEY": "only to import, never anywhere else",
            "INSTANCE_DIR": str(folder / "instance"),
            "PYTHONDONTWRITEBYTECODE": "1",
        }
        done = subprocess.run(
            [sys.executable, "-c", MODULES],
            cwd=folder / "tree", env=env, capture_output=True, text=True, check=False, timeout=120,
        )  # fmt: skip
    if done.returncode == 0:
        return None
    last = (done.stderr.strip().splitlines() or ["no reason was told"])[-1]
    return f"does not import: {last}"


def unpack(commit: str, folder: Path) -> None:
    """Write a commit's files into a folder."""
    folder.mkdir()
    archive = subprocess.Popen(
        ["git", "archive", "--format=tar", commit],
        stdout=subprocess.PIPE,
    )
    assert archive.stdout is not None  # noqa: S101  # it was asked for
    with archive.stdout, tarfile.open(fileobj=archive.stdout, mode="r|") as tar:
        tar.extractall(folder, filter="data")
    if archive.wait():
        raise SystemExit(f"commits: git could not give out {commit}")


def git(*arguments: str) -> str | None:
    """What git says, or None when it refuses or is not there."""
    try:
        done = subprocess.run(
            ["git", *arguments],
            capture_output=True, text=True, check=False,
        )  # fmt: skip
    except FileNotFoundError:
        return None
    return done.stdout if done.returncode == 0 else None


if __name__ == "__main__":
    sys.exit(main())
