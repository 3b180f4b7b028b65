"""Pictures, told by their content and drawn anew: the copy holds pixels and nothing else.

A copy that is encoded again carries no position, no camera, no HTML or ZIP behind its end, and no
trick that waits for another program to open it. It is drawn by a program of its own, see
``drawing_process``.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, BinaryIO, cast

from app.adjuntos.outside.drawing_process import draw_picture
from app.adjuntos.rules import JPEG
from app.adjuntos.rules.exif import read_exif

#: Pillow's names of the accepted formats. A camera's multi-picture JPEG opens as MPO.
_MIME_TYPES = {
    "JPEG": JPEG,
    "MPO": JPEG,
    "PNG": "image/png",
    "WEBP": "image/webp",
    "HEIF": "image/heic",
}


@contextmanager
def as_file(source: bytes | BinaryIO) -> Iterator[BinaryIO]:
    """A real file with these bytes, at its start; one that is given stays open."""
    if not isinstance(source, bytes):
        source.seek(0)
        yield source
        return
    with tempfile.TemporaryFile() as file:
        file.write(source)
        file.seek(0)
        yield cast(BinaryIO, file)


@dataclass(frozen=True)
class Imagen:
    """A picture that was found good, and what people will see of it."""

    mime_type: str
    #: JPEG without any metadata, upright, in sRGB, no side above 2400 pixels.
    copia: bytes
    miniatura: bytes
    #: Pixels of the copy.
    ancho: int
    alto: int
    metadatos: dict[str, Any] = field(default_factory=dict)


def read_image(source: bytes | BinaryIO) -> Imagen:
    """Check a picture and draw its copy and its thumbnail.

    Raises:
        InvalidValue: it is not a picture of an accepted format, it is cut or broken, or it has more
            pixels than any camera.
    """
    with as_file(source) as file:
        drawn = draw_picture(file)
    facts = drawn.datos
    copy, thumbnail = drawn.partes
    return Imagen(
        mime_type=_MIME_TYPES[facts["formato"]],
        copia=copy,
        miniatura=thumbnail,
        ancho=facts["ancho"],
        alto=facts["alto"],
        metadatos={
            "ancho": facts["ancho_original"],
            "alto": facts["alto_original"],
            **({"sin_copia": True} if facts.get("sin_copia") else {}),
            **read_exif(bytes.fromhex(facts["exif"])),
        },
    )
