"""What a file is, told by its first bytes and never by its name."""

from __future__ import annotations

import io
import re
import zipfile
from typing import NamedTuple

from app.bandeja.rules import TipoIngreso
from app.planillas.rules.dbase import is_dbf

#: Bytes in which the mark of a PDF may stand: some systems write something before it.
_PDF_WITHIN = 1024
_IMAGES = (
    (b"\xff\xd8\xff", "JPEG"),
    (b"\x89PNG\r\n\x1a\n", "PNG"),
    (b"GIF8", "GIF"),
    (b"II*\x00", "TIFF"),
    (b"MM\x00*", "TIFF"),
)
_HEIC_BRANDS = (b"heic", b"heix", b"hevc", b"mif1", b"msf1", b"avif")
_HEADER = re.compile(
    rb"^(return-path|received|delivered-to|message-id|date|from|to|subject|mime-version"
    rb"|content-type|dkim-signature|x-[\w-]+):",
    re.IGNORECASE | re.MULTILINE,
)
#: Different headers that make a text a mail.
_ENOUGH_HEADERS = 3
_HTML = re.compile(rb"<(!doctype html|html|table|head|body|meta)\b", re.IGNORECASE)


class Formato(NamedTuple):
    """What a file is, and what people call that."""

    tipo: TipoIngreso
    nombre: str


def tell_format(data: bytes) -> Formato:
    """Tell what a whole file is; what nobody can tell is ``TipoIngreso.OTRO``."""
    start = data[:_PDF_WITHIN]
    if b"%PDF-" in start:
        return Formato(TipoIngreso.PAPEL, "PDF")
    if image := _tell_image(start):
        return Formato(TipoIngreso.FOTO, image)
    if start.startswith(b"PK\x03\x04"):
        return _tell_zip(data)
    if start.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        return _tell_compound(data)
    if start.startswith((b"Rar!", b"7z\xbc\xaf", b"\x1f\x8b", b"BZh")):
        return Formato(TipoIngreso.OTRO, "archivo comprimido que no es ZIP")
    if start.startswith((b"MZ", b"\x7fELF")):
        return Formato(TipoIngreso.OTRO, "programa")
    return _tell_text(data)


def _tell_image(start: bytes) -> str:
    for mark, name in _IMAGES:
        if start.startswith(mark):
            return name
    if start[:4] == b"RIFF" and start[8:12] == b"WEBP":
        return "WEBP"
    if start[4:8] == b"ftyp" and start[8:12] in _HEIC_BRANDS:
        return "HEIC"
    return ""


def _tell_zip(data: bytes) -> Formato:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            names = {entry.filename for entry in package.infolist()}
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError):
        return Formato(TipoIngreso.OTRO, "archivo comprimido dañado")
    if "xl/workbook.xml" in names:
        return Formato(TipoIngreso.PLANILLA, "XLSX")
    if "xl/workbook.bin" in names:
        return Formato(TipoIngreso.PLANILLA, "XLSB")
    if "word/document.xml" in names:
        return Formato(TipoIngreso.PLANILLA, "DOCX")
    if b"application/vnd.oasis.opendocument.spreadsheet" in data[:200]:
        return Formato(TipoIngreso.PLANILLA, "ODS")
    if b"application/vnd.oasis.opendocument.text" in data[:200]:
        return Formato(TipoIngreso.PLANILLA, "ODT")
    if "Index/Document.iwa" in names:
        return Formato(TipoIngreso.PLANILLA, "Numbers")
    if "[Content_Types].xml" in names:
        return Formato(TipoIngreso.OTRO, "documento de Office que no es planilla ni DOCX")
    return Formato(TipoIngreso.PAQUETE, "ZIP")


def _tell_compound(data: bytes) -> Formato:
    """Tell what one of Microsoft's compound files holds, by the names of its streams."""
    if "__properties_version1.0".encode("utf-16-le") in data:
        return Formato(TipoIngreso.CORREO, "MSG")
    if any(name.encode("utf-16-le") in data for name in ("Workbook", "Book", "EncryptedPackage")):
        return Formato(TipoIngreso.PLANILLA, "XLS")
    return Formato(TipoIngreso.OTRO, "documento antiguo de Office")


def _tell_text(data: bytes) -> Formato:
    start = data[:20_000]
    if not start.strip(b"\x00 \t\r\n"):
        return Formato(TipoIngreso.OTRO, "archivo vacío")
    if is_dbf(data):
        return Formato(TipoIngreso.PLANILLA, "DBF")
    is_wide = start.startswith((b"\xff\xfe", b"\xfe\xff"))
    if is_wide or start.count(b"\x00") * 3 > len(start):
        return Formato(TipoIngreso.PLANILLA, "texto UTF-16")
    if b"\x00" in start:
        return Formato(TipoIngreso.OTRO, "archivo que no se reconoce")
    head = re.split(rb"\r?\n\r?\n", start.lstrip(b"\xef\xbb\xbf\r\n"), maxsplit=1)[0]
    if len({name.lower() for name in _HEADER.findall(head)}) >= _ENOUGH_HEADERS:
        return Formato(TipoIngreso.CORREO, "correo")
    if _HTML.search(start):
        return Formato(TipoIngreso.PLANILLA, "HTML")
    return Formato(TipoIngreso.PLANILLA, "texto")
