"""PDFs that readers open are taken as they came; cut ones and those with a passenger are not."""

from __future__ import annotations

import hashlib
from io import BytesIO
from pathlib import Path

import pikepdf
import pytest

from app.adjuntos.models import Adjunto
from app.adjuntos.outside.file_type import read_content
from app.core.errors import InvalidValue
from tests.adjuntos.files import jpeg, pdf, send

SAMPLE = (Path(__file__).with_name("data") / "pdf_con_salto_inicial.pdf").read_bytes()


def linear() -> bytes:
    buffer = BytesIO()
    pikepdf.open(BytesIO(pdf())).save(buffer, linearize=True)
    return buffer.getvalue()


@pytest.mark.parametrize(
    "data",
    [
        SAMPLE,
        b"\n\n" + pdf(),
        b"\xef\xbb\xbf" + pdf(),
        b"%!PS-Adobe-3.0 PDF-1.4\n" + pdf(),
        b"Content-Type: application/pdf\r\n\r\n" + pdf(),
        b" " * 1000 + pdf(),
        pdf() + b"\r\n",
        pdf() + bytes(70_000),
        pdf() + b"\x00" * 512 + b"\x1a",
        pdf() + b"\n------=_NextPart_000_0001--\r\n",
        pdf().replace(b"startxref", b"startxref\n9", 1),
        linear(),
        linear() + bytes(3000),
    ],
)
def test_what_readers_open_is_taken(data):
    found = read_content(data)

    assert (found.mime_type, found.metadatos["paginas"]) == ("application/pdf", 1)
    assert found.metadatos["version_pdf"].startswith("1.")


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"x" * 1024 + pdf(), "No es por dentro"),
        (b"MZ\x90\x00" + pdf(), "programa"),
        (b"\x7fELF" + pdf(), "programa"),
        (b"PK\x03\x04" + pdf(), "comprimido"),
        (b"GIF89a" + pdf(), "GIF"),
        (b"<html><script>alert(1)</script>" + pdf(), "página web"),
        (b"hola <script>alert(1)</script>" + pdf(), "No es por dentro"),
        (pdf() + b"PK\x03\x04algo", "pegado otro archivo"),
        (pdf() + b"<script>alert(1)</script>", "pegado otro archivo"),
        (pdf()[:-30], "cortado"),
        (SAMPLE[: len(SAMPLE) // 2], "cortado"),
        (pdf() + b"12 0 obj << /Type", "cortado"),
        (linear()[: int(len(linear()) * 0.8)], "cortado"),
    ],
)
def test_what_is_cut_or_carries_another_file_is_refused(data, words):
    with pytest.raises(InvalidValue, match=words):
        read_content(data)


def test_a_photo_that_names_a_pdf_inside_is_a_photo():
    assert (
        read_content(jpeg()[:2] + b"\xff\xfe\x00\x0a%PDF-1.4" + jpeg()[2:]).mime_type
        == "image/jpeg"
    )


def test_the_bytes_are_kept_as_they_came(app, archive, oficio, usuario_investigador, rows):
    (result,) = send(app, oficio, usuario_investigador, ("orden.pdf", SAMPLE))

    assert result.adjunto_id, result.problem
    (row,) = rows(Adjunto)
    assert row.sha256 == hashlib.sha256(SAMPLE).hexdigest()
    assert archive.read(row.original_key) == SAMPLE
