"""What somebody copies out of an expediente is the value itself, read by two programs."""

from __future__ import annotations

import re
from io import BytesIO

import pypdfium2
import pytest
from pypdf import PdfReader

from app.core.clock import utcnow
from app.db import db, transaction
from app.informes.models import Expediente
from app.informes.outside.printable_text import printable
from app.notificaciones.models import Notificacion
from app.oficios.models import Investigacion, Oficio
from app.oficios.rules import Actividad
from app.oficios.service import DireccionData, PropietarioData, record
from tests.adjuntos.files import jpeg, make_adjunto, pdf
from tests.avistamientos.rows import an_answer, store
from tests.factories import make_oficio
from tests.informes.expedientes import make_expediente, pdf_of
from tests.notificaciones.rows import make_notice

INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u2028-\u202f\u2060-\u206f\ufeff\ufffd]")
MAIL = "maria-jose.gonzalez-valdivieso@estudio-juridico-del-norte.example"
SHORT_MAIL = "ana-maria@estudio.example"
LONG_URL = "https://www.registro-de-vehiculos.example/consulta?patente=BBCL12&" + "dato=abc123-" * 6
HASH = "0123456789abcdef" * 4
NOTE = f"Lo dijo por correo {MAIL} y está en {LONG_URL} con la huella {HASH}; también {SHORT_MAIL}."
BASE = "https://rastro.oficina-de-investigaciones-del-sur-de-chile.example"


def by_pypdf(data):
    return "\n".join(page.extract_text() for page in PdfReader(BytesIO(data)).pages)


def by_pdfium(data):
    with pypdfium2.PdfDocument(data) as document:
        return "\n".join(page.get_textpage().get_text_bounded() for page in document)


@pytest.fixture
def issued(app, configure, buffet, usuario_investigador, rows):
    """A case full of what people copy, printed; returns its row, its bytes and its values."""
    configure(base_url=BASE)
    case = make_oficio(
        app,
        buffet,
        usuario_investigador,
        propietario=PropietarioData(nombre="Rosa Soto", email=MAIL, notas=NOTE),
        direccion=DireccionData(direccion="Av. Grecia 1180", comuna="Ñuñoa", notas=NOTE),
    )
    with app.app_context(), transaction():
        row = db.session.get_one(Oficio, case.id)
        record(row, Actividad.NOTA, NOTE, actor=None, now=utcnow())
    store(app, case, an_answer(body='{"avistamientos": []}'))
    photo = make_adjunto(app, case, usuario_investigador, "auto.jpg", jpeg((900, 600)))
    paper = make_adjunto(app, case, usuario_investigador, f"{'orden-judicial-' * 4}.pdf", pdf())
    make_notice(app, case, usuario_investigador)
    expediente = make_expediente(app, case, usuario_investigador)
    values = [
        *(photo.sha256, paper.sha256, expediente.codigo),
        f"{BASE}/verificar/{expediente.codigo}",
        f"{BASE}/verificar",
        *(MAIL, SHORT_MAIL, LONG_URL, HASH),
        *(row.respuesta_sha256 for row in rows(Investigacion) if row.respuesta_sha256),
        *(row.message_id for row in rows(Notificacion)),
    ]
    assert len(values) == 11
    return expediente, pdf_of(app, expediente), values


@pytest.mark.parametrize("extract", [by_pypdf, by_pdfium])
def test_what_is_copied_is_the_value(issued, extract):
    _, data, values = issued
    text = extract(data)

    for value in values:
        assert value in text, value
    assert not INVISIBLE.search(text), ascii(INVISIBLE.findall(text)[:5])
    digests = re.findall(r"\b[0-9a-f]{64}\b", text)
    # Each file twice, the note three times, the answer, the head and every link of the chain.
    assert len(digests) > 12


def test_the_address_of_the_verification_is_a_link(issued):
    expediente, data, _ = issued

    links = [
        note.get_object()["/A"]["/URI"]
        for page in PdfReader(BytesIO(data)).pages
        for note in page.get("/Annots", [])
        if "/A" in note.get_object()
    ]

    assert f"{BASE}/verificar/{expediente.codigo}" in links
    # What people wrote opens nothing.
    assert set(links) <= {f"{BASE}/verificar/{expediente.codigo}", f"{BASE}/verificar"}


