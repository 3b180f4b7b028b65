"""Files for tests, drawn or written here: no photo of anybody's car."""

from __future__ import annotations

import re
import struct
import threading
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from itertools import count
from typing import Any, BinaryIO
from unittest import mock

import pillow_heif
from flask import Flask
from PIL import ExifTags, Image

from app.adjuntos.models import Adjunto
from app.adjuntos.outside import images
from app.adjuntos.outside.drawing_process import ProgramOutput, draw_picture
from app.adjuntos.service import Upload, UploadResult, add_adjuntos
from app.core.clock import utcnow
from app.db import db
from app.oficios.models import Oficio
from app.usuarios.models import Usuario

pillow_heif.register_heif_opener()

MAX_BYTES = 20 * 1024 * 1024

_numbers = count(1)
#: What was drawn of a file, by its bytes but for a JPEG's comment, which is in no copy.
_drawn: dict[bytes, ProgramOutput] = {}
_drawing = threading.RLock()
_COMMENT = re.compile(rb"\xff\xfe\x00.\d+", re.DOTALL)


def picture(
    size: tuple[int, int] = (64, 48), colour: tuple[int, int, int] = (40, 90, 160)
) -> Image.Image:
    """A picture of one colour."""
    return Image.new("RGB", size, colour)


def encode(image: Image.Image, format: str = "JPEG", **options: Any) -> bytes:
    buffer = BytesIO()
    image.save(buffer, format, **options)
    return buffer.getvalue()


def jpeg(size: tuple[int, int] = (64, 48), **options: Any) -> bytes:
    """A JPEG whose bytes no other call returns."""
    return encode(picture(size), comment=f"{next(_numbers)}", **options)


def camera_exif(orientation: int = 1) -> Image.Exif:
    """What a telephone writes: which way is up, when, with what, and where (Santiago)."""
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = orientation
    exif[ExifTags.Base.Make] = "Acme"
    exif[ExifTags.Base.Model] = "Acme Foto 3"
    exif.get_ifd(ExifTags.IFD.Exif).update(
        {
            ExifTags.Base.DateTimeOriginal: "2026:11:20 18:04:10",
            ExifTags.Base.OffsetTimeOriginal: "-03:00",
        }
    )
    exif.get_ifd(ExifTags.IFD.GPSInfo).update(
        {
            ExifTags.GPS.GPSLatitudeRef: "S",
            ExifTags.GPS.GPSLatitude: (33.0, 26.0, 15.0),
            ExifTags.GPS.GPSLongitudeRef: "W",
            ExifTags.GPS.GPSLongitude: (70.0, 39.0, 0.0),
        }
    )
    return exif


def bomb(width: int, height: int) -> bytes:
    """A valid black PNG of one bit a pixel: a few kilobytes that open to hundreds of megabytes."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    packer = zlib.compressobj(9)
    row = bytes(1 + (width + 7) // 8)
    pixels = b"".join(packer.compress(row) for _ in range(height)) + packer.flush()
    head = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")
    )


def pdf() -> bytes:
    """A PDF of one empty page."""
    return encode(picture((20, 20)), "PDF")


def send(
    app: Flask, oficio: Oficio, actor: Usuario, *files: tuple[str, bytes], **options: Any
) -> list[UploadResult]:
    """Add files by the service, as the views, the API and the demonstration do."""
    with app.app_context():
        return add_adjuntos(
            oficio.id,
            [Upload(name, BytesIO(data)) for name, data in files],
            actor=db.session.get_one(Usuario, actor.id),
            **{"now": utcnow(), "max_bytes": MAX_BYTES, **options},
        )


def make_adjunto(
    app: Flask, oficio: Oficio, actor: Usuario, name: str = "auto.jpg", data: bytes | None = None
) -> Adjunto:
    """A stored photo (or the given file) of an oficio, detached."""
    with _drawing_once():
        (result,) = send(app, oficio, actor, (name, data or jpeg()))
    assert result.adjunto_id, result.problem
    with app.app_context():
        adjunto = db.session.get_one(Adjunto, result.adjunto_id)
        db.session.expunge_all()
        return adjunto


@contextmanager
def _drawing_once() -> Iterator[None]:
    """Have a picture that was drawn before not drawn again: each time is a program that starts.

    Tests of drawing send their files themselves.
    """

    def remember(file: BinaryIO) -> ProgramOutput:
        file.seek(0)
        key = _COMMENT.sub(b"", file.read(), count=1)
        file.seek(0)
        if key not in _drawn:
            _drawn[key] = draw_picture(file)
        return _drawn[key]

    with _drawing, mock.patch.object(images, "draw_picture", remember):
        yield
