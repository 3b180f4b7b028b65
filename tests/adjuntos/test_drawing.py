"""No file costs the office its memory: whatever comes in, 300 MB are enough, or it is refused."""

from __future__ import annotations

import struct
import subprocess
from io import BytesIO

import pikepdf
import pytest
from PIL import Image, ImageCms

from app.adjuntos.outside import drawing, drawing_process
from app.adjuntos.outside.drawing.progressive import draw_eighth
from app.adjuntos.outside.file_type import read_content
from app.adjuntos.outside.images import as_file
from app.core.errors import InvalidValue
from tests.adjuntos.files import bomb, encode, jpeg, pdf, picture
from tests.adjuntos.heic import grid

#: Of the program that draws, at its highest.
MOST_MEMORY = 290_000_000


def megapixels(mode: str, width: int, height: int) -> Image.Image:
    return Image.new(mode, (width, height))


def noise(width: int, height: int) -> Image.Image:
    """A patch of noise again and again: nothing that a format without loss does in one colour.

    Noise all over took the encoder half a minute, for the same answer of ours.
    """
    patch = Image.effect_noise((250, 250), 50)
    image = Image.new("L", (width, height))
    for left in range(0, width, 250):
        for top in range(0, height, 250):
            image.paste(patch, (left, top))
    return image


def progressive(image: Image.Image, **options) -> bytes:
    return encode(image, "JPEG", progressive=True, **options)


def drawn(data: bytes) -> dict:
    with as_file(data) as file:
        return drawing_process.draw_picture(file).datos


#: Of one colour anything is small: the encoder does not have to look for the smallest.
IN_A_HURRY = {"preset": "ultrafast"}
#: 200 megapixels, as the largest sensors of telephones lay them.
HUGE = (16320, 12240)


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("jpeg", lambda: encode(megapixels("RGB", *HUGE))),
        ("jpeg in four colours", lambda: encode(megapixels("CMYK", 10000, 10000))),
        ("progressive jpeg", lambda: progressive(megapixels("RGB", *HUGE))),
        (
            "progressive jpeg with all of its coefficients",
            lambda: progressive(megapixels("RGB", 8150, 6110)),
        ),
        (
            "progressive jpeg of colours not thinned out",
            lambda: progressive(megapixels("RGB", 5000, 4900), subsampling=0),
        ),
        ("png", lambda: encode(megapixels("RGB", *HUGE), "PNG", compress_level=1)),
        ("png not reduced", lambda: encode(megapixels("RGBA", 4790, 4790), "PNG")),
        ("png with alpha", lambda: encode(megapixels("RGBA", 10000, 8000), "PNG")),
        ("png below the border", lambda: encode(megapixels("RGBA", 6400, 6240), "PNG")),
        ("png with grey alpha", lambda: encode(megapixels("LA", 10000, 10000), "PNG")),
        ("png of 16 bits", lambda: encode(megapixels("I;16", 8000, 6000), "PNG")),
        ("png of one bit", lambda: bomb(6400, 6240)),
        ("a line of png", lambda: encode(megapixels("RGBA", 1_000_000, 40), "PNG")),
        ("webp", lambda: encode(megapixels("RGB", 8160, 6120), "WEBP", method=0)),
        ("webp below the border", lambda: encode(megapixels("RGBA", 4000, 3000), "WEBP")),
        ("webp with alpha", lambda: encode(megapixels("RGBA", 8000, 6000), "WEBP", method=0)),
        ("heic", lambda: encode(megapixels("RGB", 5700, 4300), "HEIF", enc_params=IN_A_HURRY)),
        ("heic of tiles", lambda: grid(HUGE, megapixels("RGB", 512, 512))),
        ("heic of large tiles", lambda: grid(HUGE, megapixels("RGB", 2048, 2048), is_wide=True)),
    ],
)
def test_the_largest_picture_of_each_kind_is_drawn_below_300_mb(name, data):
    found = drawn(data())

    print(f"{name}: {found['memoria'] / 1e6:.0f} MB")
    assert "sin_copia" not in found
    assert found["memoria"] < MOST_MEMORY
    assert max(found["ancho"], found["alto"]) >= 2000


