import io
import os
import struct
import zipfile
from datetime import date, datetime, time, timedelta
from pathlib import Path
from xml.etree import ElementTree

import openpyxl
import pytest

from app.core.errors import InvalidValue
from app.planillas.outside import book_reader
from tests.planillas.listados import read_list

DATA = Path(__file__).parents[1] / "data"
HOY = date(2026, 11, 24)
HEADER = "N° Oficio;Patente;Dueño"
ROW = "OF-1;BBCL12;José Núñez Ibáñez"


def read(content, name="lista.csv", **options):
    return read_list(content, name, today=HOY, **options)


def workbook(rows, **sheets):
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    for title, more in sheets.items():
        sheet = book.create_sheet(title)
        for row in more:
            sheet.append(row)
    return saved(book)


def saved(book):
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def package(**files):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name.replace("__", "/"), content)
    return stream.getvalue()


def encrypted(content):
    """Set the mark of encryption in the ZIP's directory."""
    start = content.index(b"PK\x01\x02") + 8
    return content[:start] + b"\x01" + content[start + 1 :]


def ods(rows, *, encrypted=False):
    cells = "".join(
        "<table:table-row>"
        + "".join(
            '<table:table-cell office:value-type="string">'
            f"<text:p>{cell}</text:p></table:table-cell>"
            for cell in row
        )
        + "</table:table-row>"
        for row in rows
    )
    names = "".join(
        f' xmlns:{short}="urn:oasis:names:tc:opendocument:xmlns:{long}:1.0"'
        for short, long in (("office", "office"), ("table", "table"), ("text", "text"))
    )
    mark = "<manifest:encryption-data></manifest:encryption-data>" if encrypted else ""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr(
            "content.xml",
            f"<office:document-content{names}><office:body><office:spreadsheet>"
            f'<table:table table:name="Hoja1">{cells}</table:table>'
            "</office:spreadsheet></office:body></office:document-content>",
        )
        archive.writestr(
            "META-INF/manifest.xml",
            '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:'
            f'1.0"><manifest:file-entry manifest:full-path="content.xml">{mark}'
            "</manifest:file-entry></manifest:manifest>",
        )
    return stream.getvalue()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
@pytest.mark.parametrize("separator", [";", ",", "\t", "|"])
def test_a_text_list_is_read_whatever_its_encoding_and_separator(encoding, separator):
    text = f"{HEADER}\r\n{ROW}\r\n".replace(";", separator)

    lectura = read(text.encode(encoding))

    assert lectura.tipo == "csv"
    assert lectura.filas[0].datos == {
        "numero_oficio": "OF-1",
        "patente": "BBCL12",
        "propietario_nombre": "José Núñez Ibáñez",
    }


def test_a_list_from_an_old_mac_keeps_its_accents():
    text = (DATA / "oficios_buffet.csv").read_text("cp1252").replace("°", "º")

    assert read(text.encode("mac_roman")).filas[2].datos["caratulado"] == "BANCO DEL PACÍFICO/NÚÑEZ"


def test_the_note_of_excel_on_the_separator_is_no_data():
    lectura = read(f"sep=;\n{HEADER}\n{ROW}\n".encode())

    assert lectura.fila_encabezado == 2
    assert [fila.numero_fila for fila in lectura.filas] == [3]


def test_a_quoted_cell_may_hold_the_separator_and_a_line_break():
    lectura = read(f'{HEADER};Notas\n{ROW};"uno; dos\ntres"\nOF-2;BBCL13;x;\n'.encode())

    assert lectura.filas[0].datos["notas"] == "uno; dos\ntres"
    assert [fila.numero_fila for fila in lectura.filas] == [2, 3]


def test_a_quote_that_never_closes_is_named_by_its_row():
    text = f'{HEADER}\n{ROW}\nOF-2;BBCL13;"Ana\n' + f"{ROW}\n" * 60

    with pytest.raises(InvalidValue, match="En la fila 3 hay unas comillas que no se cierran"):
        read(text.encode())


def test_an_ods_is_read():
    lectura = read(ods([HEADER.split(";"), ROW.split(";")]), "lista.ods")

    assert lectura.tipo == "ods"
    assert lectura.filas[0].datos["propietario_nombre"] == "José Núñez Ibáñez"


