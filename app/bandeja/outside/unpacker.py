"""Opens a ZIP or a mail in a process of its own and writes its parts to a folder.

Run by its path, isolated, under limits (``app.core.sandbox``); it knows nothing of the application.
Arguments: what it is (``ZIP``, ``correo``, ``MSG``), the folder, the most parts, and the most bytes
of all parts together. It reads standard input and prints one JSON object: ``partes`` with a name
and a file each, and ``cuerpo`` where it is the text of a mail; ``omitidas`` with a name and a
reason each; and of a mail ``asunto``, ``de``, ``mensaje_id``, ``resultados`` and ``fecha``.
"""

import email
import email.policy
import io
import json
import re
import sys
import zipfile
import zlib
from email.message import EmailMessage
from pathlib import Path
from typing import Any

#: Bytes that are read at once.
_PIECE = 256 * 1024
#: Characters of a header that are kept.
_LONGEST = 2000


class _Full(Exception):
    """The parts are more, or larger, than what is taken."""


class _Folder:
    """Where the parts go, and how much there is room for."""

    def __init__(self, path: Path, most_parts: int, most_bytes: int) -> None:
        self.path, self.most_parts, self.left = path, most_parts, most_bytes
        self.parts: list[dict[str, Any]] = []
        self.skipped: list[dict[str, str]] = []

    def skip(self, name: str, reason: str) -> None:
        """Note a part that is not taken."""
        if len(self.skipped) < self.most_parts:
            self.skipped.append({"nombre": name, "porque": reason})

    def add(self, name: str, source: Any, *, is_body: bool = False) -> None:
        """Write a part; ``source`` is open for reading, ``is_body`` a mail's own text."""
        if len(self.parts) >= self.most_parts:
            raise _Full
        file = self.path / f"{len(self.parts):04d}"
        with file.open("wb") as target:
            while piece := source.read(_PIECE):
                self.left -= len(piece)
                if self.left < 0:
                    raise _Full
                target.write(piece)
        self.parts.append({"nombre": name, "archivo": file.name, "cuerpo": is_body})


def _open_zip(data: bytes, folder: _Folder) -> dict[str, Any]:
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        for entry in package.infolist():
            name = entry.filename
            if not entry.flag_bits & 0x800:
                name = _zip_name(name)
            last = re.split(r"[/\\]", name)[-1]
            if entry.is_dir() or name.startswith("__MACOSX/") or last in {".DS_Store", "Thumbs.db"}:
                continue
            if entry.flag_bits & 1:
                folder.skip(name, "clave")
                continue
            try:
                with package.open(entry) as source:
                    folder.add(last, source)
            except (zipfile.BadZipFile, zlib.error, NotImplementedError, EOFError):
                folder.skip(name, "dañado")
    return {}


def _zip_name(name: str) -> str:
    """Read a name that says nothing of its encoding: Windows writes that of DOS, others UTF-8."""
    try:
        raw = name.encode("cp437")
    except UnicodeEncodeError:
        return name
    for encoding in ("utf-8", "cp850"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    return name


def _open_mail(data: bytes, folder: _Folder) -> dict[str, Any]:
    message = email.message_from_bytes(data, policy=email.policy.default)
    number = 0
    for part in message.walk():
        if part.is_multipart() and part.get_content_type() != "message/rfc822":
            continue
        if part.get_content_type() == "message/rfc822":
            inner = part.get_payload(0) if part.is_multipart() else None
            if isinstance(inner, EmailMessage):
                folder.add(_name_of(part) or "mensaje.eml", io.BytesIO(inner.as_bytes()))
            continue
        name = _name_of(part)
        is_body = part.get_content_maintype() == "text"
        if is_body and not name and part.get_content_disposition() != "attachment":
            _add_body(folder, part)
            continue
        number += 1
        content = part.get_payload(decode=True)
        if isinstance(content, bytes) and content:
            folder.add(name or f"adjunto-{number}", io.BytesIO(content))
    return {
        "asunto": _header(message, "subject"),
        "de": [str(line)[:_LONGEST] for line in message.get_all("from", [])][:5],
        "mensaje_id": _header(message, "message-id"),
        "resultados": [
            str(line)[:_LONGEST] for line in message.get_all("authentication-results", [])
        ][:10],
        "fecha": _header(message, "date"),
    }


def _add_body(folder: _Folder, part: Any) -> None:
    """Write the text of a mail, for a list may stand in it; what cannot be read is none."""
    try:
        text = part.get_content()
    except (LookupError, ValueError, KeyError):
        return
    _add_text(folder, text, part.get_content_subtype() == "html")


def _add_text(folder: _Folder, text: Any, is_page: bool) -> None:
    plain = text.decode("utf-8", "replace") if isinstance(text, bytes) else str(text or "")
    if plain.strip():
        name = "Texto del correo.html" if is_page else "Texto del correo.txt"
        folder.add(name, io.BytesIO(plain.encode("utf-8", "replace")), is_body=True)


def _name_of(part: Any) -> str:
    try:
        return part.get_filename() or ""
    except (LookupError, ValueError, TypeError):
        return ""


def _header(message: Any, name: str) -> str:
    try:
        return str(message.get(name) or "")[:_LONGEST]
    except (ValueError, IndexError, AttributeError):
        return ""


def _open_msg(data: bytes, folder: _Folder) -> dict[str, Any]:
    from oxmsg import Message  # only for this kind

    message = Message.load(io.BytesIO(data))
    for number, attachment in enumerate(message.attachments, 1):
        name = attachment.file_name or f"adjunto-{number}"
        if not attachment.attached_by_value or attachment.file_bytes is None:
            folder.skip(name, "adentro")
            continue
        folder.add(name, io.BytesIO(attachment.file_bytes))
    _add_text(folder, message.html_body, is_page=True)
    _add_text(folder, message.body, is_page=False)
    headers = message.message_headers or {}
    return {
        "asunto": (message.subject or "")[:_LONGEST],
        "de": [message.sender[:_LONGEST]] if message.sender else [],
        "mensaje_id": str(headers.get("Message-ID", ""))[:_LONGEST],
        "resultados": [],
        "fecha": str(headers.get("Date", ""))[:_LONGEST],
    }


def main() -> None:
    """Open what comes in, and print what was found."""
    kind, path, most_parts, most_bytes = sys.argv[1:5]
    folder = _Folder(Path(path), int(most_parts), int(most_bytes))
    openers = {"ZIP": _open_zip, "correo": _open_mail, "MSG": _open_msg}
    data = sys.stdin.buffer.read()
    answer: dict[str, Any] = {}
    try:
        answer = openers[kind](data, folder)
    except _Full:
        answer["lleno"] = True
    except Exception as error:  # whatever a damaged file makes a reader raise
        answer["error"] = type(error).__name__
    answer |= {"partes": folder.parts, "omitidas": folder.skipped}
    json.dump(answer, sys.stdout)


if __name__ == "__main__":
    main()
