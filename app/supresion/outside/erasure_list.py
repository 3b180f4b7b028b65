"""The list of erasures beside the backups: which rows, never whose.

An archive that was made before an erasure still has the person in it. Whoever restores it is told
by this list what to erase again before anybody works (``service.reapplying``).
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from app.respaldo.rules import ERASURES


def read_list(folder: Path) -> list[dict[str, Any]]:
    """What the list says; nothing where there is none."""
    try:
        found: list[dict[str, Any]] = json.loads((folder / ERASURES).read_text())
    except FileNotFoundError:
        return []
    return found


def write_list(folder: Path, entries: list[dict[str, Any]]) -> None:
    """Write the list whole, or leave the one that is there."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    partial = folder / f".{ERASURES}.partial"
    with partial.open("w") as file:
        json.dump(entries, file, indent=1)
        file.flush()
        os.fsync(file.fileno())
    partial.chmod(0o600)
    partial.replace(folder / ERASURES)
