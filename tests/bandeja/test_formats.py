"""What a file is, told by its content; and what lies in a package."""

from __future__ import annotations

import pytest

from app.bandeja.outside.packages import open_package
from app.bandeja.rules import EstadoIngreso, TipoIngreso, settle_package
from app.bandeja.rules.formatos import tell_format
from app.bandeja.rules.remitentes import Remitente, known_buffet, read_sender
from app.core.errors import InvalidValue
from tests.bandeja.outlook import make_msg
from tests.bandeja.rows import LIST, make_mail, make_zip
from tests.planillas.test_files import DBF

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 100


@pytest.mark.parametrize(
    ("data", "tipo", "nombre"),
    [
        (b"%PDF-1.7\n...", TipoIngreso.PAPEL, "PDF"),
        (b"\r\n\r\n%PDF-1.4", TipoIngreso.PAPEL, "PDF"),
        (b"\xff\xd8\xff\xe0JFIF", TipoIngreso.FOTO, "JPEG"),
        (b"\x00\x00\x00\x18ftypheic\x00", TipoIngreso.FOTO, "HEIC"),
        (b"RIFF\x00\x00\x00\x00WEBPVP8", TipoIngreso.FOTO, "WEBP"),
        (make_zip({"a.csv": LIST}), TipoIngreso.PAQUETE, "ZIP"),
        (make_zip({"xl/workbook.xml": b"<x/>"}), TipoIngreso.PLANILLA, "XLSX"),
        (make_zip({"word/document.xml": b"<x/>"}), TipoIngreso.PLANILLA, "DOCX"),
        (make_zip({"Index/Document.iwa": b"x"}), TipoIngreso.PLANILLA, "Numbers"),
        (
            make_zip({"[Content_Types].xml": b"<x/>", "ppt/presentation.xml": b"<x/>"}),
            TipoIngreso.OTRO,
            "documento de Office que no es planilla ni DOCX",
        ),
        (DBF, TipoIngreso.PLANILLA, "DBF"),
        (make_zip({"a.csv": LIST})[:60], TipoIngreso.OTRO, "archivo comprimido dañado"),
        (OLE + "Workbook".encode("utf-16-le"), TipoIngreso.PLANILLA, "XLS"),
        (OLE + "__properties_version1.0".encode("utf-16-le"), TipoIngreso.CORREO, "MSG"),
        (OLE + "WordDocument".encode("utf-16-le"), TipoIngreso.OTRO, "documento antiguo de Office"),
        (b"Rar!\x1a\x07", TipoIngreso.OTRO, "archivo comprimido que no es ZIP"),
        (b"MZ\x90\x00", TipoIngreso.OTRO, "programa"),
        (LIST, TipoIngreso.PLANILLA, "texto"),
        (LIST.decode().encode("utf-16"), TipoIngreso.PLANILLA, "texto UTF-16"),
        (b"<html><table><tr><td>BBCL21", TipoIngreso.PLANILLA, "HTML"),
        (make_mail(("a.csv", LIST)), TipoIngreso.CORREO, "correo"),
        (b"Patente: BBCL21\nFrom: nadie\n", TipoIngreso.PLANILLA, "texto"),
        (b" \r\n\x00", TipoIngreso.OTRO, "archivo vacío"),
        (b"abc\x00\x01\x02" * 9, TipoIngreso.OTRO, "archivo que no se reconoce"),
    ],
)
def test_a_file_is_what_its_content_says(data, tipo, nombre):
    assert tell_format(data) == (tipo, nombre)


def test_a_mail_of_outlook_gives_its_attachments_whatever_their_size():
    msg = make_msg("Órdenes de noviembre", ("lista ñ.csv", LIST), ("oficio.pdf", b"%PDF" * 2_000))

    assert tell_format(msg) == (TipoIngreso.CORREO, "MSG")
    with open_package(msg, "MSG") as found:
        assert found.asunto == "Órdenes de noviembre"
        assert found.de == ["Ana Rojas <ana@estudio.example>"]
        assert {part.nombre: part.path.read_bytes() for part in found.partes} == {
            "lista ñ.csv": LIST,
            "oficio.pdf": b"%PDF" * 2_000,
        }


