"""Detects the type of a file from its first bytes; ignores its name and declared MIME type."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any, BinaryIO

from app.adjuntos.outside.drawing_process import inspect_pdf
from app.adjuntos.outside.images import as_file, read_image
from app.adjuntos.rules import PDF
from app.adjuntos.rules.pdf_marks import HEAD, check_pdf, find_pdf
from app.core.errors import InvalidValue
from app.core.text import clean_text

_ACCEPTED = "Se aceptan fotos JPEG, PNG, WEBP o HEIC y documentos PDF."

#: What people send by mistake, by how it begins, so that the sentence can name it.
_OTHERS = (
    (b"MZ", "Es un programa, no una foto ni un PDF."),
    (b"\x7fELF", "Es un programa, no una foto ni un PDF."),
    (b"PK\x03\x04", "Es un archivo comprimido o de Office: guárdelo como PDF."),
    (b"\xd0\xcf\x11\xe0", "Es un documento de Office antiguo: guárdelo como PDF."),
    (b"GIF8", "Es un GIF: guárdelo como PNG o JPEG."),
    (b"BM", "Es un mapa de bits (BMP): guárdelo como PNG o JPEG."),
    (b"II*\x00", "Es un TIFF o un negativo digital: guárdelo como JPEG o PDF."),
    (b"MM\x00*", "Es un TIFF o un negativo digital: guárdelo como JPEG o PDF."),
)
_HEIC_BRANDS = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"}
_MARKUP = re.compile(rb"\s*(?:\xef\xbb\xbf)?\s*<(?:\?xml|!doctype|!--|svg|html|script)", re.I)
#: What makes a browser take for a page what stands before a PDF.
_TAGS = re.compile(rb"<(?:\?xml|!doctype|svg|html|head|body|script|iframe|object)\b", re.I)


@dataclass(frozen=True)
class AcceptedFile:
    """An accepted file. Documents have no re-encoded copy: they are served as uploaded."""

    mime_type: str
    copia: bytes | None = None
    miniatura: bytes | None = None
    ancho: int | None = None
    alto: int | None = None
    metadatos: dict[str, Any] = field(default_factory=dict)


def read_content(source: bytes | BinaryIO) -> AcceptedFile:
    """Tell what a file is and check it; a picture is drawn anew.

    Raises:
        InvalidValue: it is empty, broken, too big, or of a kind that is not accepted.
    """
    with as_file(source) as file:
        head = file.read(HEAD)
        if not head:
            raise InvalidValue("El archivo está vacío. Elija otro o envíelo otra vez.")
        if _begins_like_picture(head):
            return AcceptedFile(**vars(read_image(file)))
        if not is_pdf(head):
            raise InvalidValue(_what_instead(head))
        return _read_pdf(file)


def _begins_like_picture(data: bytes) -> bool:
    return (
        data.startswith((b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n"))
        or (data[:4] == b"RIFF" and data[8:12] == b"WEBP")
        or (data[4:8] == b"ftyp" and data[8:12] in _HEIC_BRANDS)
    )


def _what_instead(data: bytes) -> str:
    for start, sentence in _OTHERS:
        if data.startswith(start):
            return f"{sentence} {_ACCEPTED}"
    if data[4:8] == b"ftyp":
        what = "una imagen AVIF" if data[8:12] in {b"avif", b"avis"} else "un video"
        return f"Es {what}, que aquí no se puede guardar. {_ACCEPTED}"
    if _MARKUP.match(data[:1024]):
        return f"Es un dibujo SVG o una página web, no una foto. {_ACCEPTED}"
    return f"No es por dentro una foto ni un PDF, aunque su nombre lo diga. {_ACCEPTED}"


def is_pdf(head: bytes) -> bool:
    """Whether the first bytes are those of a PDF and of nothing else, as readers tell it."""
    place = find_pdf(head)
    if place is None or _begins_like_picture(head):
        return False
    return place == 0 or not _is_other(head)


def _is_other(head: bytes) -> bool:
    """Whether another type's signature, or HTML before the PDF, makes the file a polyglot."""
    before = head[: find_pdf(head)]
    return head.startswith((*(start for start, _ in _OTHERS), b"#!")) or bool(_TAGS.search(before))


def _read_pdf(file: BinaryIO) -> AcceptedFile:
    """Tell a whole PDF from half of one, and refuse one that does more than show its pages.

    Files inside of it are kept, since courts send such, and named.
    """
    version = check_pdf(file)
    found = inspect_pdf(file).datos
    if found["scripts"]:
        raise InvalidValue(
            "El PDF trae un programa (JavaScript) o un formulario que lo usa. Ábralo, imprímalo "
            "como PDF y envíe ese."
        )
    if found["ejecuta"]:
        raise InvalidValue(
            "El PDF abre otros programas o archivos por su cuenta. Ábralo, imprímalo como PDF y "
            "envíe ese."
        )
    metadatos: dict[str, Any] = {"paginas": found["paginas"]}
    if version:
        metadatos["version_pdf"] = version
    if found["incrustados"]:
        names = [clean_text(name) or "sin nombre" for name in found["incrustados"]]
        metadatos["incrustados"] = names
    return AcceptedFile(PDF, metadatos=metadatos)