@pytest.mark.parametrize(
    ("name", "data"),
    [
        (
            "webp without loss",
            lambda: encode(noise(8000, 6100), "WEBP", lossless=True, method=0),
        ),
        ("progressive jpeg in four colours", lambda: progressive(megapixels("CMYK", 9000, 8000))),
    ],
)
def test_what_no_way_fits_is_kept_with_a_card_that_says_so(name, data):
    found = drawn(data())

    assert found["sin_copia"]
    assert (found["ancho"], found["alto"]) == (1200, 900)
    assert found["memoria"] < MOST_MEMORY


def test_more_pixels_than_cameras_have_are_refused_before_they_are_decoded():
    with pytest.raises(InvalidValue, match="202 millones"):
        drawn(bomb(20000, 20000))


def test_the_means_of_a_progressive_picture_are_the_picture():
    """Told apart from what the library draws of all of its passes."""
    image = Image.merge("RGB", [Image.linear_gradient("L").resize((603, 407)) for _ in range(3)])
    image.paste((200, 30, 40), (100, 100, 300, 300))

    for options in ({}, {"subsampling": 0}, {"restart_marker_blocks": 7}, {"optimize": True}):
        eighth = draw_eighth(BytesIO(progressive(image, **options)))

        assert eighth.size == (76, 51)
        for spot in ((3, 3), (25, 25), (70, 45), (50, 10)):
            there = image.reduce(8).getpixel(spot)
            assert all(
                abs(one - two) < 12 for one, two in zip(eighth.getpixel(spot), there, strict=True)
            )


def test_a_program_that_hangs_or_dies_leaves_the_photo_and_a_card(monkeypatch):
    run = subprocess.run

    def dies(command, **options):
        if "dibujo" in command:
            return subprocess.CompletedProcess([], -9, b"", b"")
        return run(command, **options)

    def hangs(command, **options):
        if "dibujo" in command:
            raise subprocess.TimeoutExpired(command, 1)
        return run(command, **options)

    for fate in (dies, hangs):
        monkeypatch.setattr(subprocess, "run", fate)
        assert drawn(jpeg())["sin_copia"]


def test_a_program_that_always_dies_is_a_sentence(monkeypatch):
    def died(*_args, **_kwargs):
        return subprocess.CompletedProcess([], -9, b"", b"")

    monkeypatch.setattr(subprocess, "run", died)
    with pytest.raises(InvalidValue, match="cortada o dañada"):
        drawn(jpeg())
    with pytest.raises(InvalidValue, match="PDF está cortado"):
        read_content(pdf())


@pytest.mark.parametrize("problem", [MemoryError(), RuntimeError("Memory allocation error")])
def test_a_decoder_without_memory_says_so(monkeypatch, problem):
    def give_up(_file):
        raise problem

    monkeypatch.setattr(drawing, "draw", give_up)

    assert drawing.answer(BytesIO(jpeg()))[0]["problema"] == "memoria"


def wide_gamut() -> bytes:
    """A profile whose red is redder than that of screens, made of the one for sRGB."""
    profile = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    count = struct.unpack(">I", profile[128:132])[0]
    for number in range(count):
        tag, offset, _size = struct.unpack(">4sII", profile[132 + 12 * number : 144 + 12 * number])
        if tag in {b"rXYZ", b"bXYZ"}:
            x, y, z = struct.unpack(">iii", profile[offset + 8 : offset + 20])
            shift = 6000 if tag == b"rXYZ" else -6000
            profile[offset + 8 : offset + 20] = struct.pack(">iii", x + shift, y, z)
    return bytes(profile)


