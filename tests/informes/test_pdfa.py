"""The PDF is what it says that it is: PDF/A-2b, held against what ISO 19005-2 asks of a file.

veraPDF comes in no registry that this project may use, so its rules that can be broken by a page
set from data are looked at here, object by object.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from io import BytesIO
from typing import Any

import pikepdf
import pytest

from app.adjuntos.models import Adjunto
from app.adjuntos.service import choose_cover
from app.ajustes.rules import OFFICE_NAME
from app.ajustes.service import set_setting
from app.avistamientos.rules import Fuente
from app.core.clock import utcnow
from app.db import db, transaction
from app.informes.rules import Variante
from app.oficios.models import Oficio
from app.oficios.rules import Actividad
from app.oficios.service import DireccionData, PropietarioData, record
from tests.adjuntos.files import jpeg, make_adjunto, pdf
from tests.ajustes.logos import make_logo
from tests.avistamientos.rows import make_sighting
from tests.factories import make_oficio
from tests.informes.expedientes import make_expediente, pdf_of
from tests.porticos.rows import load_catalogue

#: Actions that PDF/A forbids (6.5.1), and the keys that start one by themselves (6.5.2).
FORBIDDEN_ACTIONS = {
    *("/Launch", "/Sound", "/Movie", "/ResetForm", "/ImportData", "/Hide", "/SetOCGState"),
    *("/Rendition", "/Trans", "/GoTo3DView", "/JavaScript"),
}
FORBIDDEN_KEYS = {"/AA", "/OpenAction", "/JS", "/XFA", "/EF", "/TR", "/HTP", "/Alternates", "/OPI"}
FILTERS = {"/FlateDecode", "/DCTDecode", "/ASCIIHexDecode", "/ASCII85Decode", "/RunLengthDecode"}


@pytest.fixture(scope="module")
def made() -> dict[Variante, bytes]:
    """One of each kind, set once: the tests only read."""
    return {}


@pytest.fixture(params=list(Variante))
def document(request, made, app, buffet, usuario_admin) -> Iterator[pikepdf.Pdf]:
    """An expediente of a case with letters of several scripts, see-through logo and photos."""
    variante = request.param
    if variante not in made:
        with app.app_context(), transaction():
            set_setting(OFFICE_NAME.clave, "Oficina Ñuñoa")
        make_logo(app, usuario_admin)
        case = make_oficio(
            app,
            buffet,
            usuario_admin,
            propietario=PropietarioData(nombre="Łukasz Ωμέγα ŠĐ"),
            direccion=DireccionData(direccion="Av. Grecia 1180", comuna="Ñuñoa"),
        )
        load_catalogue(app)
        make_sighting(
            app,
            case,
            usuario_admin,
            fuente=Fuente.MULTA,
            ubicacion="Autopista Central, pórtico PA19 (Ruta 5 Sur – Américo Vespucio)",
            empresa="Autopista Central",
        )
        photo = make_adjunto(app, case, usuario_admin, "auto.jpg", jpeg((900, 600)))
        make_adjunto(app, case, usuario_admin, "orden.pdf", pdf())
        with app.app_context(), transaction():
            cover = db.session.get_one(Adjunto, photo.id)
            choose_cover(cover, actor=usuario_admin, now=utcnow())
            row = db.session.get_one(Oficio, case.id)
            record(row, Actividad.NOTA, "😀 עברית 汉字 ≤ → ✓", actor=None, now=utcnow())
        made[variante] = pdf_of(app, make_expediente(app, case, usuario_admin, variante))
    with pikepdf.open(BytesIO(made[variante])) as opened:
        yield opened


def dictionaries(document: pikepdf.Pdf) -> Iterator[Any]:
    """Every dictionary and stream of the file, also those that stand inside of another."""

    def walk(item: Any, depth: int) -> Iterator[Any]:
        if isinstance(item, pikepdf.Dictionary | pikepdf.Stream):
            yield item
            children = [item[key] for key in item.keys()]  # noqa: SIM118  # no real mapping
        elif isinstance(item, pikepdf.Array):
            children = list(item)
        else:
            return
        for child in children:
            if isinstance(child, pikepdf.Object) and not child.is_indirect and depth < 30:
                yield from walk(child, depth + 1)

    for item in document.objects:
        yield from walk(item, 0)


def test_the_file_is_whole_by_its_own_tables(document):
    """6.1.2, 6.1.3: header with its comment of bytes, an ID, no encryption; qpdf finds no fault."""
    assert document.check_pdf_syntax() == []
    assert document.pdf_version in {"1.4", "1.5", "1.6", "1.7"}
    assert not document.is_encrypted
    ids = document.trailer.ID
    assert len(ids) == 2
    assert all(len(bytes(one)) >= 8 for one in ids)


def test_the_header_says_that_the_file_is_binary(document, made):
    for data in made.values():
        head = data[:32].split(b"\n")
        assert re.fullmatch(rb"%PDF-1\.[4-7]", head[0])
        assert head[1].startswith(b"%")
        assert sum(byte > 127 for byte in head[1]) >= 4
        assert data.rstrip().endswith(b"%%EOF")


def test_its_metadata_name_the_standard_and_agree_with_the_old_kind(document):
    """6.6.2, 6.6.4: XMP without a filter, part 2, level B, the same title and dates as Info."""
    stream = document.Root.Metadata
    assert stream.Type == "/Metadata"
    assert stream.Subtype == "/XML"
    assert "/Filter" not in stream
    with document.open_metadata() as meta:
        assert meta.pdfa_status == "2B"
        assert meta["dc:title"] == str(document.docinfo["/Title"])
        assert meta["xmp:CreateDate"][:10].replace("-", "") in str(
            document.docinfo["/CreationDate"]
        )
    xml = bytes(stream.read_bytes())
    assert b"<?xpacket begin=" in xml
    assert b"bytes=" not in xml.split(b"?>")[0]
    assert b"encoding=" not in xml.split(b"?>")[0]


def test_colours_have_one_meaning(document):
    """6.2.3, 6.2.4: one intent with a profile that is inside, for the device's colours as well."""
    [intent] = [one for one in document.Root.OutputIntents if one.S == "/GTS_PDFA1"]
    profile = bytes(intent.DestOutputProfile.read_bytes())
    assert profile[36:40] == b"acsp"
    assert profile[12:16] in {b"mntr", b"prtr"}
    assert profile[16:20] == b"RGB "
    assert intent.DestOutputProfile.N == 3
    assert len(profile) == int.from_bytes(profile[:4], "big")
    spaces = {
        str(item.ColorSpace)
        for item in dictionaries(document)
        if item.get("/Subtype") == "/Image" and isinstance(item.ColorSpace, pikepdf.Name)
    }
    # No ink: a profile of lights says nothing of it.
    assert "/DeviceCMYK" not in spaces
    for item in dictionaries(document):
        if item.get("/S") == "/Transparency":
            assert "/DeviceCMYK" not in str(item.get("/CS", ""))


