"""A cut or damaged file is refused, wherever it was cut; what makers write behind it is not."""

from __future__ import annotations

import random
import struct
from functools import cache
from io import BytesIO

import pytest
from PIL import Image

from app.adjuntos.outside import drawing
from app.adjuntos.outside.file_type import read_content
from app.core.errors import InvalidValue
from tests.adjuntos.files import camera_exif, encode, jpeg, picture
from tests.adjuntos.heic import grid

SIZE = (400, 304)


@cache
def noise() -> Image.Image:
    """A picture whose every part takes bytes."""
    return Image.merge("RGB", [Image.effect_noise(SIZE, 80) for _ in range(3)])


def moving(format: str) -> bytes:
    return encode(noise(), format, save_all=True, append_images=[noise().rotate(90)])


KINDS = {
    "jpeg": lambda: encode(noise(), quality=90),
    "jpeg with exif": lambda: encode(noise(), quality=90, exif=camera_exif()),
    "jpeg optimized": lambda: encode(noise(), optimize=True),
    "jpeg with restarts": lambda: encode(noise(), restart_marker_rows=1),
    "jpeg grey": lambda: encode(noise().convert("L")),
    "jpeg of two pictures": lambda: moving("MPO"),
    "progressive jpeg": lambda: encode(noise(), progressive=True),
    "png": lambda: encode(noise(), "PNG"),
    "png with a palette": lambda: encode(noise().quantize(64), "PNG"),
    "webp": lambda: encode(noise(), "WEBP", quality=80),
    "webp without loss": lambda: encode(noise(), "WEBP", lossless=True),
    "webp see-through": lambda: encode(noise().convert("RGBA"), "WEBP", exif=camera_exif()),
    "webp that moves": lambda: moving("WEBP"),
    "heic": lambda: encode(noise(), "HEIF", quality=70),
    "heic with exif": lambda: encode(noise(), "HEIF", quality=70, exif=camera_exif()),
    "heic of tiles": lambda: encode(noise(), "HEIF", quality=70, tile_size=128),
    "heic as telephones lay it": lambda: grid((300, 200), noise().crop((0, 0, 128, 128))),
}


@cache
def made(kind: str) -> bytes:
    return KINDS[kind]()


def end_of_picture(kind: str) -> int:
    """Where the first picture ends: a second one behind it may be cut."""
    data = made(kind)
    return data.index(b"\xff\xd9") + 2 if kind == "jpeg of two pictures" else len(data)


def problem(data: bytes) -> str | None:
    return drawing.answer(BytesIO(data))[0].get("problema")


