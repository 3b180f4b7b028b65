"""Where a ZIP is written that is handed on at once, so that it is never held as a whole."""

from __future__ import annotations

import io


class ZipPieces(io.RawIOBase):
    """A file for ``zipfile`` that cannot go back, nor needs to: each piece is taken and gone."""

    def __init__(self) -> None:
        self._held = bytearray()

    @property
    def waiting(self) -> int:
        """How many bytes were not taken yet."""
        return len(self._held)

    def writable(self) -> bool:
        """True, for ``zipfile``."""
        return True

    def write(self, data: object) -> int:
        """Hold a piece until it is taken."""
        piece = bytes(data)  # type: ignore[call-overload]  # zipfile hands in bytes or a view
        self._held += piece
        return len(piece)

    def take(self) -> bytes:
        """Return and clear the bytes written since the last call."""
        piece = bytes(self._held)
        self._held.clear()
        return piece
