"""Swaps live files for restored ones by renames only, so that the swap can be undone."""

from __future__ import annotations

import os
from datetime import datetime
from pathlib import Path

#: The name, inside a folder that cannot be renamed, of what was in it before a restore.
_ASIDE = "antes-"
#: What a disk has in its first folder and only the system may move.
_OF_THE_DISK = {"lost+found"}
_MOUNTS = Path("/proc/self/mountinfo")


def staging_place(root: Path, ending: str) -> Path:
    """Where to lay out what shall take the place of ``root``, on its disk.

    Beside it, as then one rename exchanges all. A folder that a disk or a container's volume is
    mounted on cannot be renamed, nor one in a folder that others own: there, inside of it.
    """
    is_fixed = root.is_dir() and (_is_mount(root) or not os.access(root.parent, os.W_OK | os.X_OK))
    return root / ending if is_fixed else root.with_name(root.name + ending)


def _is_mount(folder: Path) -> bool:
    """Whether something is mounted there, also a folder of the same disk."""
    if os.path.ismount(folder):
        return True
    try:
        lines = _MOUNTS.read_text(encoding="utf-8", errors="surrogateescape").splitlines()
    except OSError:
        return False  # a system without this list
    # The fifth field (proc_pid_mountinfo(5)); blanks in it are written in octal.
    return str(folder).replace(" ", r"\040") in {line.split(" ")[4] for line in lines}


class Swap:
    """Exchanges names, and knows how to put each one back."""

    def __init__(self, now: datetime) -> None:
        self.now = now
        self.aside: list[Path] = []
        self._done: list[tuple[Path, Path]] = []
        self._made: list[Path] = []

    def replace(self, staged: Path, target: Path, *companions: str) -> None:
        """Give ``target``'s name to ``staged``; what has it is set aside with its companions.

        ``companions`` are endings of files that belong to it, such as SQLite's journal.
        """
        stamp = f"{self.now:%Y%m%dT%H%M%S}"
        for ending in (*companions, ""):
            old = target.with_name(target.name + ending)
            if not old.exists():
                continue
            new = _free_name(target.with_name(f"{target.name}.antes-{stamp}"), ending)
            self._rename(old, new)
            if not ending:
                self.aside.append(new)
        self._rename(staged, target)

    def replace_content(self, staged: Path, root: Path) -> None:
        """Exchange what is in ``root`` for what is in ``staged``, a folder inside of it.

        What was there goes to a folder inside; what earlier restores set aside stays where it is.
        """
        stamp = f"{self.now:%Y%m%dT%H%M%S}"
        present = [
            path
            for path in sorted(root.iterdir())
            if path != staged and path.name not in _OF_THE_DISK and not path.match(f"{_ASIDE}*")
        ]
        if present:
            aside = _free_name(root / f"{_ASIDE}{stamp}", "")
            aside.mkdir(mode=0o700)
            self._made.append(aside)
            for path in present:
                self._rename(path, aside / path.name)
            self.aside.append(aside)
        for path in sorted(staged.iterdir()):
            self._rename(path, root / path.name)

    def _rename(self, old: Path, new: Path) -> None:
        old.rename(new)
        self._done.append((old, new))

    def put_back(self) -> None:
        """Undo all renames."""
        while self._done:
            old, new = self._done.pop()
            new.rename(old)
        while self._made:
            self._made.pop().rmdir()
        self.aside.clear()


def _free_name(wished: Path, ending: str) -> Path:
    """Return an unused name, since a rename would overwrite an existing file."""
    found, number = wished.with_name(wished.name + ending), 1
    while found.exists():
        number += 1
        found = wished.with_name(f"{wished.name}-{number}{ending}")
    return found