@pytest.mark.parametrize("kind", KINDS)
def test_a_whole_file_is_taken(kind):
    assert problem(made(kind)) is None
    assert problem(made(kind)[: end_of_picture(kind) // 2]) is not None


@pytest.mark.parametrize("kind", KINDS)
def test_a_file_cut_anywhere_is_refused(kind):
    data, end = made(kind), end_of_picture(kind)
    places = random.Random(kind).sample(range(16, end), 40)
    places += [16, 40, end // 3, end // 2, *range(max(17, end - 12), end)]

    assert [place for place in places if problem(data[:place]) is not None] == places
    assert problem(data) is None


@pytest.mark.parametrize("kind", [kind for kind in KINDS if not kind.startswith("webp")])
@pytest.mark.parametrize("part", [0.3, 0.6, 0.9])
def test_an_end_of_zeros_is_refused(kind, part):
    """What a transfer leaves that made room for the whole file and broke off.

    Not for WEBP, where zeros may be a part of a flat picture.
    """
    data, end = made(kind), end_of_picture(kind)
    start = int(end * part)

    assert problem(data[:start] + bytes(len(data) - start)) is not None


@pytest.mark.parametrize(
    "kind", ["jpeg", "jpeg with exif", "jpeg of two pictures", "png", "heic of tiles"]
)
def test_a_hole_in_the_middle_is_refused(kind):
    data, end = made(kind), end_of_picture(kind)
    start = end // 2

    assert problem(data[:start] + bytes(1024) + data[start + 1024 :]) is not None


def test_a_third_of_a_telephones_heic_is_refused_with_a_sentence():
    data = grid((1600, 1200), noise().crop((0, 0, 256, 256)))

    for part in (0.3, 0.5, 0.99):
        with pytest.raises(InvalidValue, match="cortada o dañada"):
            read_content(data[: int(len(data) * part)])
    assert read_content(data).ancho == 1600


def test_a_changed_bit_of_a_png_is_refused():
    data = bytearray(made("png"))
    data[len(data) // 2] ^= 4

    assert problem(bytes(data)) is not None


@pytest.mark.parametrize(
    "behind",
    [
        b"\x00" * 100,
        b"SEFHe\x00\x00\x00\x01\x00\x00\x00SEFT",
        struct.pack(">I4s", 24, b"ftyp")
        + b"mp42"
        + bytes(12)
        + b"\x00\x10\x00\x00mdat"
        + b"x" * 50,
        b"MotionPhoto_Data" + b"\xff\xd8\xff\xe1" + b"y" * 300,
    ],
    ids=["padding", "trailer", "video", "moving photo"],
)
@pytest.mark.parametrize("kind", ["jpeg", "progressive jpeg", "png", "webp", "heic of tiles"])
def test_what_a_maker_writes_behind_the_picture_is_its_own(kind, behind):
    if kind == "heic of tiles" and behind[4:8] == b"ftyp":
        behind = struct.pack(">I4s", 8 + len(behind), b"mpvd") + behind

    assert problem(made(kind) + behind) is None
    assert problem(made(kind)[: len(made(kind)) // 2]) is not None


def test_an_exif_preview_that_is_a_jpeg_itself_does_not_end_the_picture():
    """Its bytes lie inside of a segment, which is passed over by its length."""
    preview = jpeg((32, 24))
    data = made("jpeg")
    segment = b"Exif\x00\x00junk" + preview
    whole = data[:2] + b"\xff\xe1" + struct.pack(">H", len(segment) + 2) + segment + data[2:]

    assert problem(whole) is None
    assert problem(whole[: len(whole) - 500]) is not None


def test_stuffing_between_segments_and_a_flat_picture_are_no_damage():
    data = encode(picture((2000, 1500), (0, 0, 0)), optimize=True)
    assert problem(data) is None
    assert problem(data[:2] + b"\xff\xff" + data[2:]) is None
    assert problem(data[: len(data) // 2]) is not None


def test_tiles_are_put_where_they_belong():
    """Told apart from what the library draws of the same file as a whole."""
    image = noise().resize((1000, 700))
    data = encode(image, "HEIF", quality=90, tile_size=256)

    _, (copy, _) = drawing.draw(BytesIO(data))
    other = Image.open(BytesIO(data)).convert("RGB")

    drawn = Image.open(BytesIO(copy))
    assert drawn.size == other.size
    for spot in ((10, 10), (990, 10), (10, 690), (990, 690), (500, 350)):
        for one, two in zip(_mean(drawn, spot), _mean(other, spot), strict=True):
            assert abs(one - two) < 6, spot


def _mean(image: Image.Image, spot: tuple[int, int]) -> list[float]:
    x, y = spot
    piece = image.crop((x - 8, y - 8, x + 8, y + 8)).resize((1, 1), Image.Resampling.BOX)
    return list(piece.getpixel((0, 0)))  # type: ignore[arg-type]


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_grid_taken_sideways_stands_as_the_library_shows_it(orientation):
    image = Image.new("RGB", (512, 256), "white")
    image.paste((255, 0, 0), (0, 0, 256, 128))
    image.paste((0, 0, 255), (0, 128, 256, 256))
    image.info["exif"] = camera_exif(orientation).tobytes()
    data = encode(image, "HEIF", quality=90, tile_size=128)

    _, (copy, _) = drawing.draw(BytesIO(data))
    drawn, other = Image.open(BytesIO(copy)), Image.open(BytesIO(data)).convert("RGB")

    assert drawn.size == other.size
    for spot in ((20, 20), (other.width - 20, 20), (20, other.height - 20)):
        assert all(
            abs(a - b) < 12 for a, b in zip(_mean(drawn, spot), _mean(other, spot), strict=True)
        )