MARKS = (
    "7KQM-2R9P-XD3T",
    "7kqm 2r9p xd3t",
    "7KQM\u200b-2R9P-\u200bXD3T",
    "\ufeff7KQM-2R9P-XD3T\u2060",
    "7KQM\u00ad-2R9P\u00a0XD3T",
    "7KQM-\r\n2R9P-XD3T\n",
    "7KQM‐2R9P‑XD3T",
    "7KQM−2R9P—XD3T",
    "７ＫＱＭ－２Ｒ９Ｐ－ＸＤ３Ｔ",
    "\u202a7KQM-2R9P-XD3T\u202c",
    "7KQM/2R9P/XD3T.",
    "«7KQM-2R9P-XD3T»",
    "(7KQM_2R9P_XD3T)",
    "7KQM\t2R9P\u3000XD3T",
    f"{BASE}/verificar/7KQM-2R9P-XD3T",
    f"{BASE}/\u200bverificar/7KQM-\u200b2R9P-XD3T",
)


@pytest.fixture
def known(app, oficio, usuario_investigador):
    row = make_expediente(app, oficio, usuario_investigador)
    with app.app_context(), transaction():
        db.session.get_one(Expediente, row.id).codigo = MARKS[0]


@pytest.mark.parametrize("typed", MARKS)
def test_the_verification_forgives_what_copying_adds(typed, known, stranger):
    answer = stranger.get("/verificar", query_string={"codigo": typed}, follow_redirects=True)

    assert answer.status_code == 200
    assert "7KQM-2R9P-XD3T" in answer.text
    assert "existe" in answer.text.lower()


@pytest.mark.parametrize(
    "path",
    [
        "/verificar/7kqm-2r9p-xd3t",
        "/verifica\u200br/7KQM-2R9\u200bP-XD3T",
        "/verificar/7KQM-2R9P-XD3T\u200b",
        "/verificar/7KQM-2R9P-XD3T.",
    ],
)
def test_an_address_that_was_copied_out_of_an_older_pdf_is_not_404(path, known, stranger):
    answer = stranger.get(path, follow_redirects=True)

    assert answer.status_code == 200
    assert "7KQM-2R9P-XD3T" in answer.text


def test_a_code_with_another_letter_is_no_code(stranger):
    for typed in ("7KQM-2R9P-XD3Т", "7KQM-2R9P-XD3", "7KQM-2R9P-XD3T9", "ñ7KQM-2R9P-XD3T"):
        assert stranger.get("/verificar", query_string={"codigo": typed}).status_code == 422


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("👨\u200d👩\u200d👧", "👨\u200d👩\u200d👧"),
        ("☝🏽 1\ufe0f\u20e3 ❤\ufe0f", "☝🏽 1\ufe0f\u20e3 ❤\ufe0f"),
        ("🏴\U000e0067\U000e0062\U000e007f", "🏴\U000e0067\U000e0062\U000e007f"),
        ("a\u200db\u200c \ufe0fx\U000e0041", "ab x"),
        ("Кириллица ελληνικά עברית مرحبا", "Кириллица ελληνικά עברית مرحبا"),
        ("汉字 한국", "[2 signos en chino: U+6C49 U+5B57] [2 signos en coreano: U+D55C U+AD6D]"),
        ("汉ひ", "[1 signo en chino: U+6C49] [1 signo en japonés: U+3072]"),
        ("\U00013000", "[1 signo sin imprimir: U+13000]"),
        (HASH, HASH),
        (LONG_URL, LONG_URL),
    ],
)
def test_what_is_printed_is_what_was_written_or_words(text, shown):
    assert printable(text) == shown


def test_emoji_are_drawn_and_read_back(app, oficio, usuario_investigador, printed):
    note = "Auto 🚗 en 🅿️, familia 👨\u200d👩\u200d👧, ☝🏽, 🇨🇱, 1\ufe0f\u20e3, 👩🏽\u200d🚒."
    with app.app_context(), transaction():
        row = db.session.get_one(Oficio, oficio.id)
        record(row, Actividad.NOTA, note, actor=None, now=utcnow())

    _, text = printed()

    for emoji in ("🚗", "🅿", "👨", "☝", "🇨🇱", "👩"):
        assert emoji in text
    assert "[U+" not in text
    assert "sin imprimir" not in text
