"""Drawing a logo anew: what is kept is a small PNG of pixels, whatever was uploaded."""

from __future__ import annotations

from dataclasses import dataclass
from io import BytesIO

from PIL import Image, UnidentifiedImageError

from app.ajustes.rules import (
    LOGO_HEIGHT,
    LOGO_MAX_BYTES,
    LOGO_MAX_PIXELS,
    LOGO_WIDTH,
)
from app.core.errors import InvalidValue

_FORMATS = ("PNG", "JPEG", "WEBP")
_KINDS = "Elija una imagen PNG, JPEG o WEBP."
_SMALLER = f"Redúzcalo, por ejemplo a {LOGO_WIDTH} × {LOGO_HEIGHT}."


@dataclass(frozen=True)
class Dibujo:
    """A logo as stored: the bytes of its PNG, width and height in pixels."""

    datos: bytes
    ancho: int
    alto: int


def draw_logo(data: bytes) -> Dibujo:
    """A logo at most ``LOGO_WIDTH`` by ``LOGO_HEIGHT``, see-through where it was.

    Raises:
        InvalidValue: it is no picture of the accepted kinds, is broken, or has too many pixels.
    """
    if len(data) > LOGO_MAX_BYTES:
        raise InvalidValue(
            f"El logo pesa más de {LOGO_MAX_BYTES // 1024 // 1024} MB. Elija uno más pequeño."
        )
    try:
        image = Image.open(BytesIO(data), formats=_FORMATS)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise InvalidValue(f"El logo tiene demasiados píxeles. {_SMALLER}") from None
    except (UnidentifiedImageError, OSError, ValueError):
        raise InvalidValue(f"El archivo no es una imagen que se pueda usar. {_KINDS}") from None
    # Counted from the head: nothing is decoded before.
    if image.width * image.height > LOGO_MAX_PIXELS:
        raise InvalidValue(
            f"El logo tiene demasiados píxeles ({image.width} × {image.height}). {_SMALLER}"
        )
    try:
        image.load()
        drawn = image.convert("RGBA")
        drawn.thumbnail((LOGO_WIDTH, LOGO_HEIGHT), Image.Resampling.LANCZOS)
    except Exception:  # decoders raise OSError, ValueError, SyntaxError, struct.error…
        raise InvalidValue(f"La imagen está cortada o dañada. {_KINDS}") from None
    drawn.info.clear()
    buffer = BytesIO()
    drawn.save(buffer, "PNG", optimize=True)
    return Dibujo(buffer.getvalue(), drawn.width, drawn.height)
