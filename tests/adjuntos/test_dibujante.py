"""No file costs the office its memory: whatever comes in, 300 MB are enough, or it is refused."""

from __future__ import annotations

import struct
import subprocess
from io import BytesIO

import pikepdf
import pytest
from PIL import Image, ImageCms

from app.adjuntos import dibujante, taller
from app.adjuntos.contenido import read_content
from app.adjuntos.taller import work_on
from app.core.errors import InvalidValue
from tests.adjuntos.files import bomb, encode, jpeg, pdf, picture

#: Of the program that draws, at its highest.
MOST_MEMORY = 290_000_000


def megapixels(mode: str, width: int, height: int) -> Image.Image:
    return Image.new(mode, (width, height))


def progressive(image: Image.Image, **options) -> bytes:
    return encode(image, "JPEG", progressive=True, **options)


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("jpeg", lambda: encode(megapixels("RGB", 6400, 6250))),
        ("jpeg in four colours", lambda: encode(megapixels("CMYK", 6400, 6250))),
        (
            "progressive jpeg",
            lambda: progressive(megapixels("RGB", 5000, 4100), subsampling=0),
        ),
        ("png", lambda: encode(megapixels("RGB", 6400, 6250), "PNG", compress_level=1)),
        ("png with alpha", lambda: encode(megapixels("RGBA", 6400, 6250), "PNG", compress_level=1)),
        (
            "png not reduced",
            lambda: encode(megapixels("RGBA", 4790, 4790), "PNG", compress_level=1),
        ),
        ("png with grey alpha", lambda: encode(megapixels("LA", 6400, 6250), "PNG")),
        ("png of 16 bits", lambda: encode(megapixels("I;16", 6400, 6250), "PNG", compress_level=1)),
        ("png of one bit", lambda: bomb(6400, 6250)),
        ("a line of png", lambda: encode(megapixels("RGBA", 1_000_000, 40), "PNG")),
        ("webp", lambda: encode(megapixels("RGB", 4000, 3000), "WEBP", method=0)),
        ("webp with alpha", lambda: encode(megapixels("RGBA", 4000, 3000), "WEBP", method=0)),
        ("heic", lambda: encode(megapixels("RGB", 5700, 4300), "HEIF")),
    ],
)
def test_the_largest_picture_of_each_kind_is_drawn_below_300_mb(name, data):
    found = work_on(data()).datos

    print(f"{name}: {found['memoria'] / 1e6:.0f} MB")
    assert found["memoria"] < MOST_MEMORY


@pytest.mark.parametrize(
    ("data", "most"),
    [
        (lambda: bomb(13000, 13000), "40 millones"),
        (lambda: encode(megapixels("RGB", 4000, 3100), "WEBP", method=0), "12 millones"),
        (lambda: encode(megapixels("RGB", 5100, 5000), "HEIF"), "25 millones"),
        (lambda: progressive(megapixels("RGB", 6000, 4000)), "21 millones"),
        (lambda: progressive(megapixels("CMYK", 4500, 4000)), "16 millones"),
    ],
)
def test_more_pixels_than_a_format_may_have_are_refused_before_they_are_decoded(data, most):
    with pytest.raises(InvalidValue, match=most):
        work_on(data())


def test_what_does_not_fit_is_refused_and_the_next_picture_is_drawn(monkeypatch):
    """A picture whose colours are not thinned out takes twice what telephones make."""
    data = encode(megapixels("RGB", 5000, 4900), "HEIF", chroma=444, quality=20)
    try:
        assert work_on(data).datos["memoria"] < MOST_MEMORY
    except InvalidValue as refused:
        assert "demasiado grande" in str(refused)  # noqa: PT017  # either is fine, no crash is not

    assert work_on(jpeg()).datos["ancho"] == 64


def test_a_program_that_hangs_or_dies_is_a_sentence(monkeypatch):
    monkeypatch.setattr(taller, "_TIMEOUT", 0.01)
    with pytest.raises(InvalidValue, match="demasiado grande"):
        work_on(jpeg())
    monkeypatch.undo()

    def died(*_args, **_kwargs):
        return subprocess.CompletedProcess([], -9, b"", b"")

    monkeypatch.setattr(subprocess, "run", died)
    with pytest.raises(InvalidValue, match="demasiado grande"):
        work_on(jpeg())
    with pytest.raises(InvalidValue, match="PDF está cortado"):
        work_on(pdf())


@pytest.mark.parametrize("problem", [MemoryError(), RuntimeError("Memory allocation error")])
def test_a_decoder_without_memory_says_so(monkeypatch, problem):
    def give_up(_data):
        raise problem

    monkeypatch.setattr(dibujante, "draw", give_up)

    assert dibujante.answer(jpeg())[0]["problema"] == "memoria"


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

    plain = dibujante.draw(encode(image, quality=95))[1][0]
    wide = dibujante.draw(encode(image, quality=95, icc_profile=wide_gamut()))[1][0]

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

    facts, (copy, small) = dibujante.draw(encode(image, format))

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
