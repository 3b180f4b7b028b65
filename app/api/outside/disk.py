"""Free disk space."""

from __future__ import annotations

import shutil
from pathlib import Path

#: Free space below this share of the disk, or below this many bytes, is a warning.
DISK_SHARE = 0.10
DISK_BYTES = 2 * 1024**3


def is_disk_low(folder: Path) -> bool:
    """Whether the disk of a folder is about to fill up."""
    usage = shutil.disk_usage(folder if folder.exists() else folder.parent)
    return usage.free < min(DISK_BYTES, usage.total * DISK_SHARE)