def test_a_workbook_under_the_name_of_another_kind_of_workbook_is_read():
    assert read(workbook([HEADER.split(";"), ROW.split(";")]), "lista.xls").tipo == "xlsx"
    assert read(workbook([HEADER.split(";"), ROW.split(";")]), "lista").tipo == "xlsx"
    assert read(workbook([HEADER.split(";"), ROW.split(";")]), "lista.csv").tipo == "xlsx"
    assert read(f"{HEADER}\n{ROW}".encode(), "lista.xlsx").tipo == "csv"


PAGE = """<html><body>
<table><tr><td>Estudio</td></tr></table>
<table><tr><th>N&deg; Oficio</th><th>Patente</th><th colspan=2>Nombre</th></tr>
<tr><td rowspan=2>OF-1<td>BBCL12<td>José Núñez<td></td></tr>
<tr><td>LGCR75</td><td>Ana<br>Soto</td></tr></table>"""
WORD = (
    '<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>'
    "<w:tbl>{}</w:tbl></w:body></w:document>"
)
XML_2003 = (
    '<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet" '
    'xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet"><Worksheet ss:Name="a"><Table>{}'
    "</Table></Worksheet></Workbook>"
)


def test_the_tables_of_a_page_are_read_whatever_its_name():
    lectura = read(PAGE.encode("cp1252"), "lista.xls")

    assert (lectura.tipo, lectura.hoja, lectura.codificacion) == ("html", "Tabla 2", "cp1252")
    assert [fila.datos["numero_oficio"] for fila in lectura.filas] == ["OF-1", "OF-1"]
    assert lectura.filas[0].datos["propietario_nombre"] == "José Núñez"


BOMB = "".join(f'<!ENTITY e{n + 1} "{f"&e{n};" * 9}">' for n in range(6))


