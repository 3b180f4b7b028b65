"""The file of streets: one archive of vector tiles (PMTiles, version 3) that the office put there.

https://github.com/protomaps/PMTiles/blob/main/spec/v3/spec.md describes its header of 127 bytes.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

_HEADER_BYTES = 127
_MAGIC = b"PMTiles\x03"
#: Offsets of single bytes in the header.
_TILE_COMPRESSION, _TILE_TYPE, _MAX_ZOOM = 98, 99, 101
_VECTOR_TILES = 1
#: Unknown, none, gzip: what every browser can open.
_READABLE = {0, 1, 2}


@dataclass(frozen=True)
class StreetFile:
    """The archive with what a map has to know before it asks for a part of it."""

    path: Path
    #: Changes with the file, so that a browser never mixes parts of two.
    version: str
    size: int
    max_zoom: int


class StreetFileRefused(Exception):
    """A file is there, and no map can be drawn from it; the text says why."""


def find_street_file(place: Path) -> StreetFile | None:
    """The archive at this place: a file, or the first ``*.pmtiles`` of a folder. None without one.

    Raises:
        StreetFileRefused: it is no archive of vector tiles.
    """
    path = next(iter(sorted(place.glob("*.pmtiles"))), None) if place.is_dir() else place
    try:
        found = path.stat() if path else None
    except OSError:
        return None
    if path is None or found is None:
        return None
    return _read(path, found.st_mtime_ns, found.st_size)


@lru_cache(maxsize=4)
def _read(path: Path, changed_ns: int, size: int) -> StreetFile:
    try:
        with path.open("rb") as file:
            header = file.read(_HEADER_BYTES)
    except OSError as error:
        raise StreetFileRefused(f"{path.name} no se puede leer.") from error
    if len(header) < _HEADER_BYTES or not header.startswith(_MAGIC):
        raise StreetFileRefused(f"{path.name} no es un archivo PMTiles de la versión 3.")
    if header[_TILE_TYPE] != _VECTOR_TILES or header[_TILE_COMPRESSION] not in _READABLE:
        raise StreetFileRefused(
            f"{path.name} no tiene teselas vectoriales que un navegador pueda abrir."
        )
    return StreetFile(path, f"{changed_ns:x}-{size:x}", size, header[_MAX_ZOOM])
