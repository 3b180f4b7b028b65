"""HEIC files of any size for tests: a grid whose tiles are all the same few bytes."""

from __future__ import annotations

import struct
from io import BytesIO

import pillow_heif
from PIL import Image

from app.adjuntos.outside.drawing.heif import read_container
from tests.adjuntos.files import encode

pillow_heif.register_heif_opener()


def grid(size: tuple[int, int], tile: Image.Image, *, is_wide: bool = False) -> bytes:
    """A grid of copies of ``tile``, each with bytes of its own, that shows ``size`` pixels."""
    data = encode(tile, "HEIF", quality=40)
    container = read_container(BytesIO(data))
    item = container.items[container.primary]
    (start, length), *_ = item.extents
    content = data[start : start + length]
    columns, rows = -(-size[0] // tile.width), -(-size[1] // tile.height)
    count = columns * rows
    sides = struct.pack(">II" if is_wide else ">HH", *size)
    canvas = bytes([0, is_wide, rows - 1, columns - 1]) + sides
    properties = [box for box in item.properties if box[4:8] in {b"hvcC", b"ispe"}]
    ispe = _box(b"ispe", bytes(4), struct.pack(">II", *size))
    links = bytes(range(1, len(properties) + 1))
    ipma = struct.pack(">HB", 1, 1) + bytes([len(properties) + 1])
    for number in range(2, count + 2):
        ipma += struct.pack(">HB", number, len(links)) + links
    kinds = _infe(1, b"grid") + b"".join(_infe(number, b"hvc1") for number in range(2, count + 2))
    parts = struct.pack(f">HH{count}H", 1, count, *range(2, count + 2))

    def meta(first: int) -> bytes:
        places = struct.pack(">HHHHII", 1, 1, 0, 1, 0, len(canvas))
        for number in range(count):
            places += struct.pack(">HHHHII", number + 2, 0, 0, 1, first + number * length, length)
        return _box(
            b"meta",
            bytes(4),
            _box(b"hdlr", bytes(8), b"pict", bytes(13)),
            _box(b"pitm", b"\0\0\0\0\0\x01"),
            _box(b"iinf", bytes(4), struct.pack(">H", count + 1), kinds),
            _box(b"iref", bytes(4), _box(b"dimg", parts)),
            _box(
                b"iprp",
                _box(b"ipco", *properties, ispe),
                _box(b"ipma", struct.pack(">II", 0, count + 1), ipma),
            ),
            _box(b"idat", canvas),
            _box(b"iloc", b"\x01\0\0\0\x44\0", struct.pack(">H", count + 1), places),
        )

    head = _box(b"ftyp", b"heic", bytes(4), b"mif1heic")
    first = len(head) + len(meta(0)) + 8
    return head + meta(first) + _box(b"mdat", content * count)


def _infe(number: int, kind: bytes) -> bytes:
    return _box(b"infe", b"\x02\0\0\0", struct.pack(">HH", number, 0), kind, b"\0")


def _box(kind: bytes, *parts: bytes) -> bytes:
    content = b"".join(parts)
    return struct.pack(">I4s", len(content) + 8, kind) + content