def test_colours_of_a_wide_profile_become_those_of_every_screen():
    image = picture((40, 40), (200, 60, 60))

    plain = drawing.draw(BytesIO(encode(image, quality=95)))[1][0]
    wide = drawing.draw(BytesIO(encode(image, quality=95, icc_profile=wide_gamut())))[1][0]

    def middle(data):
        return Image.open(BytesIO(data)).getpixel((20, 20))

    assert abs(middle(plain)[0] - 200) < 4
    assert middle(wide)[0] > middle(plain)[0] + 5
    assert "icc_profile" not in Image.open(BytesIO(wide)).info


@pytest.mark.parametrize("mode", ["RGB", "RGBA", "L", "CMYK", "P", "LA", "1", "I;16"])
def test_a_reduced_picture_keeps_its_colour_to_the_last_row(mode):
    """Large enough to be brought down in tiles that do not divide its sides."""
    image = Image.new(mode, (5003, 2401), 0 if mode != "RGB" else (10, 200, 30))
    format = "JPEG" if mode == "CMYK" else "PNG"

    facts, (copy, small) = drawing.draw(BytesIO(encode(image, format)))

    drawn = Image.open(BytesIO(copy))
    assert facts["ancho"] == drawn.width == 2400
    corners = {drawn.getpixel(spot) for spot in ((1, 1), (drawn.width - 1, drawn.height - 1))}
    assert len(corners) == 1
    assert Image.open(BytesIO(small)).width == 480


def made_pdf(change) -> bytes:
    document = pikepdf.open(BytesIO(pdf()))
    change(document)
    buffer = BytesIO()
    document.save(buffer, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    return buffer.getvalue()


def action(**values):
    return pikepdf.Dictionary(Type=pikepdf.Name.Action, **values)


def open_script(document):
    document.Root.OpenAction = action(S=pikepdf.Name.JavaScript, JS="app.alert(1)")


def named_script(document):
    script = document.make_indirect(action(S=pikepdf.Name.JavaScript, JS="app.alert(1)"))
    document.Root.Names = pikepdf.Dictionary(
        JavaScript=pikepdf.Dictionary(Names=pikepdf.Array(["x", script]))
    )


def page_script(document):
    document.pages[0].AA = pikepdf.Dictionary(
        O=action(S=pikepdf.Name.GoTo, Next=action(S=pikepdf.Name.JavaScript, JS="x"))
    )


def dynamic_form(document):
    document.Root.AcroForm = document.make_indirect(pikepdf.Dictionary(XFA="x", Fields=[]))


def launch(document):
    document.Root.OpenAction = action(S=pikepdf.Name.Launch, F="cmd.exe")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (open_script, "JavaScript"),
        (named_script, "JavaScript"),
        (page_script, "JavaScript"),
        (dynamic_form, "JavaScript"),
        (launch, "abre otros programas"),
    ],
)
def test_a_pdf_that_does_more_than_show_its_pages_is_refused(change, words):
    data = made_pdf(change)
    assert b"app.alert" not in data or change is open_script or change is named_script

    with pytest.raises(InvalidValue, match=words):
        read_content(data)


def test_a_pdf_that_only_goes_to_its_first_page_is_taken():
    def goes(document):
        document.Root.OpenAction = action(S=pikepdf.Name.GoTo, D=[document.pages[0].obj])

    assert read_content(made_pdf(goes)).metadatos["paginas"] == 1


def test_files_inside_of_a_pdf_are_named():
    def carry(document):
        document.attachments["nómina\r\n.xlsx"] = b"PK"

    metadatos = read_content(made_pdf(carry)).metadatos

    assert metadatos["incrustados"] == ["nómina .xlsx"]


def test_a_pdf_with_a_password_is_refused_with_what_to_do():
    buffer = BytesIO()
    pikepdf.open(BytesIO(pdf())).save(buffer, encryption=pikepdf.Encryption(owner="a", user="b"))

    with pytest.raises(InvalidValue, match="pide una contraseña"):
        read_content(buffer.getvalue())


def test_what_only_looks_like_a_pdf_is_refused():
    with pytest.raises(InvalidValue, match="PDF está cortado"):
        read_content(b"%PDF-x\nstartxref\n0\n%%EOF")
