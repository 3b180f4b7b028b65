"""What is written in the bytes of a file that came in."""

from __future__ import annotations

import email
import email.policy
import html
import io
import re
import unicodedata
import zipfile
from collections.abc import Iterator

from app.bandeja.rules import TipoIngreso
from app.bandeja.rules.formatos import tell_format
from app.titulares.rules.identidad import Buscado

#: Bytes that are unpacked of one file; a package that would be more is no spreadsheet.
_MOST = 64 * 1024 * 1024
#: How deep files lie in mails and packages.
_DEEPEST = 4
#: Characters of a text that are kept of one file.
MOST_TEXT = 4_000_000
#: What no name, number or address is written with: the rest of a file that is no text.
_NO_WORDS = re.compile("[^\\n\x20-\x7e\xa0-\u024f\u1e00-\u1eff\u2010-\u2027]+")
_SPACES = re.compile("[ \xa0]{2,}")
#: Where a line ends, or a cell of a spreadsheet's XML.
_LINE = re.compile(r"[\r\n\0]+|</")


def text_of(data: bytes, depth: int = 0) -> str:
    """What is written in an uploaded file: of a package or mail, in each of its parts.

    Of a picture it is nothing, and of a PDF, whose words are read when it comes in and stored.
    """
    if depth > _DEEPEST:
        return ""
    if zipfile.is_zipfile(io.BytesIO(data)):
        return "\n".join(text_of(part, depth + 1) for part in _unpacked(data))
    formato = tell_format(data)
    if formato.tipo in {TipoIngreso.FOTO, TipoIngreso.PAPEL}:
        return ""
    if formato.tipo is TipoIngreso.CORREO and formato.nombre != "MSG":
        return "\n".join([_plain(data), *_parts_of_mail(data, depth)])
    return _plain(data)


def line_that_names(buscado: Buscado, data: bytes) -> str | None:
    """The first line or cell of a file in which a person is written.

    Words of a name count there together: in a long list they stand all over.
    """
    lines = (line for line in _LINE.split(text_of(data)) if line.strip())
    return next((line for line in lines if buscado.found_in(line)), None)


def line_of_text(buscado: Buscado, text: str) -> str | None:
    """The same of a text that ``readable`` made."""
    return next((line for line in text.split("\n") if buscado.found_in(line)), None)


def readable(text: str) -> str:
    """A text without what is no writing, a line for each line or cell that says something."""
    lines = (
        _SPACES.sub(" ", _NO_WORDS.sub(" ", unicodedata.normalize("NFC", line))).strip()
        for line in _LINE.split(text)
    )
    return "\n".join(line for line in lines if len(line) > 2)


def _plain(data: bytes) -> str:
    if b"\0" in data:
        # As in files of Outlook and Excel: two bytes a letter, from an even or an odd place on,
        # or one.
        wide = (data[start:].decode("utf-16-le", "replace") for start in (0, 1))
        return "\n".join([*wide, data.decode("latin-1")])
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        text = data.decode("latin-1")
    return html.unescape(text) if text.lstrip("\ufeff \r\n").startswith("<") else text


def _unpacked(data: bytes) -> Iterator[bytes]:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            if sum(each.file_size for each in archive.infolist()) <= _MOST:
                yield from [archive.read(each) for each in archive.infolist()]
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError, EOFError, ValueError):
        return  # broken, or locked with a password


def _parts_of_mail(data: bytes, depth: int) -> Iterator[str]:
    """The head of a mail as people read it, and its texts and attachments decoded."""
    message = email.message_from_bytes(data, policy=email.policy.default)
    for name in ("from", "to", "cc", "subject"):
        try:
            yield str(message.get(name) or "")
        except (ValueError, IndexError, AttributeError, LookupError):
            continue  # a head that the parser cannot read stands in the bytes
    for part in message.walk():
        content = None if part.is_multipart() else part.get_payload(decode=True)
        if isinstance(content, bytes) and content:
            yield text_of(_as_utf8(content, part.get_content_charset()), depth + 1)


def _as_utf8(content: bytes, charset: str | None) -> bytes:
    try:
        return content.decode(charset).encode() if charset else content
    except (LookupError, UnicodeDecodeError):
        return content