@pytest.mark.parametrize(
    "doctype",
    [
        '<!DOCTYPE a [<!ENTITY e SYSTEM "file:///etc/hostname">]>',
        '<!DOCTYPE a SYSTEM "http://127.0.0.1:9/a.dtd">',
        f'<!DOCTYPE a [<!ENTITY e0 "muchas veces">{BOMB}<!ENTITY e "&e6;">]>',
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_xml_that_declares_entities_is_not_read(doctype, encoding):
    row = '<Row><Cell><Data ss:Type="String">OF-1 &e;</Data></Cell></Row>'
    book = XML_2003.format(row).replace("?>", "?>" + doctype, 1).encode(encoding)

    assert book_reader.read_tables(book, "xml", 10) == {"error": "ilegible"}
    word = WORD.replace("<w:document", f'<?xml version="1.0"?>{doctype}<w:document').format("&e;")
    content = package(**{"word/document.xml": word.encode(encoding)})
    assert book_reader.read_tables(content, "docx", 10) == {"error": "ilegible"}
    with pytest.raises(ElementTree.ParseError):
        list(ElementTree.iterparse(book_reader._WithoutDoctype(io.BytesIO(book))))


def test_the_tables_of_a_word_document_are_read():
    def row(*cells):
        return "<w:tr>" + "".join(f"<w:tc>{cell}</w:tc>" for cell in cells) + "</w:tr>"

    def text(words, mark=""):
        return f"<w:tcPr>{mark}</w:tcPr><w:p><w:r><w:t>{words}</w:t></w:r></w:p>"

    begins, goes_on = '<w:vMerge w:val="restart"/>', "<w:vMerge/>"
    rows = (
        row(text("N° Oficio"), text("Patente")),
        row(text("OF-1", begins), text("BBCL12")),
        row(text("", goes_on), text("LGCR75")),
    )
    content = package(**{"word/document.xml": WORD.format("".join(rows)).encode()})

    lectura = read(content, "lista.doc")

    assert lectura.tipo == "docx"
    assert [fila.datos["numero_oficio"] for fila in lectura.filas] == ["OF-1", "OF-1"]


def test_a_workbook_in_xml_is_read():
    def row(*cells):
        return "<Row>" + "".join(f"<Cell>{cell}</Cell>" for cell in cells) + "</Row>"

    def data(words, kind="String"):
        return f'<Data ss:Type="{kind}">{words}</Data>'

    rows = (
        row(data("Oficio"), data("PPU"), data("Ingreso")),
        row(data("7", "Number"), data("BBCL12"), data("2026-10-24T00:00:00.000", "DateTime")),
    )

    fila = read(XML_2003.format("".join(rows)).encode(), "lista.xls").filas[0]

    assert (fila.datos["numero_oficio"], str(fila.datos["fecha_ingreso"])) == ("7", "2026-10-24")


def test_the_sheet_with_the_list_is_found_and_the_others_are_named():
    content = workbook(
        [["Instrucciones"], ["Complete la otra hoja"]],
        Lista=[HEADER.split(";"), ROW.split(";")],
        Vacia=[],
    )

    lectura = read(content, "lista.xlsx")

    assert lectura.hoja == "Lista"
    assert lectura.warnings == ("La hoja «Sheet» no se leyó; se usó «Lista».",)


def test_a_list_that_begins_away_from_the_corner_keeps_its_rows_and_columns():
    book = openpyxl.Workbook()
    for place, text in zip(("C4", "D4", "C5", "D5"), ("Oficio", "PPU", 12, "BBCL12"), strict=True):
        book.active[place] = text

    lectura = read(saved(book), "lista.xlsx")

    assert lectura.mapeo == {2: "numero_oficio", 3: "patente"}
    assert lectura.filas[0].numero_fila == 5
    assert lectura.filas[0].datos["numero_oficio"] == "12"


#: A table of dBase III with one column and one row.
DBF = (
    bytes([3, 126, 11, 27, 1, 0, 0, 0, 65, 0, 7, 0])
    + bytes(20)
    + b"PPU\x00\x00\x00\x00\x00\x00\x00\x00C"
    + bytes(4)
    + bytes([6])
    + bytes(15)
    + b"\r BBCL12\x1a"
)

REFUSED = {
    "dbase": (DBF, "a.dbf", "tabla de base de datos"),
    "sylk": (b'ID;PWXL;N;E\nC;Y1;X1;K"PPU"\n', "a.slk", "formato antiguo"),
    "numbers": (package(**{"Index/Document.iwa": b"x"}), "a.numbers", "Numbers"),
    "link": (b'{"url":"https://docs.google.com/open?id=x"}', "a.gsheet", "acceso directo"),
    "empty": (b"", "a.csv", "está vacío"),
    "blank": (b" \r\n\x00\x00", "a.csv", "está vacío"),
    "junk": (os.urandom(200_000), "a.csv", "no es una planilla"),
    "10 MB of junk": (b"\x07\x13\xfe" * (10 * 1024 * 1024 // 3), "a.csv", "no es una planilla"),
    "10 MB of one letter": (b"a" * 10 * 1024 * 1024, "a.csv", "no es una planilla"),
    "above 10 MB": (b"a" * (10 * 1024 * 1024 + 1), "a.csv", "más de 10 MB"),
    "junk named xlsx": (b"\x07\x13\xfe" * 5_000, "a.xlsx", "no es una"),
    "image": (b"\x89PNG\r\n\x1a\n" + b"\x00" * 99, "a.xlsx", "es una imagen, no una planilla"),
    "photo": (b"\xff\xd8\xff\xe0" + b"\x00" * 99, "a.csv", "es una imagen, no una planilla"),
    "pdf": (b"%PDF-1.7\n" + b"\x00" * 99, "a.xlsx", "es un PDF, no una planilla"),
    "program": (b"MZ" + b"\x00" * 99, "a.xls", "es un programa"),
    "html": (b"<html><table><tr><td>N Oficio", "a.csv", "fila de encabezados"),
    "html without a table": (b"<html><p>Hola</p></html>", "a.xls", "ninguna fila con datos"),
    "docx": (package(word__document__xml=b"x"), "a.docx", "archivo comprimido"),
    "word": (package(**{"word/document.xml": b"x"}), "a.xlsx", "está dañada"),
    "broken zip": (b"PK\x03\x04" + b"\x00" * 99, "a.xlsx", "dañado o incompleto"),
    "truncated": (workbook([HEADER.split(";")])[:2_000], "a.xlsx", "dañado o incompleto"),
    "hollow": (package(**{"xl/workbook.xml": b"<x"}), "a.xlsx", "está dañada"),
    "old office": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 999, "a.xls", "de Office"),
    "old broken": (
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 999 + "Workbook".encode("utf-16-le"),
        "a.xls",
        "dañada",
    ),
    "with a password": (
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le") * 30,
        "a.xlsx",
        "contraseña",
    ),
    "zip with a password": (encrypted(workbook([HEADER.split(";")])), "a.xlsx", "contraseña"),
    "ods with a password": (ods([["x"]], encrypted=True), "a.ods", "contraseña"),
    "binary workbook in name only": (package(**{"xl/workbook.bin": b"x"}), "a.xlsb", "dañada"),
    "empty workbook": (workbook([]), "a.xlsx", "ninguna fila con datos"),
    "header only": (HEADER.encode(), "a.csv", "ninguna fila debajo"),
    "no header": (b"hola;chao\n1;2\n", "a.csv", "No se encontró la fila de encabezados"),
    "header without plate or number": (b"Marca;Modelo\nKia;Rio\n", "a.csv", "encabezados"),
    "too many rows": (
        (HEADER + "\n" + "".join(f"OF-{n};BBCL12;x\n" for n in range(5_001))).encode(),
        "a.csv",
        "más de 5.000 filas",
    ),
    "far too many rows": (
        (HEADER + "\n" + f"{ROW}\n" * 100_000).encode(),
        "a.csv",
        "más de 5.000 filas",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_is_no_list_is_refused_with_a_sentence(case):
    content, name, sentence = REFUSED[case]

    with pytest.raises(InvalidValue, match=sentence) as refusal:
        read(content, name)

    assert str(refusal.value).endswith(".")


def test_5000_rows_are_read():
    content = HEADER + "\n" + "".join(f"OF-{n};BBCL12;x\n" for n in range(5_000))

    assert len(read(content.encode()).filas) == 5_000


def test_a_package_that_unpacks_to_gigabytes_is_not_opened():
    content = package(**{"xl/workbook.xml": b"x", "xl/sheet1.xml": b"0" * (61 * 1024 * 1024)})

    assert len(content) < 100_000
    with pytest.raises(InvalidValue, match="tamaño desmedido"):
        read(content, "a.xlsx")


def test_a_cell_at_the_far_corner_ends_the_reader_and_not_the_server():
    book = openpyxl.Workbook()
    book.active["A1"] = "N° Oficio"
    book.active.cell(1_048_576, 16_384).value = "x"

    with pytest.raises(InvalidValue, match="demasiado grande o está dañada"):
        read(saved(book), "a.xlsx")


def test_a_book_with_more_text_than_any_list_is_not_read(monkeypatch):
    monkeypatch.setattr(book_reader, "MAX_TEXT", 100)

    assert book_reader.read_book(workbook([["x" * 101]]), 10) == {"error": "enorme"}


def test_the_reader_stops_one_row_past_what_it_may_keep():
    answer = book_reader.read_book(workbook([["a"]] * 10), 5)

    assert len(answer["hojas"][0]["filas"]) == 6


def test_the_reader_names_what_it_cannot_open():
    assert book_reader.read_book(b"nada", 5) == {"error": "ilegible"}


def test_a_hidden_sheet_comes_last_and_is_marked():
    book = openpyxl.Workbook()
    book.active["A1"] = "x"
    book.create_sheet("Oculta")["A1"] = "y"
    book["Oculta"].sheet_state = "hidden"

    hojas = book_reader.read_book(saved(book), 5)["hojas"]
    assert [(hoja["nombre"], hoja["oculta"]) for hoja in hojas] == [
        ("Sheet", False),
        ("Oculta", True),
    ]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, ""),
        (2015.0, "2015"),
        (1.5, "1.5"),
        (1e300, "1e+300"),
        (True, "VERDADERO"),
        (False, "FALSO"),
        (date(2026, 10, 24), "24-10-2026"),
        (datetime(2026, 10, 24), "24-10-2026"),  # noqa: DTZ001 - a cell has no zone
        (datetime(2026, 10, 24, 18, 42), "24-10-2026 18:42"),  # noqa: DTZ001 - a cell has no zone
        (time(18, 42), "18:42"),
        (timedelta(hours=26), "1 day, 2:00:00"),
        ("x" * 9_000, "x" * 5_001),
    ],
)
def test_a_cell_becomes_what_a_person_would_type(value, text):
    assert book_reader.cell_text(value) == text


SPREADSHEET = (
    "<office:document-content"
    + "".join(
        f' xmlns:{short}="urn:oasis:names:tc:opendocument:xmlns:{long}:1.0"'
        for short, long in (("office", "office"), ("table", "table"), ("text", "text"))
    )
    + '><office:body><office:spreadsheet><table:table table:name="Hoja1">{}</table:table>'
    "</office:spreadsheet></office:body></office:document-content>"
)


def open_document(rows):
    content = package(
        **{
            "content.xml": SPREADSHEET.format(rows),
            "META-INF/manifest.xml": "<manifest/>",
            "mimetype": "application/vnd.oasis.opendocument.spreadsheet",
        }
    )
    stream = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as old,
        zipfile.ZipFile(stream, "w", zipfile.ZIP_STORED) as new,
    ):
        for name in ("mimetype", "content.xml", "META-INF/manifest.xml"):
            new.writestr(name, old.read(name))
    return stream.getvalue()


def _cell(text, attributes=""):
    return (
        f'<table:table-cell office:value-type="string"{attributes}>{text}</table:table-cell>'
        if text.startswith("<")
        else f'<table:table-cell office:value-type="string"{attributes}>'
        f"<text:p>{text}</text:p></table:table-cell>"
    )


def test_an_open_document_tells_its_hidden_rows_merged_cells_and_comments():
    remark = "<office:annotation><text:p>ojo,</text:p><text:p>chocado</text:p></office:annotation>"
    rows = "".join(
        f"<table:table-row{marks}>{cells}</table:table-row>"
        for marks, cells in (
            ("", _cell("N° Oficio") + _cell("Patente") + _cell("Comuna")),
            (
                "",
                _cell("7", ' table:number-rows-spanned="2"')
                + _cell(f"{remark}<text:p>BBCL12</text:p>")
                + _cell("Macul"),
            ),
            ("", "<table:covered-table-cell/>" + _cell("BBCL13") + _cell("Ñuñoa")),
            (' table:visibility="filter"', _cell("8") + _cell("BBCL14") + _cell("Maipú")),
            (' table:number-rows-repeated="20000"', "<table:table-cell/>"),
            (' table:visibility="collapse"', _cell("9") + _cell("BBCL15") + _cell("Renca")),
        )
    )

    filas = read(open_document(rows), "lista.ods").filas

    assert [(f.numero_fila, f.datos["numero_oficio"], f.oculta) for f in filas] == [
        (2, "7", False),
        (3, "7", False),
        (4, "8", True),
        (20005, "9", True),
    ]
    assert filas[0].datos["patente"] == "BBCL12"
    assert filas[0].datos["notas"] == "Comentario en «Patente»: ojo, chocado"


def test_the_hidden_rows_of_an_xls_are_told():
    content = bytearray((DATA / "intake" / "s07_biff.xls").read_bytes())
    shown = read(bytes(content), "lista.xls").filas
    # The record of row 6: kind, length, number; its height of zero is the bit 0x20.
    place = content.index(struct.pack("<HHH", 0x208, 16, 5)) + 4 + 12
    content[place] |= 0x20

    hidden = read(bytes(content), "lista.xls").filas

    assert [f.numero_fila for f in shown if f.oculta] == []
    assert [f.numero_fila for f in hidden if f.oculta] == [6]


def test_rows_that_are_struck_through_are_marked_and_colours_and_hidden_columns_are_told():
    book = openpyxl.Workbook()
    for row in (HEADER.split(";"), *([f"OF-{n}", f"BBCL1{n}", "Ana Soto"] for n in range(1, 7))):
        book.active.append(row)
    for cell in book.active[3]:
        cell.font = openpyxl.styles.Font(strike=True)
    book.active["A4"].font = openpyxl.styles.Font(strike=True)
    for row in (1, 5, 6):
        book.active.cell(row, 1).fill = openpyxl.styles.PatternFill("solid", fgColor="FFFF00")
    book.active.column_dimensions["C"].hidden = True

    lectura = read(saved(book), "lista.xlsx")

    assert [f.numero_fila for f in lectura.filas if "tachada" in f.advertencias] == [3]
    assert lectura.warnings == (
        "La planilla esconde la columna «Dueño»: se lee como las demás.",
        "2 filas tienen un color de fondo: lo que quiera decir no se importa. Escríbalo en sus "
        "notas si importa. Son las 5 y 6.",
    )


def test_what_went_wrong_in_a_formula_is_told_and_not_taken_for_nothing():
    book = openpyxl.Workbook()
    book.active.append(["N° Oficio", "Patente", "Marca"])
    book.active.append(["OF-1", "BBCL12", "#N/A"])
    book.active["C2"].data_type = "e"

    fila = read(saved(book), "lista.xlsx").filas[0]

    assert "marca" not in fila.datos
    assert "«#N/A»" in fila.advertencias["marca"]
