"""From the bytes of an upload to rows of text, whatever its name says."""

import csv
import io
import json
import re
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from charset_normalizer import from_bytes

from app.core.errors import InvalidValue
from app.core.sandbox import Limits, ProgramFailed, run_limited
from app.planillas.outside import book_reader
from app.planillas.rules.dbase import is_dbf
from app.planillas.rules.plain_text import read_lines
from app.planillas.rules.reshaping import reshape
from app.planillas.rules.sheets import MAX_FILAS, Fila, Guess, Hoja, Planilla

#: Maximum size of an upload in bytes.
MAX_BYTES = 10 * 1024 * 1024
#: Maximum unpacked size of a workbook in bytes: a list of 5,000 orders unpacks to about 5 MB.
MAX_UNPACKED = 60 * 1024 * 1024
MAX_ENTRIES = 2_000
#: Rows that are kept of a sheet: the orders, a title, a header, totals, and one to know of more.
_MAX_ROWS = MAX_FILAS + 100
#: Limits of the subprocess that opens a workbook; a list of 5,000 orders needs a tenth of the
#: memory.
_LIMITS = Limits(seconds=40, cpu_seconds=20, address_space=1 << 30)
#: Maximum lines in one cell of a CSV.
_MAX_LINES = 40
_SUBA = "Suba el listado como planilla XLSX, XLS, ODS o CSV."

_NOT_A_SHEET = (
    ((b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"BM6", b"RIFF", b"II*\x00", b"MM\x00*"), "una imagen"),
    ((b"%PDF",), "un PDF"),
    ((b"MZ", b"\x7fELF"), "un programa"),
    ((b"Rar!", b"7z\xbc\xaf", b"\x1f\x8b"), "un archivo comprimido"),
    ((b"{\\rtf",), "un documento de texto"),
)
#: Tables that nothing here reads, each with what to do.
_GUARDE = "Ábrala en Excel o LibreOffice, guárdela como XLSX y súbala."
_SYLK = f"El archivo es una planilla en un formato antiguo (SYLK). {_GUARDE}"
_DBF = f"El archivo es una tabla de base de datos (DBF). {_GUARDE}"
_NUMBERS = "El archivo es una planilla de Numbers. Expórtela como Excel (XLSX) y súbala."
_ODT = "El archivo es un documento de LibreOffice (ODT). Guárdelo como DOCX y súbalo."
_LINK = (
    "El archivo es un acceso directo a Google y no trae el listado. Abra la planilla, descárguela "
    "como Excel (XLSX) y súbala."
)
#: Fields that a row names at least where a separator divides it.
_FEWEST_FIELDS = 2
_SEPARATORS = (";", ",", "\t", "|")
#: Encodings to try for text that declares none, likeliest first.
_ENCODINGS = ("cp1252", "mac_roman", "cp850")
#: How a text may be encoded, as a person chooses it, with its name on screen.
CODIFICACIONES = {
    "utf-8-sig": "UTF-8",
    "cp1252": "Windows (1252)",
    "mac_roman": "Mac antiguo",
    "cp850": "DOS (850)",
    "utf-16": "Unicode (UTF-16)",
}
#: The characters above ASCII that a correct decoding yields.
_SPANISH = re.compile("[áéíóúüñÁÉÍÓÚÜÑ°ºª]|(?<=[OD])’(?=[A-Z])|(?<= )[–—](?= )")


