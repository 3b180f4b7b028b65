"""When a photo was taken, as its camera wrote it, and the words that every reader gets for it.

Cameras write this by hand of their makers: a blank or short offset, slashes, ISO, no seconds. What
can be read is read; what cannot leaves the photo without an hour of its camera, and then the hour
of the upload is told as what it is.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone
from typing import Any
from zoneinfo import ZoneInfo

from app.core.clock import SANTIAGO, Reading, read_local
from app.core.dates import format_fecha_hora
from app.core.errors import InvalidValue
from app.core.time_zones import zone_note, zone_of

#: No camera with a clock that was set wrote an earlier year.
FIRST_YEAR = 2000
#: Tolerance for wrong clocks; a photo dated further than this after its upload is not believed.
_AHEAD = timedelta(days=1)
_FORMS = (
    # The separator of the hour is one of three, and the same twice: «08:15-03» ends in an offset.
    re.compile(
        r"(?P<y>\d{4})[:/.\-](?P<m>\d{1,2})[:/.\-](?P<d>\d{1,2})[T ,]+"
        # Some fill a number to its width with a blank: « 8: 5: 3».
        r"(?P<H>\d{1,2})(?P<sep>[:.\-]) ?(?P<M>\d{2}|(?<= )\d)"
        r"(?:(?P=sep) ?(?P<S>\d{2}|(?<= )\d))?(?:[.,]\d+)?"
    ),
    re.compile(r"(?P<y>\d{4})(?P<m>\d{2})(?P<d>\d{2})[T ]?(?P<H>\d{2})(?P<M>\d{2})(?P<S>\d{2})?"),
)
_HALF_OF_DAY = re.compile(r"([ap])\.? ?m\.?", re.I)
_OFFSET = re.compile(r"(?:UTC|GMT)? ?([+\-−–]) ?(\d{1,2})(?: ?:? ?(\d{2})(?::?00)?)?", re.I)
_UTC = re.compile(r"(?:Z|UTC|GMT)(?: ?[+\-−] ?0?0)?", re.I)
#: No zone lies further from UTC (Kiritimati).
_MOST_OFFSET = timedelta(hours=14)


def read_camera_time(text: str, offset: str = "") -> datetime | None:
    """What a camera wrote as its date and hour, or None when it cannot be read.

    The answer has a zone where ``offset``, or the text itself, gives one that can be read. A clock
    of zeros was never set and is no hour.
    """
    text = _plain(text)
    for form in _FORMS:
        if found := form.match(text):
            break
    else:
        return None
    rest = text[found.end() :].strip()
    hour = int(found["H"])
    if half := _HALF_OF_DAY.match(rest):
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if half[1].lower() == "p" else 0)
        rest = rest[half.end() :].strip()
    own = read_offset(rest)
    if own is None and rest.strip(" :T"):
        return None
    zone = own if own is not None else read_offset(offset)
    year, month, day, minute = (int(found[name]) for name in ("y", "m", "d", "M"))
    try:
        return datetime(year, month, day, hour, minute, int(found["S"] or 0), tzinfo=zone)
    except ValueError:
        return None


def read_offset(text: str) -> timezone | None:
    """The zone of «-03:00» and its neighbours («-3», «-0300», «Z»), or None: blank or no zone."""
    text = _plain(text).strip(" T")
    if _UTC.fullmatch(text):
        return UTC
    found = _OFFSET.fullmatch(text)
    if found is None or int(found[3] or 0) > 59:
        return None
    size = timedelta(hours=int(found[2]), minutes=int(found[3] or 0))
    if size > _MOST_OFFSET:
        return None
    return timezone(size if found[1] == "+" else -size)


def camera_time(metadatos: dict[str, Any] | None) -> datetime | None:
    """The hour that the camera wrote down, with a zone only where it gave one.

    Rows of earlier versions hold the camera's own text, which is read here as well.
    """
    return read_camera_time(str((metadatos or {}).get("tomada_at") or ""))


def place_zone(metadatos: dict[str, Any] | None, comuna: str | None) -> ZoneInfo:
    """The zone of the place of a photo: of its camera's position, else of the visit's comuna."""
    gps = (metadatos or {}).get("gps") or {}
    if "lat" in gps and "lon" in gps:
        return zone_of(lat=gps["lat"], lon=gps["lon"])
    return zone_of(comuna)


def read_moment(metadatos: dict[str, Any] | None, zone: ZoneInfo = SANTIAGO) -> Reading | None:
    """The moment that the camera means, with what is doubtful in it; None without an hour.

    An hour without a zone is one on the clock of the place, which is asked for here alone.
    """
    written = camera_time(metadatos)
    if written is None:
        return None
    try:
        if written.tzinfo:
            return Reading(written.astimezone(UTC))
        return read_local(written, zone)
    except (InvalidValue, OverflowError):
        return None


def taken_at(metadatos: dict[str, Any] | None, zone: ZoneInfo = SANTIAGO) -> datetime | None:
    """The moment of :func:`read_moment` in UTC."""
    reading = read_moment(metadatos, zone)
    return reading.moment if reading else None


def unreadable_time(metadatos: dict[str, Any] | None) -> str:
    """What the camera wrote where an hour belongs, if that can't be read as one; else empty."""
    said = metadatos or {}
    if said.get("tomada_texto"):
        return str(said["tomada_texto"])
    written = str(said.get("tomada_at") or "")
    return written if written and camera_time(said) is None else ""


def credible_time(
    metadatos: dict[str, Any] | None, created_at: datetime, zone: ZoneInfo = SANTIAGO
) -> datetime | None:
    """The moment of the photo, unless the clock was not set or it lies after the upload."""
    moment = taken_at(metadatos, zone)
    if moment is None or moment.year < FIRST_YEAR or moment > created_at + _AHEAD:
        return None
    return moment


def format_camera_time(metadatos: dict[str, Any] | None, zone: ZoneInfo = SANTIAGO) -> str:
    """«20-11-2026 08:15» on the clock of the place; as the camera showed it if it gave no zone."""
    written, moment = camera_time(metadatos), taken_at(metadatos, zone)
    if written is None or moment is None:
        return ""
    if written.tzinfo:
        return format_fecha_hora(moment, zone)
    # Not the moment: that of an hour which the clock skipped would read an hour later.
    return f"{written:%d-%m-%Y %H:%M}{zone_note(moment, zone)}"


def describe_time(
    metadatos: dict[str, Any] | None,
    created_at: datetime,
    zone: ZoneInfo = SANTIAGO,
    *,
    uploaded: str = "subida",
) -> str:
    """The words for the time of a photo, everywhere: «tomada el 20-11-2026 08:15 según la cámara».

    Without a credible hour of the camera, when it was uploaded: «subida el 28-11-2026 12:14», with
    ``uploaded`` as the word for it.
    """
    if credible_time(metadatos, created_at, zone) is not None:
        return f"tomada el {format_camera_time(metadatos, zone)} según la cámara"
    return f"{uploaded} el {format_fecha_hora(created_at, zone)}"


def _plain(text: str) -> str:
    """Without the NULs and the blanks that fill a field of EXIF to its length."""
    return " ".join(text.replace("\x00", " ").split())
