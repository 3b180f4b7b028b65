"""What a picture says of itself: when and where it was taken, by which camera, which way is up.

Cameras and forgers write anything here. It is kept apart from what people claim, and a picture is
never lost because of it.
"""

from __future__ import annotations

import math
from typing import Any

from PIL import ExifTags, Image

from app.adjuntos.rules.photo_time import read_camera_time, read_offset
from app.core.text import clean_text

_Base = ExifTags.Base
_Gps = ExifTags.GPS
#: Maximum characters kept of a date or a camera's name.
_TEXT_LIMIT = 80


def read_exif(raw: bytes) -> dict[str, Any]:
    """What a block of EXIF says that is worth keeping.

    Keys, each only when it can be read: ``tomada_at`` (the camera's clock, ISO, without a zone
    unless the camera gave one) or ``tomada_texto`` (what it wrote instead), ``camara``, and
    ``gps`` (``lat``, ``lon`` in decimal degrees) or ``gps_nula``, when the camera wrote 0,0
    because it did not know.
    """
    found: dict[str, Any] = {}
    exif = Image.Exif()
    try:
        exif.load(raw)
    except Exception:  # Pillow raises a dozen kinds of error for a broken block, also warnings
        return found
    readers = (
        ("tomada_at", _taken),
        ("tomada_texto", _unreadable),
        ("camara", _camera),
        ("gps", _position),
    )
    for name, read in readers:
        try:
            value = read(exif)
        except Exception:  # noqa: S112  # as above: the picture counts, not its broken block
            continue
        if value:
            found[name] = value
    gps = found.get("gps")
    if gps and not any(gps.values()):
        del found["gps"]
        found["gps_nula"] = True
    return found


def _taken(exif: Image.Exif) -> str | None:
    """``2026:11:20 18:04:10`` and its neighbours as ISO; the first of its tags that can be read."""
    for text, offset in _times(exif):
        if written := read_camera_time(text, offset):
            return written.isoformat()
    return None


def _unreadable(exif: Image.Exif) -> str | None:
    """Return the raw text of the first unreadable date tag; dates of zeros count as absent."""
    if _taken(exif):
        return None
    return next((text for text, _ in _times(exif) if text.strip(" :0-/T")), None)


def _times(exif: Image.Exif) -> list[tuple[str, str]]:
    """Each date of the block with its offset, the nearest to the exposure first.

    Many telephones write one offset for all of them, and not always the one that belongs.
    """
    ifd = exif.get_ifd(ExifTags.IFD.Exif)
    offsets = [
        _text(ifd.get(tag))
        for tag in (_Base.OffsetTimeOriginal, _Base.OffsetTimeDigitized, _Base.OffsetTime)
    ]
    dates = [
        _text(ifd.get(_Base.DateTimeOriginal)),
        _text(ifd.get(_Base.DateTimeDigitized)),
        _text(exif.get(_Base.DateTime)),
    ]
    known = next((offset for offset in offsets if read_offset(offset)), "")
    return [
        (date, own if read_offset(own) else known)
        for date, own in zip(dates, offsets, strict=True)
        if date
    ]


def _camera(exif: Image.Exif) -> str:
    make, model = _text(exif.get(_Base.Make)), _text(exif.get(_Base.Model))
    return model if model.startswith(make) else f"{make} {model}".strip()


def _position(exif: Image.Exif) -> dict[str, float] | None:
    """Decimal degrees, south and west negative; nothing when they are not on the globe."""
    ifd = exif.get_ifd(ExifTags.IFD.GPSInfo)
    if _Gps.GPSLatitude not in ifd:
        return None
    lat = _degrees(ifd[_Gps.GPSLatitude], ifd.get(_Gps.GPSLatitudeRef), "S")
    lon = _degrees(ifd[_Gps.GPSLongitude], ifd.get(_Gps.GPSLongitudeRef), "W")
    if not (abs(lat) <= 90 and abs(lon) <= 180):
        return None
    return {"lat": lat, "lon": lon}


def _degrees(parts: Any, reference: Any, negative: str) -> float:
    degrees, minutes, seconds = (float(part) for part in parts)
    value = degrees + minutes / 60 + seconds / 3600
    if not math.isfinite(value):
        raise ValueError("a division by zero in the position")
    return round(-value if _text(reference).upper() == negative else value, 6)


def _text(value: Any) -> str:
    if isinstance(value, bytes):
        value = value.decode("ascii", "replace")
    return clean_text(str(value))[:_TEXT_LIMIT] if value else ""