def open_planilla(
    contenido: bytes, nombre: str, guess: Guess, codificacion: str | None = None
) -> Planilla:
    """Read an upload by what it is, whatever its name: many systems export XLSX or a web page as
    ``.xls``.

    A web page, a Word document and a workbook in XML are read by their tables. ``guess`` recognises
    the headers of the kind of list that is expected; by it the separator of a CSV is told.
    ``codificacion``, one of :data:`CODIFICACIONES`, is how a person wants a text to be read;
    without it, it is told from the bytes.

    Raises:
        InvalidValue: empty, too big, without a table, damaged, or protected by a password. The
            sentence says what to do.
    """
    if not contenido.strip(b"\x00 \t\r\n"):
        raise InvalidValue(f"El archivo está vacío. {_SUBA}")
    if len(contenido) > MAX_BYTES:
        raise InvalidValue(
            "El archivo pesa más de 10 MB. Divida el listado en varias planillas o borre las "
            "imágenes que contenga."
        )
    tipo = _kind(contenido)
    encoding = ""
    if tipo == "csv":
        text, encoding = _decode(contenido, codificacion)
        tipo = _kind_of_text(text)
        if tipo == "csv":
            hojas: tuple[Hoja, ...] = (_read_csv(text, guess),)
        elif tipo == "xml":
            hojas = _read_book(contenido, tipo)
        else:
            hojas = _read_book(text.encode("utf-8", errors="replace"), tipo)
    else:
        hojas = _read_book(contenido, tipo)
    if not any(hoja.filas for hoja in hojas):
        raise InvalidValue(f"La planilla no tiene ninguna fila con datos. {_SUBA}")
    return Planilla(tipo, reshape(hojas, guess), encoding)


def _kind(contenido: bytes) -> str:
    if contenido.startswith(b"PK"):
        return _kind_of_zip(contenido)
    if contenido.startswith(b"\xd0\xcf\x11\xe0"):
        return _kind_of_ole(contenido)
    for starts, what in _NOT_A_SHEET:
        if contenido.startswith(starts):
            raise InvalidValue(f"El archivo es {what}, no una planilla. {_SUBA}")
    if contenido.startswith(b"ID;P"):
        raise InvalidValue(_SYLK)
    if contenido.startswith(b"{") and b'"url"' in contenido and b"docs.google.com" in contenido:
        raise InvalidValue(_LINK)
    if is_dbf(contenido):
        raise InvalidValue(_DBF)
    return "csv"


def _kind_of_zip(contenido: bytes) -> str:
    try:
        with zipfile.ZipFile(io.BytesIO(contenido)) as package:
            entries = package.infolist()
            manifest = _manifest(package)
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError):
        raise InvalidValue(
            "El archivo está dañado o incompleto. Ábralo en Excel, guárdelo de nuevo y súbalo."
        ) from None
    if len(entries) > MAX_ENTRIES or sum(entry.file_size for entry in entries) > MAX_UNPACKED:
        raise InvalidValue(
            "El archivo se expande a un tamaño desmedido y no se abrió. Copie el listado a una "
            "planilla nueva y súbala."
        )
    # OpenDocument encrypts each file of the archive and marks it in the manifest.
    if any(entry.flag_bits & 1 for entry in entries) or b"encryption-data" in manifest:
        raise _protected()
    names = {entry.filename for entry in entries}
    if "xl/workbook.xml" in names:
        return "xlsx"
    if "xl/workbook.bin" in names:
        return "xlsb"
    # The first entry of an OpenDocument archive is its media type, uncompressed.
    if b"application/vnd.oasis.opendocument.spreadsheet" in contenido[:200]:
        return "ods"
    if "word/document.xml" in names:
        return "docx"
    if b"application/vnd.oasis.opendocument.text" in contenido[:200]:
        raise InvalidValue(_ODT)
    if "Index/Document.iwa" in names:
        raise InvalidValue(_NUMBERS)
    raise InvalidValue(f"El archivo es un archivo comprimido, no una planilla. {_SUBA}")


def _manifest(package: zipfile.ZipFile) -> bytes:
    """Return the beginning of an OpenDocument's list of files, or nothing."""
    try:
        with package.open("META-INF/manifest.xml") as manifest:
            return manifest.read(100_000)
    except (KeyError, RuntimeError, zlib.error):
        return b""


def _kind_of_ole(contenido: bytes) -> str:
    if "EncryptedPackage".encode("utf-16-le") in contenido:
        raise _protected()
    if any(name.encode("utf-16-le") in contenido for name in ("Workbook", "Book")):
        return "xls"
    raise InvalidValue(f"El archivo es un documento de Office, no una planilla. {_SUBA}")


def _protected() -> InvalidValue:
    return InvalidValue(
        "La planilla está protegida con contraseña. Quítele la contraseña, guárdela y súbala de "
        "nuevo."
    )


