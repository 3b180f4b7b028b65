"""What a file is, told by its first bytes; its name and the browser's word are not asked."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from app.adjuntos.imagenes import read_image
from app.adjuntos.rules import PDF
from app.adjuntos.taller import work_on
from app.core.errors import InvalidValue
from app.core.texto import clean_text

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
#: A PDF ends with the place of its table and this mark; some programs write a few bytes after it.
_PDF_TAIL = 4096


@dataclass(frozen=True)
class Contenido:
    """A file that was found good. A document has no copy: it is handed out as it came."""

    mime_type: str
    copia: bytes | None = None
    miniatura: bytes | None = None
    ancho: int | None = None
    alto: int | None = None
    metadatos: dict[str, Any] = field(default_factory=dict)


def read_content(data: bytes) -> Contenido:
    """Tell what a file is and check it; a picture is drawn anew.

    Raises:
        InvalidValue: it is empty, broken, too big, or of a kind that is not accepted.
    """
    if not data:
        raise InvalidValue("El archivo está vacío. Elija otro o envíelo otra vez.")
    if data.startswith(b"%PDF-"):
        return _read_pdf(data)
    if not _begins_like_picture(data):
        raise InvalidValue(_what_instead(data))
    return Contenido(**vars(read_image(data)))


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


def _read_pdf(data: bytes) -> Contenido:
    """Tell a whole PDF from half of one, and refuse one that does more than show its pages.

    Files inside of it are kept, since courts send such, and named.
    """
    tail = data[-_PDF_TAIL:]
    if b"%%EOF" not in tail or b"startxref" not in tail:
        raise InvalidValue(
            "El PDF está cortado o dañado. Descárguelo otra vez y vuelva a enviarlo."
        )
    found = work_on(data).datos
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
    version = re.match(rb"%PDF-(\d\.\d)", data)
    if version:
        metadatos["version_pdf"] = version[1].decode()
    if found["incrustados"]:
        names = [clean_text(name) or "sin nombre" for name in found["incrustados"]]
        metadatos["incrustados"] = names
    return Contenido(PDF, metadatos=metadatos)
