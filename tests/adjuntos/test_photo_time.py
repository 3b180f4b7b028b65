"""When a photo was taken: what cameras write is read, and every reader gets the same words."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from PIL import ExifTags, Image

from app.adjuntos.models import Adjunto
from app.adjuntos.outside.images import read_image
from app.adjuntos.rules.photo_doubts import list_mismatches
from app.adjuntos.rules.photo_time import describe_time, read_camera_time, read_offset, taken_at
from tests.adjuntos.files import encode, picture

UPLOADED = datetime(2026, 11, 28, 15, 14, tzinfo=UTC)
#: 08:15 on the clock of Santiago.
MOMENT = datetime(2026, 11, 20, 11, 15, tzinfo=UTC)
TAKEN = "tomada el 20-11-2026 08:15 según la cámara"
SENT = "subida el 28-11-2026 12:14"
_Base = ExifTags.Base


def exif_of(head: dict[int, str], ifd: dict[int, str]) -> Image.Exif:
    exif = Image.Exif()
    exif.update(head)
    exif.get_ifd(ExifTags.IFD.Exif).update(ifd)
    return exif


def read(head: dict[int, str], ifd: dict[int, str]) -> dict:
    return read_image(encode(picture(), exif=exif_of(head, ifd))).metadatos


@pytest.mark.parametrize(
    "text",
    [
        "2026:11:20 08:15:00",
        "2026-11-20T08:15:00",
        "2026-11-20 08:15:00",
        "2026/11/20 08:15:00",
        "2026/11/20 08:15",
        "2026.11.20 08.15.00",
        "2026:11:20 08:15",
        "2026:11:20T08:15:00.482",
        "2026:11:20 08:15:00,5",
        "2026:11:20  8:15:00",
        "2026:11:20  8:15: 0",
        "2026:11:20 08:15:00\x00\x00",
        "  2026:11:20 08:15:00  ",
        "20261120 081500",
        "20261120T0815",
        "2026:11:20 08:15:00 AM",
        "2026:11:20 08:15:00 a. m.",
    ],
)
def test_an_hour_without_a_zone_is_read_as_the_camera_showed_it(text):
    assert str(read_camera_time(text)) == "2026-11-20 08:15:00"
    assert taken_at({"tomada_at": text}) == MOMENT
    assert describe_time({"tomada_at": text}, UPLOADED) == TAKEN


@pytest.mark.parametrize(
    "text",
    [
        "2026-11-20T08:15:00-03:00",
        "2026-11-20T08:15:00-3",
        "2026:11:20 08:15:00 -0300",
        "2026:11:20 08:15-03",
        "2026-11-20T11:15:00Z",
        "2026-11-20T11:15:00+00:00",
        "2026-11-20T06:15:00 GMT-5",
        "2026:11:20 11:15:00 UTC",
        "2026:11:20 08:15:00 p.m. +09:00",
        "2026-11-20T08:15:00−03:00",
    ],
)
def test_a_zone_in_the_text_is_obeyed(text):
    assert taken_at({"tomada_at": text}) == MOMENT
    assert describe_time({"tomada_at": text}, UPLOADED) == TAKEN


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   ",
        "0000:00:00 00:00:00",
        "    :  :     :  :  ",
        "2026:11:20",
        "2026:13:45 99:00:00",
        "2026:02:30 10:00:00",
        "2026:11:20 25:15:00",
        "2026:11:20 08:75:00",
        "2026:11:20 13:15:00 PM",
        "20/11/2026 08:15",
        "05/06/2026 08:15",
        "ayer",
        "2026:11:20 08:15:00 hora de verano",
        "9999999999",
    ],
)
def test_what_cannot_be_read_is_no_hour(text):
    metadatos = {"tomada_at": text}

    assert read_camera_time(text) is None
    assert taken_at(metadatos) is None
    assert describe_time(metadatos, UPLOADED) == SENT
    for sentence in list_mismatches(Adjunto(metadatos=metadatos, created_at=UPLOADED)):
        assert "sin hora de la cámara" in sentence
        assert "no existe" not in sentence


@pytest.mark.parametrize(
    ("text", "hours"),
    [
        ("-03:00", -3),
        ("-3", -3),
        ("-03:00:00", -3),
        ("–03:00", -3),
        ("-03", -3),
        ("-0300", -3),
        ("- 3:00", -3),
        ("−03:00", -3),
        ("+05:30", 5.5),
        ("UTC-3", -3),
        ("Z", 0),
        ("+00:00", 0),
        ("-03:00\x00", -3),
    ],
)
def test_a_zone_is_read_however_short(text, hours):
    assert read_offset(text) == timezone(timedelta(hours=hours))


@pytest.mark.parametrize(
    "text", ["", "   :  ", " : ", "-", "3", "+15:00", "-03:75", "CLST", "-03:"]
)
def test_a_zone_that_is_none_counts_as_not_given(text):
    assert read_offset(text) is None
    # Then the hour is one of the place.
    assert str(read_camera_time("2026:11:20 08:15:00", text)) == "2026-11-20 08:15:00"


@pytest.mark.parametrize(
    ("head", "ifd", "kept"),
    [
        ({}, {_Base.DateTimeOriginal: "2026:11:20 08:15:00"}, "2026-11-20T08:15:00"),
        (
            {},
            {_Base.DateTimeOriginal: "2026:11:20 08:15:00", _Base.OffsetTimeOriginal: "   :  "},
            "2026-11-20T08:15:00",
        ),
        (
            {},
            {_Base.DateTimeOriginal: "2026:11:20 08:15:00", _Base.OffsetTimeOriginal: "-3"},
            "2026-11-20T08:15:00-03:00",
        ),
        (
            {},
            {_Base.DateTimeOriginal: "2026:11:20 08:15:00", _Base.OffsetTime: "-03:00"},
            "2026-11-20T08:15:00-03:00",
        ),
        (
            {},
            {
                _Base.DateTimeOriginal: "2026:11:20 08:15:00",
                _Base.OffsetTimeOriginal: "   :  ",
                _Base.OffsetTime: "-03:00",
            },
            "2026-11-20T08:15:00-03:00",
        ),
        (
            {_Base.DateTime: "2026:11:20 08:15:00"},
            {_Base.DateTimeOriginal: "0000:00:00 00:00:00"},
            "2026-11-20T08:15:00",
        ),
        (
            {_Base.DateTime: "2026:11:22 10:00:00"},
            {_Base.DateTimeDigitized: "2026/11/20 08:15"},
            "2026-11-20T08:15:00",
        ),
        (
            {},
            {_Base.DateTimeOriginal: "2026-11-20T08:15:00.000-03:00"},
            "2026-11-20T08:15:00-03:00",
        ),
        ({}, {_Base.DateTimeOriginal: "0000:00:00 00:00:00"}, None),
        ({}, {}, None),
    ],
)
def test_each_tag_that_a_camera_may_use_is_asked(head, ifd, kept):
    metadatos = read(head, ifd)

    assert metadatos.get("tomada_at") == kept
    assert "tomada_texto" not in metadatos


def test_what_was_written_instead_of_an_hour_is_kept_and_named():
    metadatos = read({}, {_Base.DateTimeOriginal: "20 de noviembre"})

    assert metadatos["tomada_texto"] == "20 de noviembre"
    assert "tomada_at" not in metadatos
    (sentence,) = list_mismatches(Adjunto(metadatos=metadatos, created_at=UPLOADED))
    assert "«20 de noviembre»" in sentence
    assert "sin hora de la cámara" in sentence


@pytest.mark.parametrize(
    ("text", "words"),
    [
        # A clock that was not set, and one that runs ahead of the upload, say nothing true.
        ("1970-01-01T00:00:00", SENT),
        ("1970-01-01T00:00:00+00:00", SENT),
        ("2031-01-01T12:00:00", SENT),
        ("9999-12-31T23:59:59-14:00", SENT),
        ("0001-01-01T00:00:00+14:00", SENT),
        # Half a day ahead may be another zone.
        ("2026-11-28T20:00:00", "tomada el 28-11-2026 20:00 según la cámara"),
        # An hour that Chile's clock skipped is what the camera showed all the same.
        ("2026-09-06T00:30:00", "tomada el 06-09-2026 00:30 según la cámara"),
        ("2026-04-04T23:30:00", "tomada el 04-04-2026 23:30 según la cámara"),
    ],
)
def test_only_an_hour_that_can_be_true_is_told(text, words):
    assert describe_time({"tomada_at": text}, UPLOADED) == words
    assert (
        Adjunto(metadatos={"tomada_at": text}, created_at=UPLOADED, mime_type="image/jpeg").cuando
        == words
    )


@pytest.mark.parametrize(
    ("said", "words"),
    [
        # In Punta Arenas the winter hour is that of Santiago's summer.
        (
            {"tomada_at": "2026-06-24T10:15:00", "gps": {"lat": -53.16, "lon": -70.91}},
            "tomada el 24-06-2026 10:15 (hora de Magallanes) según la cámara",
        ),
        (
            {"tomada_at": "2026-06-24T13:15:00+00:00", "gps": {"lat": -53.16, "lon": -70.91}},
            "tomada el 24-06-2026 10:15 (hora de Magallanes) según la cámara",
        ),
        (
            {"tomada_at": "2026-06-24T13:15:00+00:00"},
            "tomada el 24-06-2026 09:15 según la cámara",
        ),
    ],
)
def test_an_hour_is_told_on_the_clock_of_the_place(said, words):
    photo = Adjunto(metadatos=said, created_at=UPLOADED, mime_type="image/jpeg")

    assert photo.cuando == words


def test_a_document_is_told_by_its_upload():
    assert Adjunto(metadatos={}, created_at=UPLOADED, mime_type="application/pdf").cuando == (
        "subido el 28-11-2026 12:14"
    )