def _kind_of_text(text: str) -> str:
    """Tell a web page and a workbook in XML from a CSV."""
    start = text[:20_000].lstrip("\ufeff \t\r\n")
    if "urn:schemas-microsoft-com:office:spreadsheet" in start and "<html" not in start.lower():
        return "xml"
    page = r"<(!doctype html|html|table|head|body|meta|style|div|title|\?xml|!--)"
    # The text of a mail may begin with any words.
    if re.match(page, start, re.I) or re.search(r"<table\b.*<t[rd]\b", start, re.I | re.S):
        return "html"
    return "csv"


def _read_book(contenido: bytes, tipo: str) -> tuple[Hoja, ...]:
    """Let a process of its own open the book; see :mod:`app.planillas.outside.book_reader`."""
    try:
        program = Path(book_reader.__file__)
        kind = tipo if tipo in ("html", "docx", "xml") else "libro"
        answer = json.loads(
            run_limited(program, str(_MAX_ROWS), kind, limits=_LIMITS, content=contenido)
        )
    except (ProgramFailed, ValueError):
        answer = {"error": "enorme"}
    match answer.get("error"):
        case "clave":
            raise _protected()
        case "enorme":
            raise InvalidValue(
                "La planilla es demasiado grande o está dañada y no se pudo abrir. Copie el "
                "listado a una planilla nueva y súbala."
            )
        case "ilegible":
            raise InvalidValue(
                "La planilla está dañada y no se pudo abrir. Ábrala en Excel, guárdela de nuevo y "
                "súbala."
            )
    return tuple(map(_sheet, answer["hojas"]))


def _sheet(told: dict[str, Any]) -> Hoja:
    hidden = set(told["ocultas"])
    uncomputed = told.get("sin_calcular", 0)
    many = (
        "1 celda tiene una fórmula" if uncomputed == 1 else f"{uncomputed} celdas tienen fórmulas"
    )
    warning = (
        f"En la hoja «{told['nombre']}» {many} sin su resultado, y no se pueden leer. Abra la "
        "planilla en Excel, guárdela y súbala otra vez."
    )
    return Hoja(
        told["nombre"],
        tuple(Fila(number, tuple(cells), number in hidden) for number, cells in told["filas"]),
        told["oculta"],
        {(row, column): text for row, column, text in told["comentarios"]},
        (warning,) if uncomputed else (),
        frozenset(told.get("tachadas", ())),
        frozenset(told.get("con_color", ())),
        frozenset(told.get("columnas_ocultas", ())),
    )


def _read_csv(text: str, guess: Guess) -> Hoja:
    first, _, rest = text.partition("\n")
    if first.strip().lower().startswith("sep=") and len(first.strip()) == 5:
        # Excel's ``sep=;`` line; it keeps its row number.
        return _rows("\n" + rest, first.strip()[4])
    separator = max(_SEPARATORS, key=lambda separator: _fit(text, separator, guess))
    if _fit(text, separator, guess)[0] < _FEWEST_FIELDS:
        if bare := _without_quotes(text):
            return _read_csv(bare, guess)
        if rows := read_lines(text, guess):
            return Hoja("", tuple(rows[: _MAX_ROWS + 1]))
    return _rows(text, separator)


