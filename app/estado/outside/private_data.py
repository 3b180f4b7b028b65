"""Keeping what the installation holds from the other accounts of its machine."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import sqlalchemy as sa

from app.feature import StartRefused
from config import Config


def keep_private(config: Config) -> None:
    """Take from strangers what they may do with folders of data and SQLite's file, in production.

    What the group may do stays: some give it to whoever fetches the backups. What does not exist
    yet is made private by the umask of the process.

    Raises:
        StartRefused: the rights of one are somebody else's to change.
    """
    if not config.is_production:
        return
    for path in _places(config):
        if not path.exists():
            continue
        mode = stat.S_IMODE(path.stat().st_mode)
        if not mode & stat.S_IRWXO:
            continue
        try:
            path.chmod(mode & ~stat.S_IRWXO)
        except OSError as error:
            raise StartRefused(
                f"Cualquier cuenta de esta máquina puede leer {path}, donde hay datos de personas, "
                f"y Rastro no pudo cerrarlo ({error.strerror}). Ciérrelo con «chmod o-rwx {path}» "
                f"como su dueño, o déselo al usuario {os.getuid()}, que ejecuta Rastro."
            ) from error


def _places(config: Config) -> list[Path]:
    places = [config.instance_dir, config.storage_dir, config.backup_dir]
    url = sa.make_url(config.database_url)
    if url.get_backend_name() == "sqlite" and url.database:
        places.append(Path(url.database))
    return places