def test_a_zip_gives_its_files_under_their_own_names_and_leaves_the_systems_own_out():
    data = make_zip(
        {"lote/órdenes.csv": LIST, "__MACOSX/._a": b"x", "Thumbs.db": b"x", "b.pdf": b"%PDF-"}
    )

    with open_package(data, "ZIP") as paquete:
        found = {part.nombre: part.path.read_bytes() for part in paquete.partes}

    assert found == {"órdenes.csv": LIST, "b.pdf": b"%PDF-"}
    assert paquete.omitidas == []


def test_a_mail_gives_its_attachments_and_those_of_the_mail_that_it_forwards():
    inner = make_mail(("dentro.csv", LIST))
    outer = make_mail(("RV.eml", inner), ("fuera.csv", LIST))

    with open_package(outer, "correo") as paquete:
        names = [part.nombre for part in paquete.partes if not part.is_body]

    assert names == ["RV.eml", "fuera.csv"]
    assert [part.nombre for part in paquete.partes if part.is_body] == ["Texto del correo.txt"]
    assert paquete.asunto == "Órdenes de noviembre"
    assert paquete.mensaje_id == "<uno@estudio.example>"


def test_a_package_that_is_damaged_or_too_large_is_told_in_a_sentence(monkeypatch):
    with pytest.raises(InvalidValue, match="dañado"), open_package(b"PK\x03\x04nada", "ZIP"):
        pass
    with (
        pytest.raises(InvalidValue, match="Divídalo"),
        open_package(make_zip({f"{n}.txt": b"x" for n in range(201)}), "ZIP"),
    ):
        pass


def test_a_bomb_fills_nothing():
    bomb = make_zip({"ceros.csv": b"0" * 250_000_000})
    assert len(bomb) < 1_000_000

    with pytest.raises(InvalidValue, match="Divídalo"), open_package(bomb, "ZIP"):
        pass


PASS = "mx.oficina.example; dmarc=pass header.from=estudio.example"


@pytest.mark.parametrize(
    ("lines", "results", "server", "sender"),
    [
        (
            ["Ana <ANA@estudio.example>"],
            [PASS],
            "mx.oficina.example",
            ("ana@estudio.example", True),
        ),
        # Nobody confirmed it, or it is not told whom to believe.
        (["ana@estudio.example"], [], "mx.oficina.example", ("ana@estudio.example", False)),
        (["ana@estudio.example"], [PASS], "", ("ana@estudio.example", False)),
        # A line that came along with the mail, under another name or below our server's own.
        (
            ["ana@estudio.example"],
            [PASS.replace("mx.", "otro.")],
            "mx.oficina.example",
            ("ana@estudio.example", False),
        ),
        (
            ["ana@estudio.example"],
            ["mx.oficina.example; dmarc=fail", PASS],
            "mx.oficina.example",
            ("ana@estudio.example", False),
        ),
        # Confirmed for another domain.
        (
            ["ana@estudio.example"],
            [PASS.replace("estudio", "ajeno")],
            "mx.oficina.example",
            ("ana@estudio.example", False),
        ),
        # Several senders are none.
        (["ana@estudio.example, b@ajeno.example"], [PASS], "mx.oficina.example", ("", False)),
        (["ana@estudio.example", "b@ajeno.example"], [PASS], "mx.oficina.example", ("", False)),
        ([], [PASS], "mx.oficina.example", ("", False)),
    ],
)
def test_a_from_is_believed_only_when_our_own_server_confirmed_it(lines, results, server, sender):
    found = read_sender(lines, results, server)

    assert found == Remitente(*sender)
    known = known_buffet(found, {"ana@estudio.example": 7})
    assert known == (7 if sender == ("ana@estudio.example", True) else None)


@pytest.mark.parametrize(
    ("parts", "package"),
    [
        ("", "por_revisar"),
        ("creado por_revisar", "por_revisar"),
        ("creado leyendo", "por_revisar"),
        ("rechazado creado devuelto", "creado"),
        ("rechazado devuelto", "devuelto"),
        ("rechazado", "rechazado"),
    ],
)
def test_a_package_stands_where_its_parts_do(parts, package):
    assert settle_package([EstadoIngreso(each) for each in parts.split()]).value == package