def _without_quotes(text: str) -> str:
    """A text whose lines some program put into quotes as a whole; empty where it is none."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    whole = [re.fullmatch(r'"((?:[^"]|"")*)"', line) for line in lines]
    if len(lines) < 2 or not all(whole):
        return ""
    bare = [found[1].replace('""', '"') for found in whole if found]
    return "\n".join(bare) if any(mark in bare[0] for mark in _SEPARATORS) else ""


def _decode(contenido: bytes, wanted: str | None) -> tuple[str, str]:
    """Return the text of a file, and how it is encoded.

    Its mark where it has one, UTF-8 where it fits, else what reads most Spanish letters among the
    encodings of Windows, old Macs and DOS; of equals Windows, which is by far the commonest.
    """
    if contenido.startswith((b"\xff\xfe", b"\xfe\xff")):
        text, encoding = contenido.decode("utf-16", errors="replace"), "utf-16"
    elif unmarked := _utf_16_without_mark(contenido):
        text, encoding = contenido.decode(unmarked, errors="replace"), "utf-16"
    elif b"\x00" in contenido:
        raise _junk()
    elif wanted in CODIFICACIONES and wanted != "utf-16":
        text, encoding = contenido.decode(wanted, errors="replace"), wanted
    else:
        encoding = "utf-8-sig"
        try:
            text = contenido.decode(encoding)
        except UnicodeDecodeError:
            text = _decode_mixed(contenido)
            if not text:
                text, encoding = _decode_old(contenido)
    beginning = text[:100_000]
    strange = sum(char == "\ufffd" or (char < " " and char not in "\t\r\n\f") for char in beginning)
    if strange > len(beginning) / 500 and wanted is None:
        raise _junk()
    return text, encoding


def _utf_16_without_mark(contenido: bytes) -> str:
    """In which order a text of two bytes for each letter has them; empty where it is none.

    Nearly every letter of a list is one of ASCII, whose other byte is zero.
    """
    start = contenido[:4_000]
    zeros = [start[place::2].count(0) / max(1, len(start) // 2) for place in (0, 1)]
    if min(zeros) > 0.02 or max(zeros) < 0.8:
        return ""
    return "utf-16-le" if zeros[1] > zeros[0] else "utf-16-be"


def _decode_mixed(contenido: bytes) -> str:
    """Read UTF-8 into which a few rows of Windows were pasted; empty where it is not so."""
    text = contenido.decode("utf-8-sig", errors="surrogateescape")
    strays = sum("\udc80" <= char <= "\udcff" for char in text)
    if strays > sum(char > "\x7f" for char in text) - strays:
        return ""
    return re.sub(
        "[\udc80-\udcff]",
        lambda stray: bytes([ord(stray[0]) - 0xDC00]).decode("cp1252", errors="replace"),
        text,
    )


def _decode_old(contenido: bytes) -> tuple[str, str]:
    texts = [contenido.decode(encoding, errors="replace") for encoding in _ENCODINGS]
    counts = [len(_SPANISH.findall(text[:200_000])) for text in texts]
    if not any(counts):
        best = from_bytes(contenido[:200_000], cp_isolation=list(_ENCODINGS)).best()
        encoding = best.encoding if best else "cp1252"
        return contenido.decode(encoding, errors="replace"), encoding
    best_at = counts.index(max(counts))
    return texts[best_at], _ENCODINGS[best_at]


def _junk() -> InvalidValue:
    return InvalidValue(f"El contenido del archivo no es una planilla ni texto legible. {_SUBA}")


def _fit(text: str, separator: str, guess: Guess) -> tuple[int, int]:
    """Tell how well a separator explains the first rows: fields recognised, then columns."""
    rows = _rows(text[:20_000], separator, limit=20).filas
    return (
        max((len(guess(row.celdas)) for row in rows), default=0),
        max((len(row.celdas) for row in rows), default=0),
    )


def _rows(text: str, separator: str, limit: int = _MAX_ROWS) -> Hoja:
    rows: list[Fila] = []
    try:
        for number, cells in _numbered(text, separator):
            if any(cell.count("\n") > _MAX_LINES for cell in cells):
                raise InvalidValue(
                    f"En la fila {number} hay unas comillas que no se cierran y se tragan las "
                    "filas siguientes. Borre esas comillas o suba el listado como XLSX."
                )
            cells = [
                _plain(cell.strip())[: book_reader.MAX_CELL]
                for cell in cells[: book_reader.MAX_COLUMNS]
            ]
            if any(cells):
                rows.append(Fila(number, tuple(cells)))
            if len(rows) > limit:
                break
    except csv.Error:
        raise _junk() from None
    return Hoja("", tuple(rows))


def _plain(cell: str) -> str:
    """A cell without what keeps a program from reckoning with it: ``'0012``, ``="0012"``."""
    if cell.startswith("'") and cell[1:2].isalnum() and "'" not in cell[1:]:
        return cell[1:]
    if cell.startswith('="') and cell.endswith('"') and '"' not in cell[2:-1] and len(cell) > 3:
        return cell[2:-1]
    return cell


def _numbered(text: str, separator: str) -> Iterator[tuple[int, list[str]]]:
    return enumerate(csv.reader(io.StringIO(text, newline=""), delimiter=separator), 1)
