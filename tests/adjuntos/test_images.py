"""Pictures are told by their content, and their copies hold pixels alone."""

from __future__ import annotations

import time
from io import BytesIO

import pytest
from PIL import Image
from PIL.TiffImagePlugin import IFDRational

from app.adjuntos.outside.file_type import read_content
from app.adjuntos.outside.images import read_image
from app.core.errors import InvalidValue
from tests.adjuntos.files import bomb, camera_exif, encode, jpeg, pdf, picture


def reopen(data: bytes | None) -> Image.Image:
    image = Image.open(BytesIO(data or b""))
    image.load()
    return image


def refusal(data: bytes) -> str:
    with pytest.raises(InvalidValue) as refused:
        read_content(data)
    return str(refused.value)


@pytest.mark.parametrize(
    ("format", "mime_type"),
    [
        ("JPEG", "image/jpeg"),
        ("PNG", "image/png"),
        ("WEBP", "image/webp"),
        ("HEIF", "image/heic"),
        ("MPO", "image/jpeg"),
    ],
)
def test_each_accepted_format_becomes_a_jpeg_copy_of_the_same_picture(format, mime_type):
    extra = {"save_all": True, "append_images": [picture()]} if format == "MPO" else {}
    result = read_content(encode(picture((300, 200), (200, 30, 30)), format, **extra))

    copy = reopen(result.copia)
    assert (result.mime_type, copy.format, copy.mode, copy.size) == (
        mime_type,
        "JPEG",
        "RGB",
        (300, 200),
    )
    red, green, blue = copy.getpixel((150, 100))
    assert red > 180
    assert green < 60
    assert blue < 60


def test_the_copy_and_the_thumbnail_are_no_larger_than_a_screen_needs():
    result = read_image(encode(picture((5000, 2500))))

    assert (result.ancho, result.alto) == (2400, 1200) == reopen(result.copia).size
    assert reopen(result.miniatura).size == (480, 240)
    assert (result.metadatos["ancho"], result.metadatos["alto"]) == (5000, 2500)


def test_a_small_picture_is_not_blown_up():
    result = read_image(jpeg((31, 17)))

    assert reopen(result.copia).size == reopen(result.miniatura).size == (31, 17)


def corner_colours(data: bytes | None) -> str:
    """Which of red, green, blue and white stands in each corner, from the top left by rows."""
    image = reopen(data)
    right, bottom = image.width - 5, image.height - 5
    names = {0b100: "r", 0b010: "g", 0b001: "b"}
    found = ""
    for spot in [(4, 4), (right, 4), (4, bottom), (right, bottom)]:
        red, green, blue = (image.getchannel(band).getpixel(spot) for band in "RGB")
        found += names.get((red > 128) * 4 + (green > 128) * 2 + (blue > 128), "w")  # type: ignore[operator]  # a band holds numbers
    return found


def four_corners() -> Image.Image:
    image = Image.new("RGB", (64, 32), "white")
    image.paste((255, 0, 0), (0, 0, 32, 16))
    image.paste((0, 255, 0), (32, 0, 64, 16))
    image.paste((0, 0, 255), (0, 16, 32, 32))
    return image


#: How the sensor lay: what has to be done to an upright picture to store it so.
SENSOR = {
    1: None,
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_90,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_270,
}


@pytest.mark.parametrize("orientation", SENSOR)
def test_a_picture_taken_sideways_stands_upright(orientation):
    turn = SENSOR[orientation]
    stored = four_corners() if turn is None else four_corners().transpose(turn)

    result = read_image(encode(stored, exif=camera_exif(orientation), quality=95, subsampling=0))

    assert (result.ancho, result.alto) == (64, 32)
    assert corner_colours(result.copia) == corner_colours(result.miniatura) == "rgbw"


