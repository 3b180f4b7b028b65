"""Draws a picture anew: a copy and a thumbnail that hold pixels and nothing else.

However large the picture is, the memory is the same: a JPEG is decoded smaller, a HEIC tile by
tile, a large PNG or WEBP line by line.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from io import BytesIO
from typing import Any, BinaryIO

from PIL import Image, ImageCms, ImageDraw, ImageFont

from .heif import Container, draw_grid, read_container
from .integrity import check_whole
from .progressive import draw_eighth
from .webp import read_head

#: Maximum pixels: phone sensors end at 200 million, and a tiny file may claim any number.
MAX_PIXELS = 202_000_000
#: Above so many pixels libvips reads them line by line: Pillow would hold them all, once for PNG,
#: four times for WEBP.
LINE_BY_LINE = {"PNG": 40_000_000, "WEBP": 12_000_000}
#: A progressive JPEG is held as coefficients until its end, all of them; what has more bytes of
#: them is drawn from its first passes.
MAX_COEFFICIENTS = 152 * 1024 * 1024
#: Longest side of the copy and of the thumbnail, in pixels.
COPY_SIDE = 2400
THUMBNAIL_SIDE = 480
#: A large picture is made smaller in tiles of about so many pixels a side.
_TILE = 1024
_FORMATS = ("JPEG", "PNG", "WEBP", "HEIF")
_ORIENTATION = 274
#: How to turn a picture whose EXIF orientation is not 1.
_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


Answer = tuple[dict[str, Any], list[bytes]]


class TooManyPixels(Exception):
    """More pixels than any camera has. Its size, and what is the most."""

    def __init__(self, width: int, height: int) -> None:
        super().__init__(width, height)
        self.facts = {
            "problema": "pixeles",
            "ancho": width,
            "alto": height,
            "maximo": MAX_PIXELS,
        }


@dataclass
class Head:
    """What a picture tells before it is decoded."""

    format: str
    width: int
    height: int
    profile: bytes | None
    exif: bytes
    #: What puts it upright.
    turn: Image.Transpose | None
    #: None where opening it would decode it.
    image: Image.Image | None = None
    container: Container | None = None

    @property
    def facts(self) -> dict[str, Any]:
        """Its part of the answer."""
        return {
            "formato": self.format,
            "ancho_original": self.width,
            "alto_original": self.height,
            "exif": self.exif.hex(),
        }


def draw(file: BinaryIO) -> Answer:
    """The copy and the thumbnail of a picture, with its format, its size and its EXIF block.

    Raises:
        TooManyPixels: before anything is decoded.
        Exception: of a dozen kinds, when the picture is cut or broken.
    """
    head = _open(file)
    picture = _to_srgb(_read_pixels(head, file), head.profile)
    if head.turn is not None:
        picture = picture.transpose(head.turn)
    small = picture.copy()
    small.thumbnail((THUMBNAIL_SIDE, THUMBNAIL_SIDE), Image.Resampling.LANCZOS)
    facts = {**head.facts, "ancho": picture.width, "alto": picture.height}
    return facts, [_encode(picture, 85), _encode(small, 80)]


def excuse(file: BinaryIO) -> Answer:
    """Two cards instead of the copies of a picture that cannot be drawn here, and its facts.

    They say so themselves, wherever they are shown, so that nobody takes them for the photo.

    Raises:
        TooManyPixels, Exception: as :func:`draw`, as far as the file tells without being decoded.
    """
    head = _open(file)
    lines = [
        "Foto guardada, sin copia para mostrar",
        f"Su original de {head.width} × {head.height} píxeles está entero",
        "en el caso, pero aquí no se pudo dibujar.",
    ]
    card = Image.new("RGB", (1200, 900), "#e4e8ea")
    brush = ImageDraw.Draw(card)
    for number, line in enumerate(lines):
        font = ImageFont.load_default(46 if number == 0 else 34)
        brush.text((600, 390 + 66 * number), line, fill="#1b242c", font=font, anchor="mm")
    small = card.resize((480, 360), Image.Resampling.LANCZOS)
    facts = {**head.facts, "ancho": card.width, "alto": card.height, "sin_copia": True}
    return facts, [_encode(card, 85), _encode(small, 80)]


def _open(file: BinaryIO) -> Head:
    """Read the head of a whole picture; nothing is decoded before its pixels are counted."""
    check_whole(file)
    start = file.read(12)
    if start.startswith(b"RIFF"):
        webp = read_head(file)
        if webp.width * webp.height > LINE_BY_LINE["WEBP"]:
            _count(webp.width, webp.height)
            turn = _turn_of(webp.exif)
            return Head("WEBP", webp.width, webp.height, webp.profile, webp.exif, turn)
    container = None
    if start[4:8] == b"ftyp":
        import pillow_heif  # 10 MB and 50 ms, for HEIC alone

        pillow_heif.options.DECODE_THREADS = 1
        pillow_heif.register_heif_opener()
        container = read_container(file)
    file.seek(0)
    image = Image.open(file, formats=_FORMATS)
    _count(*image.size)
    turn, exif = _exif(image)
    profile = image.info.get("icc_profile")
    return Head(image.format or "", *image.size, profile, exif, turn, image, container)


def _count(width: int, height: int) -> None:
    if width * height > MAX_PIXELS:
        raise TooManyPixels(width, height)


def _turn_of(block: bytes) -> Image.Transpose | None:
    exif = Image.Exif()
    try:
        exif.load(block)
        return _TURNS.get(exif.get(_ORIENTATION, 1))
    except Exception:  # as for the others: the picture counts, not its broken block
        return None


def _read_pixels(head: Head, file: BinaryIO) -> Image.Image:
    """The picture, at most ``COPY_SIDE`` large, by the way that fits into the memory."""
    image, format = head.image, head.format
    longest = max(head.width, head.height)
    if head.container is not None and (grid := head.container.grid):
        return _shrink(draw_grid(file, head.container, grid, COPY_SIDE))
    if image is None or head.width * head.height > LINE_BY_LINE.get(format, MAX_PIXELS):
        return _draw_lines(file, format, longest)
    if format in {"JPEG", "MPO"}:
        if image.info.get("progressive") and _coefficients(image) > MAX_COEFFICIENTS:
            return _shrink(draw_eighth(file))
        # The decoder leaves out what the copy would drop: a quarter of the memory and time.
        scale = max(1.0, longest / COPY_SIDE)
        image.draft(None, (round(head.width / scale), round(head.height / scale)))
    image.load()
    return _shrink(image)


def _coefficients(image: Image.Image) -> int:
    """Bytes that a JPEG decoder needs to hold a whole picture: two for each of its samples."""
    layers: list[tuple[int, int, int, int]] = getattr(image, "layer", [])
    widest = max(layer[1] for layer in layers)
    tallest = max(layer[2] for layer in layers)
    samples = sum(layer[1] * layer[2] for layer in layers) / (widest * tallest)
    return round(2 * image.width * image.height * samples)


def _draw_lines(file: BinaryIO, format: str, longest: int) -> Image.Image:
    """A large PNG or WEBP, made smaller while it is read; on white where it is see-through."""
    os.environ["VIPS_CONCURRENCY"] = "1"
    import pyvips  # 20 MB, for pictures that Pillow would hold whole

    file.seek(0)
    source = pyvips.Source.new_from_descriptor(file.fileno())
    options: dict[str, Any] = {"access": "sequential", "fail_on": "truncated"}
    if format == "WEBP":
        options["scale"] = min(1.0, COPY_SIDE / longest)
        lines = pyvips.Image.webpload_source(source, **options)
    else:
        lines = pyvips.Image.pngload_source(source, unlimited=True, **options)
    if lines.hasalpha():
        lines = lines.flatten(background=255 if lines.format == "uchar" else 65535)
    lines = lines.thumbnail_image(COPY_SIDE, height=COPY_SIDE, size="down")
    lines = lines.colourspace("srgb").cast("uchar")
    return Image.frombytes("RGB", (lines.width, lines.height), lines.write_to_memory())


def _exif(image: Image.Image) -> tuple[Image.Transpose | None, bytes]:
    """The turn that puts the picture upright, and the block as it came."""
    try:
        exif = image.getexif()
        raw = image.info.get("exif") or exif.tobytes()
        return _TURNS.get(exif.get(_ORIENTATION, 1)), bytes(raw)
    except Exception:  # Pillow raises a dozen kinds of error for a broken block
        return None, b""


def _shrink(image: Image.Image) -> Image.Image:
    """The picture in RGB (or CMYK or grey, which have profiles), at most ``COPY_SIDE`` large.

    See-through parts become white. It goes tile by tile: a second copy of the whole, in another
    format, would not fit.
    """
    factor = max(1, max(image.size) // COPY_SIDE)
    keeps = image.mode in {"RGB", "L", "CMYK"} and not image.has_transparency_data
    if keeps and factor == 1:
        picture = image
    else:
        width, height = (-(-side // factor) for side in image.size)
        picture = Image.new(image.mode if keeps else "RGB", (width, height))
        step = max(1, _TILE // factor)
        for top in range(0, height, step):
            for left in range(0, width, step):
                corner = (
                    min((left + step) * factor, image.width),
                    min((top + step) * factor, image.height),
                )
                tile = image.crop((left * factor, top * factor, *corner))
                tile = tile if keeps else _flatten(tile)
                picture.paste(tile.reduce(factor), (left, top))
        image.close()
    if max(picture.size) > COPY_SIDE:
        picture.thumbnail((COPY_SIDE, COPY_SIDE), Image.Resampling.LANCZOS)
    return picture


def _flatten(strip: Image.Image) -> Image.Image:
    """A part of a picture in RGB on white."""
    if strip.mode.startswith("I"):
        # 16 bits of grey: converting would cut everything above 255 to white.
        strip = strip.point(lambda value: value * (1 / 256)).convert("L")
    if not strip.has_transparency_data:
        return strip.convert("RGB")
    layer = strip.convert("RGBA")
    ground = Image.new("RGB", layer.size, "white")
    ground.paste(layer, mask=layer)
    return ground


def _to_srgb(picture: Image.Image, profile: bytes | None) -> Image.Image:
    """The colours as browsers show them: the copy carries no profile that would say otherwise."""
    if profile:
        try:
            source = ImageCms.ImageCmsProfile(BytesIO(profile))
            target = ImageCms.createProfile("sRGB")
            converted = ImageCms.profileToProfile(picture, source, target, outputMode="RGB")
            if converted is not None:
                return converted
        except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
            pass  # a broken profile, or one for other colours: the numbers are taken as they are
    return picture if picture.mode == "RGB" else picture.convert("RGB")


def _encode(picture: Image.Image, quality: int) -> bytes:
    """A JPEG of the pixels alone: comment, profile and EXIF would otherwise travel along."""
    picture.info.clear()
    buffer = BytesIO()
    picture.save(buffer, "JPEG", quality=quality)
    return buffer.getvalue()
