"""A progressive JPEG at an eighth of its size, without holding its coefficients.

The decoder keeps every coefficient of a progressive picture until its end: 600 MB for 200
megapixels. Its first passes carry the mean of each block of 8 by 8 pixels, which is a picture of an
eighth: 2040 pixels wide for those 200 megapixels. Only those passes are read. ITU-T T.81.
"""

from __future__ import annotations

import re
import struct
from dataclasses import dataclass
from typing import BinaryIO

from PIL import Image

_RESTART = re.compile(rb"\xff[\xd0-\xd7]")
_MARKER = re.compile(rb"\xff+[^\x00\xff\xd0-\xd7]")
_ALONE = {0xD8, 0x01, *range(0xD0, 0xD8)}
_PROGRESSIVE = 0xC2


@dataclass
class _Component:
    """Brightness or one of the colours."""

    horizontal: int
    vertical: int
    table: int
    #: Blocks of a row and of a column, filled up to whole units.
    across: int = 0
    down: int = 0
    #: Those that hold pixels.
    used_across: int = 0
    used_down: int = 0
    means: bytearray = b""  # type: ignore[assignment]  # made when its size is known


class _Picture:
    """What the segments before a pass say."""

    def __init__(self) -> None:
        self.width = self.height = self.interval = 0
        self.steps: dict[int, int] = {}
        self.codes: dict[int, list[int]] = {}
        self.components: dict[int, _Component] = {}
        self.is_rgb = False


def draw_eighth(file: BinaryIO) -> Image.Image:
    """The picture at an eighth of its size, in RGB or grey.

    Raises:
        ValueError, struct.error, IndexError: it is broken.
        MemoryError: it has four colours or more than 8 bits, so only the whole of it would do.
    """
    file.seek(0)
    data = file.read()
    picture = _Picture()
    missing = None
    place = 2
    while missing is None or missing:
        marker, place = _next_marker(data, place)
        if marker in _ALONE:
            continue
        length = struct.unpack_from(">H", data, place)[0]
        content = data[place + 2 : place + length]
        place += length
        if marker == 0xDA:
            found = _MARKER.search(data, place)
            if found is None:
                raise ValueError("a pass without its end")
            missing = set(picture.components) if missing is None else missing
            missing -= _read_pass(picture, content, data[place : found.start()])
            place = found.start()
        elif marker == 0xD9:
            raise ValueError("it ends before its first passes")
        else:
            _read_segment(picture, marker, content)
    return _assemble(picture)


def _next_marker(data: bytes, place: int) -> tuple[int, int]:
    while data[place] == 0xFF and data[place + 1] == 0xFF:
        place += 1
    if data[place] != 0xFF:
        raise ValueError("no marker where one belongs")
    return data[place + 1], place + 2


def _read_segment(picture: _Picture, marker: int, content: bytes) -> None:
    if marker == _PROGRESSIVE:
        _read_frame(picture, content)
    elif marker == 0xDB:
        place = 0
        while place < len(content):
            wide = content[place] >> 4
            step = content[place + 1 : place + 2 + wide]
            picture.steps[content[place] & 15] = int.from_bytes(step, "big")
            place += 1 + 64 * (1 + wide)
    elif marker == 0xC4:
        _read_codes(picture, content)
    elif marker == 0xDD:
        picture.interval = int.from_bytes(content[:2], "big")
    elif marker == 0xEE and content[:5] == b"Adobe":
        picture.is_rgb = content[11] == 0