def test_a_heic_taken_sideways_is_turned_once():
    """A HEIC says it twice, in its own box and in the EXIF; the decoder obeys the box."""
    stored = four_corners().transpose(Image.Transpose.ROTATE_90)
    stored.info["exif"] = camera_exif(6).tobytes()
    data = encode(stored, "HEIF", quality=95)
    assert b"irot" in data

    result = read_image(data)

    assert corner_colours(result.copia) == "rgbw"
    assert result.metadatos["camara"] == "Acme Foto 3"


@pytest.mark.parametrize("format", ["JPEG", "PNG", "WEBP", "HEIF"])
def test_what_the_camera_wrote_is_kept_apart_and_not_in_the_copy(format):
    data = encode(picture(), format, exif=camera_exif())
    assert b"Acme" in data

    result = read_content(data)

    assert result.metadatos["tomada_at"] == "2026-11-20T18:04:10-03:00"
    assert result.metadatos["gps"] == {"lat": -33.4375, "lon": -70.65}
    for shown in (result.copia, result.miniatura):
        assert not reopen(shown).getexif()
        assert b"Acme" not in shown
        assert b"Exif" not in shown


def test_a_comment_and_a_colour_profile_do_not_travel_with_the_copy():
    data = encode(picture(), comment=b"Luis Cliente", icc_profile=b"profile of Luis " * 20)

    assert b"Luis" in data

    copy = read_image(data).copia

    assert reopen(copy).size == (64, 48)
    assert b"Luis" not in copy
    assert not {"comment", "icc_profile"} & set(reopen(copy).info)


@pytest.mark.parametrize(
    ("values", "kept"),
    [
        ({2: (0.0, 0.0, 0.0), 4: (0.0, 0.0, 0.0)}, False),
        ({2: (95.0, 0.0, 0.0), 4: (0.0, 0.0, 0.0)}, False),
        ({2: (33.0, 26.0), 4: (70.0, 39.0, 0.0)}, False),
        ({2: (33.0, 26.0, 15.0)}, False),
        ({2: (IFDRational(0, 0), 1.0, 1.0), 4: (70.0, 39.0, 0.0)}, False),
        ({1: "N", 2: (33.0, 0.0, 0.0), 3: "E", 4: (70.0, 30.0, 0.0)}, True),
    ],
)
def test_a_position_that_is_nowhere_is_left_out(values, kept):
    exif = Image.Exif()
    exif.get_ifd(0x8825).update(values)

    metadatos = read_image(encode(picture(), exif=exif)).metadatos

    assert metadatos.get("gps") == ({"lat": 33.0, "lon": 70.5} if kept else None)


@pytest.mark.filterwarnings("ignore:Corrupt EXIF")
@pytest.mark.parametrize(
    "junk", [b"Exif\x00\x00garbage", b"Exif\x00\x00MM\x00*\x00\x00\xff\xff", b""]
)
def test_a_broken_exif_block_does_not_cost_the_picture(junk):
    assert reopen(read_image(encode(picture(), exif=junk)).copia).size == (64, 48)


def test_an_unset_camera_clock_is_not_a_time():
    exif = Image.Exif()
    exif[306] = "0000:00:00 00:00:00"

    assert "tomada_at" not in read_image(encode(picture(), exif=exif)).metadatos
    set_clock = read_image(encode(picture(), exif=camera_exif())).metadatos
    assert set_clock["tomada_at"] == "2026-11-20T18:04:10-03:00"


@pytest.mark.parametrize("mode", ["RGBA", "LA", "PA"])
def test_what_is_see_through_becomes_white(mode):
    image = Image.new("RGBA", (40, 40), (0, 0, 0, 0)).convert(mode)
    format = "PNG" if mode != "PA" else "TIFF"
    if format == "TIFF":
        image = image.convert("RGBA").quantize()
        format = "PNG"

    assert reopen(read_image(encode(image, format)).copia).getpixel((20, 20)) == (255, 255, 255)


@pytest.mark.parametrize(
    ("image", "expected"),
    [
        (Image.new("I;16", (20, 20), 128 * 256), 128),
        (Image.new("1", (20, 20), 1), 255),
        (Image.new("L", (20, 20), 77), 77),
    ],
)
def test_grey_pictures_of_any_depth_keep_their_grey(image, expected):
    red, green, blue = reopen(read_image(encode(image, "PNG")).copia).getpixel((10, 10))

    assert abs(red - expected) <= 2
    assert red == green == blue


