"""The head of a WEBP: its size and what it carries. Pillow would decode all of it to tell."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

#: No profile or block of a camera needs more bytes.
_MOST = 4 * 1024 * 1024


@dataclass
class WebpHead:
    """What a WEBP says before its pixels."""

    width: int = 0
    height: int = 0
    exif: bytes = b""
    profile: bytes | None = None


def read_head(file: BinaryIO) -> WebpHead:
    """Read the head; the file was looked through before, see ``integrity``.

    Raises:
        ValueError: there is no picture in it.
    """
    head = WebpHead()
    for kind, length in _chunks(file):
        if kind == b"VP8X":
            data = file.read(10)
            head.width, head.height = (
                int.from_bytes(data[at : at + 3], "little") + 1 for at in (4, 7)
            )
        elif kind == b"VP8 " and not head.width:
            sides = struct.unpack_from("<HH", file.read(10), 6)
            head.width, head.height = (side & 0x3FFF for side in sides)
        elif kind == b"VP8L" and not head.width:
            bits = struct.unpack_from("<I", file.read(5), 1)[0]
            head.width, head.height = (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
        elif kind == b"EXIF" and length <= _MOST:
            head.exif = file.read(length)
        elif kind == b"ICCP" and length <= _MOST:
            head.profile = file.read(length)
    if not head.width * head.height:
        raise ValueError("without a size")
    return head


def _chunks(file: BinaryIO) -> Iterator[tuple[bytes, int]]:
    """Kind and length of each chunk, with the file at its content."""
    file.seek(4)
    end = 8 + int.from_bytes(file.read(4), "little")
    place = 12
    while place + 8 <= end:
        file.seek(place)
        data = file.read(8)
        if len(data) < 8:
            return
        kind, length = struct.unpack("<4sI", data)
        yield kind, length
        place += 8 + length + length % 2
