"""A small archive of streets (PMTiles, version 3) with one vector tile: land and a motorway."""

from __future__ import annotations

import math
import struct
from pathlib import Path

ZOOM = 8
#: What the tile shows, in its own units.
_EXTENT = 4096
#: A place inside the tile, for a map that looks at it.
SANTIAGO = (-33.45, -70.66)


def make_archive(path: Path, *, tile_type: int = 1, compression: int = 1) -> Path:
    """Write an archive with the tile of ``SANTIAGO`` at ``ZOOM``."""
    tile = _layer("earth", "earth", _square()) + _layer("roads", "highway", _cross())
    directory = b"".join(_varint(number) for number in (1, _tile_id(), 1, len(tile), 1))
    metadata = b"{}"
    start = 127
    sections = (len(directory), len(metadata), 0, len(tile))
    offsets: list[int] = []
    for size in sections:
        offsets += [start, size]
        start += size
    header = struct.pack(
        "<7sB11Q6B4iB2i",
        b"PMTiles",
        3,
        *offsets,
        1,  # addressed tiles
        1,  # entries
        1,  # contents
        1,  # clustered
        1,  # the directory is not compressed
        compression,
        tile_type,
        0,
        ZOOM,
        *(-76_0000000, -56_0000000, -66_0000000, -17_0000000),
        ZOOM,
        *(-70_6600000, -33_4500000),
    )
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(header + directory + metadata + tile)
    return path


def _tile_id() -> int:
    """The place of the tile on the Hilbert curve, behind the tiles of the zooms before."""
    size = 2**ZOOM
    x = int((SANTIAGO[1] + 180) / 360 * size)
    y = int((1 - math.asinh(math.tan(math.radians(SANTIAGO[0]))) / math.pi) / 2 * size)
    found = (4**ZOOM - 1) // 3
    side = size // 2
    while side:
        right, down = int(bool(x & side)), int(bool(y & side))
        found += side * side * ((3 * right) ^ down)
        if not down:
            if right:
                x, y = side - 1 - (x & (side - 1)), side - 1 - (y & (side - 1))
            x, y = y, x
        side //= 2
    return found


def _square() -> tuple[int, list[int]]:
    """A polygon over the whole tile."""
    end = _EXTENT
    steps = [(end, 0), (0, end), (-end, 0)]
    return 3, [_command(1, 1), 0, 0, _command(2, 3), *_zigzag(steps), _command(7, 1)]


def _cross() -> tuple[int, list[int]]:
    """Roads all over the tile, so that every part of it shows one."""
    drawn: list[int] = []
    x = y = 0
    for at in range(0, _EXTENT, 64):
        drawn += [_command(1, 1), *_zigzag([(at - x, 0 - y)])]
        drawn += [_command(2, 1), *_zigzag([(0, _EXTENT)])]
        x, y = at, _EXTENT
    return 2, drawn


def _layer(name: str, kind: str, shape: tuple[int, list[int]]) -> bytes:
    kind_of, geometry = shape
    feature = _field(2, _packed([0, 0])) + _number(3, kind_of) + _field(4, _packed(geometry))
    body = _field(1, name.encode()) + _field(2, feature) + _field(3, b"kind")
    body += _field(4, _field(1, kind.encode())) + _number(5, _EXTENT) + _number(15, 2)
    return _field(3, body)


def _command(command: int, count: int) -> int:
    return command | count << 3


def _zigzag(steps: list[tuple[int, int]]) -> list[int]:
    return [value << 1 if value >= 0 else (-value << 1) - 1 for step in steps for value in step]


def _packed(numbers: list[int]) -> bytes:
    return b"".join(_varint(number) for number in numbers)


def _number(field: int, value: int) -> bytes:
    return _varint(field << 3) + _varint(value)


def _field(field: int, body: bytes) -> bytes:
    return _varint(field << 3 | 2) + _varint(len(body)) + body


def _varint(number: int) -> bytes:
    found = bytearray()
    while number > 127:
        found.append(number & 127 | 128)
        number >>= 7
    found.append(number)
    return bytes(found)