def _read_frame(picture: _Picture, content: bytes) -> None:
    depth, picture.height, picture.width, count = struct.unpack_from(">BHHB", content)
    if depth != 8 or count not in {1, 3}:
        raise MemoryError("a depth or colours that are not drawn here")
    for at in range(6, 6 + 3 * count, 3):
        number, sampling, table = content[at : at + 3]
        picture.components[number] = _Component(sampling >> 4, sampling & 15, table)
    parts = picture.components.values()
    widest = max(part.horizontal for part in parts)
    tallest = max(part.vertical for part in parts)
    units_across = -(-picture.width // (8 * widest))
    units_down = -(-picture.height // (8 * tallest))
    for part in parts:
        part.across, part.down = units_across * part.horizontal, units_down * part.vertical
        part.used_across = -(-picture.width * part.horizontal // (8 * widest))
        part.used_down = -(-picture.height * part.vertical // (8 * tallest))
        part.means = bytearray(part.across * part.down)


def _read_codes(picture: _Picture, content: bytes) -> None:
    """Huffman tables as lists by the next 16 bits: the length of the code times 16, and its size.

    Only those of means (class 0) are wanted.
    """
    place = 0
    while place < len(content):
        counts = content[place + 1 : place + 17]
        symbols = content[place + 17 : place + 17 + sum(counts)]
        if content[place] < 16:
            table: list[int] = []
            symbol = iter(symbols)
            for length, count in enumerate(counts, 1):
                for _ in range(count):
                    table += [length << 4 | next(symbol)] * (1 << (16 - length))
            picture.codes[content[place]] = (table + [0] * 65536)[:65536]
        place += 17 + len(symbols)


def _read_pass(picture: _Picture, head: bytes, data: bytes) -> set[int]:
    """Read a first pass of means; which components it brought. Other passes bring none."""
    count = head[0]
    numbers = [head[1 + 2 * at] for at in range(count)]
    first, last, bits = head[1 + 2 * count : 4 + 2 * count]
    if first or last or bits >> 4:
        return set()
    parts = []
    for at, number in enumerate(numbers):
        part = picture.components[number]
        parts.append((part, picture.codes[head[2 + 2 * at] >> 4], picture.steps[part.table]))
    pieces = [piece.replace(b"\xff\x00", b"\xff") for piece in _RESTART.split(data)]
    _read_means(parts, pieces, picture.interval, bits & 15)
    return set(numbers)


def _read_means(
    parts: list[tuple[_Component, list[int], int]], pieces: list[bytes], interval: int, low: int
) -> None:
    """Decode the means of the blocks of a pass, in the order in which they are written."""
    order = _plan(parts)
    part = parts[0][0]
    alone = len(parts) == 1
    across = part.used_across if alone else part.across // part.horizontal
    down = part.used_down if alone else part.down // part.vertical
    units = across * down
    interval = interval or units
    if len(pieces) < -(-units // interval):
        raise ValueError("a pass with too few pieces")
    for number in range(0, units, interval):
        _read_piece(
            order,
            pieces[number // interval],
            range(number, min(number + interval, units)),
            across,
            low,
        )


_Step = tuple[int, bytearray, list[int], int, int, int, int]


def _plan(parts: list[tuple[_Component, list[int], int]]) -> list[_Step]:
    """Each block of a unit: component, its means, codes, step, row, and how far units are apart."""
    order: list[_Step] = []
    alone = len(parts) == 1
    for index, (part, codes, step) in enumerate(parts):
        rows, columns = (1, 1) if alone else (part.vertical, part.horizontal)
        for row in range(rows):
            for column in range(columns):
                start = row * part.across + column
                order.append((index, part.means, codes, step, start, columns, rows * part.across))
    return order


def _read_piece(order: list[_Step], piece: bytes, units: range, across: int, low: int) -> None:
    """Decode a piece between two restarts.

    This runs once for each block of a picture of 200 megapixels, hence its plainness.
    """
    before = [0, 0, 0]
    data = piece + b"\xff" * 8
    limit = len(data)
    place = held = bits = 0
    for unit in units:
        row, column = divmod(unit, across)
        for index, means, codes, step, start, wide, tall in order:
            if bits < 32:
                if place > limit:
                    raise ValueError("a pass without all of its blocks")
                held = (held & ((1 << bits) - 1)) << 32 | int.from_bytes(
                    data[place : place + 4].ljust(4, b"\xff"), "big"
                )
                place += 4
                bits += 32
            code = codes[held >> (bits - 16) & 0xFFFF]
            if not code:
                raise ValueError("a code that no table has")
            bits -= code >> 4
            size = code & 15
            if size:
                bits -= size
                value = held >> bits & ((1 << size) - 1)
                if not value >> (size - 1):
                    value -= (1 << size) - 1
                before[index] += value
            mean = 128 + ((before[index] << low) * step + 4 >> 3)
            means[start + row * tall + column * wide] = (
                0 if mean < 0 else 255 if mean > 255 else mean
            )


def _assemble(picture: _Picture) -> Image.Image:
    size = (-(-picture.width // 8), -(-picture.height // 8))
    bands = []
    for part in picture.components.values():
        band = Image.frombytes("L", (part.across, part.down), bytes(part.means))
        band = band.crop((0, 0, part.used_across, part.used_down))
        bands.append(band if band.size == size else band.resize(size, Image.Resampling.BILINEAR))
    if len(bands) == 1:
        return bands[0]
    return Image.merge("RGB" if picture.is_rgb else "YCbCr", bands).convert("RGB")