def test_every_face_is_inside_and_every_letter_can_be_read_back(document):
    """6.2.11: each font is embedded, has its widths, and maps to Unicode."""
    fonts = [item for item in dictionaries(document) if item.get("/Type") == "/Font"]
    assert len(fonts) >= 4
    for font in fonts:
        kind = str(font.Subtype)
        if kind == "/Type0":
            assert "/ToUnicode" in font
            assert font.Encoding == "/Identity-H"
            continue
        assert kind in {"/CIDFontType0", "/CIDFontType2", "/Type3"}
        if kind == "/Type3":
            continue
        described = font.FontDescriptor
        assert "/FontFile2" in described or "/FontFile3" in described
        assert re.match(r"/[A-Z]{6}\+", str(described.FontName))
        if kind == "/CIDFontType2":
            assert font.CIDToGIDMap == "/Identity" or isinstance(font.CIDToGIDMap, pikepdf.Stream)
        assert "/W" in font
    text = "".join(
        bytes(font.ToUnicode.read_bytes()).decode("ascii") for font in fonts if "/ToUnicode" in font
    )
    assert not re.search(r"<(0000|FFFE|FEFF)>$", text, re.MULTILINE)


def test_nothing_runs_nothing_is_fetched_and_nothing_is_hidden(document):
    """6.1.7, 6.1.12, 6.4, 6.5: no script, no outside file, no form, no forbidden filter."""
    for item in dictionaries(document):
        assert not FORBIDDEN_KEYS & set(item.keys())
        assert str(item.get("/S", "")) not in FORBIDDEN_ACTIONS
        if isinstance(item, pikepdf.Stream):
            assert not {"/F", "/FFilter", "/FDecodeParms"} & set(item.keys())
            filters = item.get("/Filter", pikepdf.Array())
            named = [filters] if isinstance(filters, pikepdf.Name) else list(filters)
            assert {str(name) for name in named} <= FILTERS
    assert "/AcroForm" not in document.Root
    assert "/OCProperties" not in document.Root
    assert "/EmbeddedFiles" not in document.Root.get("/Names", {})


def test_pictures_are_drawn_as_they_are(document):
    """6.2.8: no interpolation; a soft mask has no mask of its own."""
    pictures = [item for item in dictionaries(document) if item.get("/Subtype") == "/Image"]
    assert pictures
    masks = [item.SMask for item in pictures if "/SMask" in item]
    assert masks, "the logo is see-through"
    for item in (*pictures, *masks):
        assert item.get("/Interpolate", False) in (False, None)
        assert int(item.get("/BitsPerComponent", 8)) in {1, 2, 4, 8, 16}
    for mask in masks:
        assert mask.get("/Matte") is None
        assert int(mask.BitsPerComponent) == 8
        assert "/SMask" not in mask


def test_every_see_through_page_says_in_which_colours_it_blends(document):
    """6.2.10: a page with transparency has a blending space, or the intent gives it one."""
    for page in document.pages:
        group = page.obj.get("/Group")
        if group is not None:
            assert group.S == "/Transparency"
            assert "/CS" in group
        assert "/Rotate" not in page.obj or int(page.obj.Rotate) % 90 == 0
        assert [float(one) for one in page.MediaBox][2:] == [612.0, 792.0]


def test_notes_on_the_page_are_links_that_are_printed(document):
    """6.3: only links, each with its flags; no sound, film or file."""
    for page in document.pages:
        for note in page.obj.get("/Annots", []):
            assert note.Subtype == "/Link"
            assert int(note.get("/F", 0)) & 0b111 in {0b100, 0}


def test_the_copy_for_the_court_can_be_read_aloud(document):
    """Beyond level B: headings and tables are tagged, and the language is known."""
    assert document.Root.MarkInfo.Marked is True or bool(document.Root.MarkInfo.Marked)
    assert str(document.Root.Lang).startswith("es")
    assert "/StructTreeRoot" in document.Root
