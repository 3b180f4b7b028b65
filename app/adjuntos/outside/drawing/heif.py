"""The boxes of a HEIC: whether all that it names is in the file, and a grid drawn tile by tile.

A telephone's HEIC is a grid of small pictures. The decoder would hold all of them in full size, and
fills with green what is missing of them. Read here one by one, as many pixels as there are fit, and
a tile that is missing or broken refuses the picture. Boxes: ISO/IEC 14496-12 and 23008-12.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import BinaryIO

from PIL import Image

#: What stands at the first level of a HEIC; bytes behind it that are none of these are a maker's
#: own (the video of a moving photo) and no part of the picture.
_FIRST_LEVEL = {b"ftyp", b"meta", b"mdat", b"free", b"skip", b"moov", b"uuid", b"mpvd", b"wide"}
#: Maximum size of the meta box in bytes; a larger one is treated as corrupt.
_MAX_META = 16 * 1024 * 1024
#: A run of zero bytes longer than any length field between coded slices.
_HOLE = bytes(16)
_PIECE = 1024 * 1024
_TURNS = {
    1: Image.Transpose.ROTATE_90,
    2: Image.Transpose.ROTATE_180,
    3: Image.Transpose.ROTATE_270,
}
_MIRRORS = {0: Image.Transpose.FLIP_TOP_BOTTOM, 1: Image.Transpose.FLIP_LEFT_RIGHT}


class Cut(OSError):
    """The file ends before what it says that it holds."""


@dataclass
class HeifItem:
    """A picture, a tile or a block of metadata inside of the file."""

    kind: bytes = b""
    #: Whether its bytes lie in the table of contents itself, not in the file.
    inside: bool = False
    #: First byte and length of each of its pieces.
    extents: list[tuple[int, int]] = field(default_factory=list)
    #: Its properties, whole boxes.
    properties: list[bytes] = field(default_factory=list)
    #: The items that it is made of.
    parts: list[int] = field(default_factory=list)

    def property(self, kind: bytes) -> bytes | None:
        """What a property of this kind holds."""
        return next((box[8:] for box in self.properties if box[4:8] == kind), None)


@dataclass
class Container:
    """The table of contents of a HEIC."""

    primary: int
    items: dict[int, HeifItem]
    idat: bytes

    @property
    def grid(self) -> HeifItem | None:
        """The picture, when it is a grid of others and is not cropped afterwards."""
        item = self.items.get(self.primary)
        is_grid = item is not None and item.kind == b"grid" and item.property(b"clap") is None
        return item if is_grid else None


def read_container(file: BinaryIO) -> Container:
    """The table of contents, after a look whether the file holds all that it names.

    Raises:
        Cut: it does not.
        ValueError, struct.error: it is broken.
    """
    size = file.seek(0, 2)
    meta = b""
    place = 0
    while place + 8 <= size:
        file.seek(place)
        length, kind = struct.unpack(">I4s", file.read(8))
        head = 8
        if length == 1:
            length, head = int.from_bytes(file.read(8), "big"), 16
        if kind not in _FIRST_LEVEL:
            break
        length = length or size - place
        if length < head or place + length > size:
            raise Cut(f"{kind!r} ends at {place + length} of {size}")
        if kind == b"meta" and not meta:
            if length > _MAX_META:
                raise ValueError("a table of contents too large")
            meta = file.read(length - head)
        place += length
    container = _read_meta(meta)
    for item in container.items.values():
        end = len(container.idat) if item.inside else size
        if any(start + length > end for start, length in item.extents):
            raise Cut(f"an item of {end} bytes")
        if item.kind == b"hvc1" and not item.inside and _has_hole(file, item):
            raise Cut("a hole in the coded data")
    return container


def _has_hole(file: BinaryIO, item: HeifItem) -> bool:
    """Whether a part of a picture was lost: H.265 writes no three zeros in a row."""
    for start, length in item.extents:
        file.seek(start)
        kept = b""
        for at in range(0, length, _PIECE):
            piece = kept + file.read(min(_PIECE, length - at))
            if _HOLE in piece:
                return True
            kept = piece[-len(_HOLE) :]
    return False


def _boxes(data: bytes) -> Iterator[tuple[bytes, bytes, bytes]]:
    """Kind, content and whole of each box."""
    place = 0
    while place + 8 <= len(data):
        length, kind = struct.unpack_from(">I4s", data, place)
        if length < 8 or place + length > len(data):
            raise Cut(f"{kind!r} inside of the table of contents")
        yield kind, data[place + 8 : place + length], data[place : place + length]
        place += length


def _read_meta(meta: bytes) -> Container:
    if not meta:
        raise Cut("without a table of contents")
    found = {kind: content for kind, content, _ in _boxes(meta[4:])}
    items: dict[int, HeifItem] = {}
    for number, kind in _kinds(found[b"iinf"]):
        items[number] = HeifItem(kind)
    for number, inside, extents in _locations(found[b"iloc"]):
        item = items.setdefault(number, HeifItem())
        item.inside, item.extents = inside, extents
    for number, parts in _parts(found.get(b"iref", bytes(4))):
        items.setdefault(number, HeifItem()).parts = parts
    for number, properties in _properties(found[b"iprp"]):
        items.setdefault(number, HeifItem()).properties = properties
    pitm = found[b"pitm"]
    return Container(
        int.from_bytes(pitm[4 : 8 if pitm[0] else 6], "big"), items, found.get(b"idat", b"")
    )


def _kinds(iinf: bytes) -> Iterator[tuple[int, bytes]]:
    for kind, infe, _ in _boxes(iinf[6 if iinf[0] == 0 else 8 :]):
        if kind == b"infe" and infe[0] >= 2:
            width = 2 if infe[0] == 2 else 4
            yield int.from_bytes(infe[4 : 4 + width], "big"), infe[6 + width : 10 + width]


def _locations(iloc: bytes) -> Iterator[tuple[int, bool, list[tuple[int, int]]]]:
    version, sizes = iloc[0], (iloc[4] >> 4, iloc[4] & 15, iloc[5] >> 4, iloc[5] & 15)
    offset_size, length_size, base_size, index_size = sizes
    wide = 4 if version == 2 else 2
    place = 6

    def take(width: int) -> int:
        nonlocal place
        if place + width > len(iloc):
            raise Cut("the table of places")
        place += width
        return int.from_bytes(iloc[place - width : place], "big")

    for _ in range(take(wide)):
        number = take(wide)
        method = take(2) & 15 if version else 0
        take(2)
        base = take(base_size)
        extents = []
        for _ in range(take(2)):
            take(index_size if version else 0)
            start, length = base + take(offset_size), take(length_size)
            extents.append((start, length))
        # Places inside of other items (method 2) are not looked at.
        yield number, method == 1, extents if method < 2 else []


def _parts(iref: bytes) -> Iterator[tuple[int, list[int]]]:
    wide = 4 if iref[0] else 2
    for kind, content, _ in _boxes(iref[4:]):
        if kind == b"dimg":
            numbers = [
                int.from_bytes(content[at : at + wide], "big")
                for at in (0, *range(wide + 2, len(content) - wide + 1, wide))
            ]
            yield numbers[0], numbers[1:]


def _properties(iprp: bytes) -> Iterator[tuple[int, list[bytes]]]:
    boxes: list[bytes] = []
    for kind, content, _ in _boxes(iprp):
        if kind == b"ipco":
            boxes = [whole for _, _, whole in _boxes(content)]
            continue
        if kind != b"ipma":
            continue
        wide, index_size = (4 if content[0] else 2), (2 if content[3] & 1 else 1)
        place = 8
        for _ in range(int.from_bytes(content[4:8], "big")):
            number = int.from_bytes(content[place : place + wide], "big")
            place += wide
            indexes: list[int] = []
            for _ in range(content[place]):
                at = place + 1 + len(indexes) * index_size
                index = int.from_bytes(content[at : at + index_size], "big")
                indexes.append(index & (0x7FFF if index_size == 2 else 0x7F))
            place += 1 + len(indexes) * index_size
            yield number, [boxes[index - 1] for index in indexes if index]


def draw_grid(file: BinaryIO, container: Container, grid: HeifItem, side: int) -> Image.Image:
    """A grid in its own size, or smaller by whole steps and still no smaller than ``side``.

    Raises:
        Exception: of many kinds, when a tile is missing or broken.
    """
    payload = _content(file, container, grid)
    wide = 4 if payload[1] & 1 else 2
    rows, columns = payload[2] + 1, payload[3] + 1
    width = int.from_bytes(payload[4 : 4 + wide], "big")
    height = int.from_bytes(payload[4 + wide : 4 + 2 * wide], "big")
    if len(grid.parts) != rows * columns or not width * height:
        raise ValueError("a grid without all of its tiles")
    tiles = [container.items[number] for number in grid.parts]
    tile_width, tile_height = struct.unpack_from(">II", tiles[0].property(b"ispe") or b"", 4)
    if tile_width * columns < width or tile_height * rows < height:
        raise ValueError("tiles that do not fill their grid")
    factor = 1
    while not (tile_width | tile_height) % (2 * factor) and max(width, height) >= 2 * factor * side:
        factor *= 2
    picture = Image.new("RGB", (-(-width // factor), -(-height // factor)))
    colours = [box for box in grid.properties if box[4:8] == b"colr"]
    for place, tile in enumerate(tiles):
        row, column = divmod(place, columns)
        drawn = _draw_tile(_content(file, container, tile), tile, colours)
        if drawn.size != (tile_width, tile_height):
            raise ValueError("a tile of another size")
        # Pixels beyond the edge of the grid fill its last tiles.
        left, top = column * tile_width, row * tile_height
        drawn = drawn.crop((0, 0, min(tile_width, width - left), min(tile_height, height - top)))
        picture.paste(drawn.reduce(factor), (left // factor, top // factor))
    for box in grid.properties:
        turn = None
        if box[4:8] == b"irot":
            turn = _TURNS.get(box[8] & 3)
        elif box[4:8] == b"imir":
            turn = _MIRRORS[box[8] & 1]
        picture = picture if turn is None else picture.transpose(turn)
    return picture


def _content(file: BinaryIO, container: Container, item: HeifItem) -> bytes:
    if item.inside:
        return b"".join(container.idat[start : start + length] for start, length in item.extents)
    pieces = []
    for start, length in item.extents:
        file.seek(start)
        pieces.append(file.read(length))
    return b"".join(pieces)


def _draw_tile(content: bytes, tile: HeifItem, colours: list[bytes]) -> Image.Image:
    import pillow_heif

    properties = tile.properties
    if not any(box[4:8] == b"colr" for box in properties):
        properties = [*properties, *colours]
    found = pillow_heif.open_heif(alone(content, tile.kind, properties))
    return found.to_pillow().convert("RGB")


def alone(content: bytes, kind: bytes, properties: list[bytes]) -> bytes:
    """A HEIC of one item with the given properties."""
    links = bytes(range(1, len(properties) + 1))
    ftyp = _box(b"ftyp", b"heic", bytes(4), b"mif1heic")

    def meta(start: int) -> bytes:
        infe = _box(b"infe", b"\x02\0\0\0\0\x01\0\0", kind, b"\0")
        ipma = _box(b"ipma", struct.pack(">IIHB", 0, 1, 1, len(links)), links)
        places = struct.pack(">IHHHHHII", 0, 0x4400, 1, 1, 0, 1, start, len(content))
        return _box(
            b"meta",
            bytes(4),
            _box(b"hdlr", bytes(8), b"pict", bytes(13)),
            _box(b"pitm", b"\0\0\0\0\0\x01"),
            _box(b"iinf", b"\0\0\0\0\0\x01", infe),
            _box(b"iprp", _box(b"ipco", *properties), ipma),
            _box(b"iloc", places),
        )

    start = len(ftyp) + len(meta(0)) + 8
    return ftyp + meta(start) + _box(b"mdat", content)


def _box(kind: bytes, *parts: bytes) -> bytes:
    content = b"".join(parts)
    return struct.pack(">I4s", len(content) + 8, kind) + content