def test_a_cmyk_scan_becomes_rgb():
    copy = reopen(read_image(encode(Image.new("CMYK", (20, 20), (0, 255, 255, 0)))).copia)

    assert copy.mode == "RGB"
    assert copy.getpixel((10, 10))[0] > 200


def test_a_moving_picture_gives_its_first_frame():
    data = encode(
        picture((30, 30), (250, 0, 0)),
        "WEBP",
        save_all=True,
        append_images=[picture((30, 30), (0, 0, 250))],
    )

    assert reopen(read_image(data).copia).getpixel((15, 15))[0] > 200


@pytest.mark.parametrize("side", [14500, 20000, 30000])
def test_too_many_pixels_are_refused_before_they_are_decoded(side):
    data = bomb(side, side)
    assert len(data) < 150_000

    assert "demasiados píxeles" in refusal(data)


@pytest.mark.parametrize("format", ["JPEG", "PNG", "WEBP", "HEIF"])
@pytest.mark.parametrize("part", [0.02, 0.3, 0.9])
def test_half_a_picture_is_refused_with_a_sentence(format, part):
    noise = Image.effect_noise((400, 300), 80).convert("RGB")
    data = encode(noise, format)

    assert "cortada o dañada" in refusal(data[: max(16, int(len(data) * part))])


def test_html_behind_a_photo_does_not_reach_the_copy():
    script = b"<html><script>alert(document.cookie)</script>PK\x03\x04"

    result = read_content(jpeg() + script)

    assert b"script" not in result.copia
    assert b"PK\x03\x04" not in result.copia
    assert result.copia.endswith(b"\xff\xd9")


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "vacío"),
        (b"MZ\x90\x00" + bytes(200), "programa"),
        (b"\x7fELF" + bytes(200), "programa"),
        (b"PK\x03\x04" + bytes(200), "comprimido o de Office"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(200), "Office antiguo"),
        (b"GIF89a" + bytes(50), "GIF"),
        (b"BM" + bytes(50), "BMP"),
        (b"II*\x00" + bytes(50), "TIFF"),
        (b"MM\x00*" + bytes(50), "TIFF"),
        (b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "SVG"),
        (b"\xef\xbb\xbf<?xml version='1.0'?><svg/>", "SVG"),
        (b"<!DOCTYPE html><script>alert(1)</script>", "página web"),
        (b"\x00\x00\x00\x18ftypmp42" + bytes(50), "video"),
        (encode(picture(), "AVIF"), "AVIF"),
        (b"\x00" * 500, "No es por dentro una foto"),
        (b"hola", "No es por dentro una foto"),
        (b"\xff\xd8\xff\xe0" + bytes(10_000), "cortada o dañada"),
        (b"RIFF\x00\x00\x00\x00WEBP" + bytes(100), "cortada o dañada"),
    ],
)
def test_what_is_not_a_photo_is_named_in_a_sentence(data, words):
    sentence = refusal(data)

    assert words in sentence
    assert sentence.endswith(".")


def test_a_whole_pdf_is_taken_as_it_is():
    result = read_content(pdf())

    assert (result.mime_type, result.copia, result.miniatura) == ("application/pdf", None, None)
    assert result.metadatos["version_pdf"].startswith("1.")


def test_half_a_pdf_is_refused_with_a_sentence():
    data = pdf()

    assert "PDF está cortado" in refusal(data[: len(data) // 2])


def test_twelve_megapixels_are_drawn_in_a_moment():
    data = encode(Image.effect_noise((4000, 3000), 60).convert("RGB"), quality=90)

    start = time.perf_counter()
    result = read_image(data)
    print(f"12 megapixels, {len(data)} bytes: {time.perf_counter() - start:.2f} s")

    assert (result.ancho, result.alto) == (2400, 1800)
