"""Pictures, told by their content and drawn anew: the copy holds pixels and nothing else.

A copy that is encoded again carries no position, no camera, no HTML or ZIP behind its end, and no
trick that waits for another program to open it.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any

import pillow_heif
from PIL import Image, UnidentifiedImageError

from app.adjuntos.exif import read_exif
from app.adjuntos.rules import COPY_SIDE, JPEG, MAX_PIXELS, THUMBNAIL_SIDE
from app.core.errors import InvalidValue

pillow_heif.register_heif_opener()

#: Pillow's names of the accepted formats. A camera's multi-picture JPEG opens as MPO.
_MIME_TYPES = {
    "JPEG": JPEG,
    "MPO": JPEG,
    "PNG": "image/png",
    "WEBP": "image/webp",
    "HEIF": "image/heic",
}
_FORMATS = ("JPEG", "PNG", "WEBP", "HEIF")
_BROKEN = "La imagen está cortada o dañada. Envíela otra vez desde el teléfono o la cámara."

#: One picture at a time in a process. For a moment, 40 megapixels take 80 MB as JPEG, 460 MB as
#: PNG with alpha and 620 MB as WEBP (measured).
_decoding = threading.Lock()


@dataclass(frozen=True)
class Imagen:
    """A picture that was found good, and what people will see of it."""

    mime_type: str
    #: JPEG without any metadata, upright, no side above ``COPY_SIDE``.
    copia: bytes
    miniatura: bytes
    #: Pixels of the copy.
    ancho: int
    alto: int
    metadatos: dict[str, Any] = field(default_factory=dict)


def read_image(data: bytes) -> Imagen:
    """Check a picture and draw its copy and its thumbnail.

    Raises:
        InvalidValue: it is not a picture of an accepted format, it is broken, or it is too big.
    """
    with _decoding:
        try:
            with _open(data) as image:
                return _draw(image)
        except InvalidValue:
            raise
        except MemoryError:
            raise InvalidValue(
                "La imagen es demasiado grande para abrirla aquí. Envíela con menos píxeles."
            ) from None
        except Exception as error:  # decoders raise OSError, ValueError, SyntaxError, struct.error…
            raise InvalidValue(_BROKEN) from error


def _open(data: bytes) -> Image.Image:
    """Read the head of a picture; nothing is decoded before its pixels are counted."""
    try:
        image = Image.open(BytesIO(data), formats=_FORMATS)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        # Above 179 megapixels Pillow raises, above 89 it warns, which may be an error too.
        raise _too_many_pixels() from None
    except UnidentifiedImageError:
        raise InvalidValue(_BROKEN) from None
    if image.width * image.height > MAX_PIXELS:
        size = f"{image.width} × {image.height}"
        image.close()
        raise _too_many_pixels(size)
    return image


def _too_many_pixels(size: str | None = None) -> InvalidValue:
    millions = MAX_PIXELS // 1_000_000
    measured = f" ({size})" if size else ""
    return InvalidValue(
        f"La imagen tiene demasiados píxeles{measured}: el máximo son {millions} millones. "
        "Redúzcala y vuelva a enviarla."
    )


def _draw(image: Image.Image) -> Imagen:
    mime_type = _MIME_TYPES[image.format or ""]
    width, height = image.size
    turn, metadatos = read_exif(image)
    scale = max(1.0, max(width, height) / COPY_SIDE)
    if mime_type == JPEG:
        # The decoder itself leaves out what the copy would drop: a quarter of the memory and time.
        image.draft(None, (round(width / scale), round(height / scale)))
    picture = _without_alpha(image)
    picture.thumbnail((COPY_SIDE, COPY_SIDE), Image.Resampling.LANCZOS)
    if turn is not None:
        picture = picture.transpose(turn)
    small = picture.copy()
    small.thumbnail((THUMBNAIL_SIDE, THUMBNAIL_SIDE), Image.Resampling.LANCZOS)
    return Imagen(
        mime_type=mime_type,
        copia=_encode(picture, 85),
        miniatura=_encode(small, 80),
        ancho=picture.width,
        alto=picture.height,
        metadatos={"ancho": width, "alto": height, **metadatos},
    )


def _without_alpha(image: Image.Image) -> Image.Image:
    """The picture in RGB, see-through parts on white."""
    if image.mode.startswith("I"):
        # 16 bits of grey: converting would cut everything above 255 to white.
        image = image.point(lambda value: value * (1 / 256)).convert("L")
    if not image.has_transparency_data:
        # ``convert`` would copy a picture that is RGB already: 160 MB at the limit.
        return image if image.mode == "RGB" else image.convert("RGB")
    layer = image.convert("RGBA")
    ground = Image.new("RGB", layer.size, "white")
    ground.paste(layer, mask=layer)
    return ground


def _encode(picture: Image.Image, quality: int) -> bytes:
    """A JPEG of the pixels alone: the comment would otherwise travel along."""
    picture.info.clear()
    buffer = BytesIO()
    picture.save(buffer, "JPEG", quality=quality)
    return buffer.getvalue()
