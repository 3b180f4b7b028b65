"""Why a backup could not be made, read or restored."""

from __future__ import annotations

from app.core.errors import RastroError


class BackupError(RastroError):
    """It did not work; the text says why and what to do, for who runs the machine."""


class NotEmpty(BackupError):
    """The place to restore into holds something, and nobody said twice to replace it."""
