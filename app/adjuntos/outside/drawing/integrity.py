"""Whether a JPEG, PNG or WEBP is whole, told by its container before anything is decoded.

Decoders forgive a cut end and paint the rest in grey: a photo that is evidence may not be stored
so. What a maker writes behind the end of the picture (the video of a moving photo) is its own.
"""

from __future__ import annotations

import re
import struct
import zlib
from collections.abc import Iterator
from typing import BinaryIO

_PIECE = 1024 * 1024
#: A marker inside of coded data; a zero or a restart behind the FF is part of the data.
_MARKER = re.compile(rb"\xff[\x01-\xcf\xd8-\xfe]")
_ALONE = {0xD8, 0x01, *range(0xD0, 0xD8)}
#: Zeros that no coded picture holds. A disk or a transfer that failed leaves blocks of 512.
_HOLE = bytes(256)


class Damaged(OSError):
    """The file ends before its picture does, or a part of it was lost."""


def check_whole(file: BinaryIO) -> None:
    """Look through a picture from its first byte to its end.

    Raises:
        Damaged: a part of it is missing.
    """
    file.seek(0)
    head = file.read(12)
    if head.startswith(b"\xff\xd8"):
        _check_jpeg(file)
    elif head.startswith(b"\x89PNG"):
        _check_png(file)
    elif head.startswith(b"RIFF"):
        _check_webp(file, head)
    file.seek(0)


def _exactly(file: BinaryIO, size: int) -> bytes:
    data = file.read(size)
    if len(data) < size:
        raise Damaged("it ends early")
    return data


def _pieces(file: BinaryIO, size: int) -> Iterator[bytes]:
    while size > 0:
        piece = _exactly(file, min(_PIECE, size))
        size -= len(piece)
        yield piece


def _check_jpeg(file: BinaryIO) -> None:
    """Follow the segments and the coded data up to the end mark of the first picture."""
    file.seek(2)
    #: The symbol of the code of zeros alone, for each table.
    zeros: dict[int, int] = {}
    passes = 0
    while True:
        marker = _find_marker(file)
        if marker == 0xD9:
            if not passes:
                raise Damaged("without a picture")
            return
        if marker in _ALONE:
            continue
        content = _exactly(file, struct.unpack(">H", _exactly(file, 2))[0] - 2)
        if marker == 0xC4:
            zeros.update(_zero_symbols(content))
        if marker == 0xDA:
            passes += 1
            _skip_coded(file, may_be_zero=_may_be_zero(content, zeros))


def _find_marker(file: BinaryIO) -> int:
    """The next marker, over whatever stands before it: decoders skip that as well."""
    while True:
        byte = _exactly(file, 1)
        while byte == b"\xff":
            byte = _exactly(file, 1)
            if byte not in {b"\xff", b"\x00"}:
                return byte[0]


def _zero_symbols(content: bytes) -> Iterator[tuple[int, int]]:
    place = 0
    while place + 17 <= len(content):
        total = sum(content[place + 1 : place + 17])
        if total and place + 17 < len(content):
            yield content[place], content[place + 17]
        place += 17 + total


def _may_be_zero(head: bytes, zeros: dict[int, int]) -> bool:
    """Whether this pass can be zeros for long: where they mean the end of a block, or nothing."""
    count = head[0]
    tables = [0x10 | head[2 + 2 * at] & 15 for at in range(count)]
    first, last, bits = head[1 + 2 * count : 4 + 2 * count]
    if bits >> 4 or (first == 0 and last == 0):
        return True
    return all(zeros.get(table, 0) & 15 == 0 for table in tables)


def _skip_coded(file: BinaryIO, *, may_be_zero: bool) -> None:
    """Go to the marker behind the coded data."""
    kept = b""
    while True:
        piece = kept + file.read(_PIECE)
        if len(piece) == len(kept):
            raise Damaged("coded data without an end")
        found = _MARKER.search(piece)
        coded = piece[: found.start()] if found else piece
        if not may_be_zero and _HOLE in coded:
            raise Damaged("a hole in the coded data")
        if found:
            file.seek(found.start() - len(piece), 1)
            return
        # What may be half a marker, or half a hole, is looked at again.
        kept = piece[-len(_HOLE) :]


def _check_png(file: BinaryIO) -> None:
    """Follow the chunks to the last, each with its checksum."""
    file.seek(8)
    kind = b""
    while kind != b"IEND":
        size, kind = struct.unpack(">I4s", _exactly(file, 8))
        checksum = zlib.crc32(kind)
        for piece in _pieces(file, size):
            checksum = zlib.crc32(piece, checksum)
        if struct.unpack(">I", _exactly(file, 4))[0] != checksum:
            raise Damaged(f"the checksum of {kind!r}")


def _check_webp(file: BinaryIO, head: bytes) -> None:
    """Follow the chunks up to the length that the file gives itself."""
    end = 8 + int.from_bytes(head[4:8], "little")
    size = file.seek(0, 2)
    place = 12
    kinds = set()
    # A last odd chunk may lack the byte that fills it.
    while place + 8 <= end:
        file.seek(place)
        kind, length = struct.unpack("<4sI", _exactly(file, 8))
        if place + 8 + length > min(size, end):
            raise Damaged(f"{kind!r} ends behind the file")
        kinds.add(kind)
        place += 8 + length + length % 2
    if end > size + 1 or not kinds & {b"VP8 ", b"VP8L", b"ANMF"}:
        raise Damaged("shorter than it says")
