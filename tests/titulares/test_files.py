"""Where a person is in the bytes of what came in, whatever kind of file it is."""

from __future__ import annotations

import base64

import pytest

from app.titulares.rules.contenido import line_that_names
from app.titulares.rules.identidad import read_buscado
from tests.bandeja.rows import make_mail, make_zip

SOUGHT = read_buscado(nombre="José Núñez Peña", rut="5.126.663-3")
ROW = "9001;BBCL21;NUÑEZ PEÑA, José;5.126.663-3"
LIST = f"Oficio;Patente;Deudor;RUT\n{ROW}\n"
#: How files of Outlook and of old Excel begin.
COMPOUND = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(8)


def mail(body: str, charset: str = "utf-8") -> bytes:
    coded = base64.b64encode(body.encode(charset)).decode()
    return (
        "From: ana@estudio.example\nTo: ordenes@oficina.example\nSubject: Orden\n"
        "MIME-Version: 1.0\n"
        f"Content-Type: text/plain; charset={charset}\nContent-Transfer-Encoding: base64\n\n{coded}"
    ).encode()


@pytest.mark.parametrize(
    "data",
    [
        LIST.encode(),
        LIST.encode("latin-1"),
        LIST.encode("utf-16"),
        b"<table><tr><td>N&uacute;&ntilde;ez Pe&ntilde;a Jos&eacute;</td></tr></table>",
        make_zip({"xl/workbook.xml": b"<w/>", "xl/sharedStrings.xml": f"<t>{ROW}</t>".encode()}),
        make_zip({"adentro.zip": make_zip({"lista.csv": LIST.encode()})}),
        mail(f"Va la orden de {ROW}"),
        mail(f"Va la orden de {ROW}", "iso-8859-1"),
        make_mail(("lista.csv", LIST.encode())),
        COMPOUND + "Núñez Peña José".encode("utf-16-le"),
        COMPOUND + b"x" + "RUT 5126663-3".encode("utf-16-le"),
        COMPOUND + "NUÑEZ PEÑA JOSE".encode("latin-1"),
    ],
    ids=[
        "utf-8",
        "latin-1",
        "utf-16",
        "html",
        "xlsx",
        "zip in zip",
        "mail",
        "mail in latin-1",
        "mail with a list",
        "ole in utf-16",
        "ole by odd bytes",
        "ole in latin-1",
    ],
)
def test_a_person_is_found_in_a_file(data):
    assert line_that_names(SOUGHT, data) is not None


@pytest.mark.parametrize(
    "data",
    [
        b"1;Jose Soto\n2;Ana Nunez\n3;Luis Pena\n",
        make_zip({"a.xml": "<r><t>José</t><t>Núñez</t><t>Peña</t></r>".encode()}),
        b"%PDF-1.7 5.126.663-3",
        b"PK\x03\x04 broken",
        make_zip({str(n): bytes(9_000_000) for n in range(8)}),
        b"",
    ],
    ids=["several lines", "several cells", "PDF", "broken", "bomb", "empty"],
)
def test_nobody_is_found_where_only_their_words_are(data):
    assert line_that_names(SOUGHT, data) is None
