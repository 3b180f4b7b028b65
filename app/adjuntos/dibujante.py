"""Draws a picture anew, or looks into a PDF. A program of its own, see ``taller``.

It reads the file from its standard input and answers on its standard output: one line of JSON, and
after it the copy and the thumbnail. Its memory and its time are limited, so that no file can harm
the process that serves people: what does not fit is refused. It imports nothing of the application,
whose own memory would count here.
"""

from __future__ import annotations

import json
import resource
import sys
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

from PIL import Image, ImageCms, PngImagePlugin, UnidentifiedImageError

#: What it may allocate, in bytes. The libraries themselves take some 30 MB more, which they share.
MEMORY = 248 * 1024 * 1024
#: Seconds of processor.
CPU_SECONDS = 20
#: 40 megapixels: a 21 kB PNG of 13000 x 13000 would otherwise cost 823 MB to open.
MAX_PIXELS = 40_000_000
#: These decoders hold a picture several times over, so that fewer pixels fit (bytes for each pixel
#: as measured: WEBP 16, HEIC 9). Telephones make HEIC of 12 and 24 megapixels.
LESS_PIXELS = {"WEBP": 12_000_000, "HEIF": 25_000_000}
#: A progressive JPEG is held as coefficients until its end, all of them.
MAX_COEFFICIENTS = 120 * 1024 * 1024
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
#: Actions of a PDF that run something or fetch something when it is opened or clicked.
_MARKS = ("/JS", "/XFA")
_SCRIPTS = {"/JavaScript", "/Rendition", *_MARKS}
_LAUNCHES = {"/Launch", "/ImportData", "/GoToE"}
#: Nobody nests further on purpose.
_DEPTH = 20

Answer = tuple[dict[str, Any], list[bytes]]


class TooManyPixels(Exception):
    """A picture that would not fit. Its size, and what is the most for its format."""

    def __init__(self, width: int, height: int, limit: int) -> None:
        super().__init__(width, height, limit)
        self.facts = {"problema": "pixeles", "ancho": width, "alto": height, "maximo": limit}


def draw(data: bytes) -> Answer:
    """The copy and the thumbnail of a picture, with its format, its size and its EXIF block.

    Raises:
        TooManyPixels: before anything is decoded.
        Exception: of a dozen kinds, when the picture is broken.
    """
    with _open(data) as image:
        format = image.format or ""
        width, height = image.size
        profile = image.info.get("icc_profile")
        if format in {"JPEG", "MPO"}:
            # The decoder leaves out what the copy would drop: a quarter of the memory and time.
            scale = max(1.0, max(width, height) / COPY_SIDE)
            image.draft(None, (round(width / scale), round(height / scale)))
        image.load()
        turn, exif = _exif(image)
        picture = _shrink(image)
    picture = _to_srgb(picture, profile)
    if turn is not None:
        picture = picture.transpose(turn)
    small = picture.copy()
    small.thumbnail((THUMBNAIL_SIDE, THUMBNAIL_SIDE), Image.Resampling.LANCZOS)
    facts = {
        "formato": format,
        "ancho_original": width,
        "alto_original": height,
        "ancho": picture.width,
        "alto": picture.height,
        "exif": exif.hex(),
    }
    return facts, [_encode(picture, 85), _encode(small, 80)]


def inspect_pdf(data: bytes) -> Answer:
    """What a PDF would do besides showing its pages. Nothing of it is executed.

    Raises:
        Exception: it is broken beyond repair, or asks for a password.
    """
    import pikepdf  # half the memory of this program, for PDFs alone

    actions: set[str] = set()
    embedded: list[str] = []
    with pikepdf.open(BytesIO(data), suppress_warnings=True) as pdf:
        for item in pdf.objects:
            # What hangs directly from an object is inside of it; the rest comes by itself.
            for inner in _with_inner(item, (pikepdf.Dictionary, pikepdf.Stream), pikepdf.Array):
                actions |= {str(inner.get("/S", "")), *(name for name in _MARKS if name in inner)}
                if "/EF" in inner:
                    embedded.append(str(inner.get("/UF", inner.get("/F", "")))[:100])
        pages = len(pdf.pages)
    facts = {
        "paginas": pages,
        "scripts": bool(actions & _SCRIPTS),
        "ejecuta": bool(actions & _LAUNCHES),
        "incrustados": embedded[:10],
    }
    return facts, []


def _with_inner(
    item: Any, mappings: tuple[type, ...], array: type, depth: int = 0
) -> Iterator[Any]:
    """A dictionary of a PDF, and those that stand directly inside of it."""
    if depth > _DEPTH or (depth and item.is_indirect):
        return
    inner: list[Any]
    is_mapping: bool = isinstance(item, mappings)
    is_array: bool = isinstance(item, array)
    if is_mapping:
        yield item
        inner = [item[name] for name in item.keys()]  # noqa: SIM118  # not a real mapping
    elif is_array:
        inner = list(item)
    else:
        return
    for part in inner:
        if isinstance(part, (*mappings, array)):
            yield from _with_inner(part, mappings, array, depth + 1)


def _open(data: bytes) -> Image.Image:
    """Read the head of a picture; nothing is decoded before its pixels are counted."""
    if data[4:8] == b"ftyp":
        import pillow_heif  # 10 MB and 50 ms, for HEIC alone

        pillow_heif.options.DECODE_THREADS = 1
        pillow_heif.register_heif_opener()
    image = Image.open(BytesIO(data), formats=_FORMATS)
    width, height = image.size
    limit = LESS_PIXELS.get(image.format or "", MAX_PIXELS)
    if image.format in {"JPEG", "MPO"} and image.info.get("progressive"):
        # Two bytes for each coefficient; how the colours are thinned out is not asked.
        limit = min(limit, MAX_COEFFICIENTS // (2 * len(image.getbands())))
    if width * height > limit:
        image.close()
        raise TooManyPixels(width, height, limit)
    return image


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


def answer(data: bytes) -> Answer:
    """What became of a file, whatever it was."""
    try:
        return inspect_pdf(data) if data.startswith(b"%PDF-") else draw(data)
    except TooManyPixels as error:
        return error.facts, []
    except MemoryError:
        return {"problema": "memoria"}, []
    except UnidentifiedImageError:
        return {"problema": "danado"}, []
    except Exception as error:  # decoders raise OSError, ValueError, SyntaxError, struct.error…
        name = type(error).__name__
        if name == "PasswordError":
            return {"problema": "clave"}, []
        # libheif and libwebp have words of their own for it.
        short = "memory" in str(error).lower()
        return {"problema": "memoria" if short else "danado", "error": f"{name}: {error}"[:200]}, []


def _peak() -> int | None:
    """The most memory that this program had, in bytes, where the system tells."""
    try:
        status = Path("/proc/self/status").read_text()
    except OSError:
        return None
    return int(status.partition("VmHWM:")[2].split()[0]) * 1024


def main() -> None:
    """Answer for the file on the standard input."""
    resource.setrlimit(resource.RLIMIT_DATA, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS + 1))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    Image.MAX_IMAGE_PIXELS = None  # counted before decoding, by format
    PngImagePlugin.MAX_TEXT_MEMORY = 4 * 1024 * 1024
    facts, parts = answer(sys.stdin.buffer.read())
    facts["partes"] = [len(part) for part in parts]
    facts["memoria"] = _peak()
    sys.stdout.buffer.write(json.dumps(facts).encode() + b"\n")
    for part in parts:
        sys.stdout.buffer.write(part)


if __name__ == "__main__":
    main()
