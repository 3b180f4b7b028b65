"""Asks ClamAV about a file, where ``CLAMD_URL`` names one (clamd(8), command INSTREAM)."""

from __future__ import annotations

import hashlib
import logging
import socket
from contextlib import suppress
from typing import BinaryIO
from urllib.parse import urlsplit

from app.core.errors import InvalidValue, Refused
from app.extensions import current_config

logger = logging.getLogger(__name__)

#: Seconds that clamd may be silent; it loads its signatures for most of a minute after a start.
_PATIENCE = 60.0
_PIECE = 256 * 1024


class Infected(InvalidValue):
    """ClamAV found something in a file; nothing of it is kept."""

    def __init__(self, firma: str, file: BinaryIO) -> None:
        super().__init__(
            "El antivirus encontró algo peligroso en este archivo y no se guardó. Revise el "
            "equipo de donde viene."
        )
        #: The name of what was found, as ClamAV calls it.
        self.firma = firma
        #: What is known of the file itself, for the audit: nothing else of it is kept.
        digest = hashlib.sha256()
        while piece := file.read(_PIECE):
            digest.update(piece)
        self.sha256 = digest.hexdigest()
        self.tamano = file.tell()


class ScannerDown(Refused):
    """A file could not be asked about: it is not taken until it can."""

    def __init__(self, texto: str = "") -> None:
        super().__init__(
            texto
            or "El antivirus no responde, y sin él no se reciben archivos. Inténtelo otra vez "
            "en unos minutos; si sigue así, avise a quien administra Rastro."
        )


def check_file(file: BinaryIO) -> None:
    """Have a file looked at, from its start to its end; without an antivirus it is not.

    Raises:
        Infected: something was found.
        ScannerDown: nobody can tell.
    """
    url = current_config().clamd_url
    if not url:
        return
    file.seek(0)
    try:
        answer = _ask(url, file)
    except OSError as error:
        logger.error("clamd does not answer: %s", error)
        raise ScannerDown from None
    finally:
        file.seek(0)
    if answer.endswith(" FOUND"):
        raise Infected(answer.removesuffix(" FOUND").partition(": ")[2][:100], file)
    if "size limit exceeded" in answer:
        raise ScannerDown(
            "El archivo es más grande de lo que revisa el antivirus y no se guardó. Redúzcalo, o "
            "pida que suban StreamMaxLength en clamd."
        )
    if not answer.endswith(": OK"):
        logger.error("clamd answered %r", answer[:200])
        raise ScannerDown


def is_scanner_up() -> bool:
    """Whether clamd answers a PING now."""
    try:
        with _connect(current_config().clamd_url, 5) as connection:
            connection.sendall(b"zPING\0")
            return _read(connection) == "PONG"
    except OSError:
        return False


def _ask(url: str, file: BinaryIO) -> str:
    with _connect(url, _PATIENCE) as connection:
        # It may answer and hang up before it has all: that answer is read then.
        with suppress(BrokenPipeError, ConnectionResetError):
            connection.sendall(b"zINSTREAM\0")
            while piece := file.read(_PIECE):
                connection.sendall(len(piece).to_bytes(4, "big") + piece)
            connection.sendall(bytes(4))
        return _read(connection)


def _connect(url: str, patience: float) -> socket.socket:
    """Open ``tcp://host:port`` or ``unix:///path``."""
    parts = urlsplit(url)
    if parts.scheme == "tcp":
        return socket.create_connection((parts.hostname or "", parts.port or 3310), patience)
    connection = socket.socket(socket.AF_UNIX)
    connection.settimeout(patience)
    try:
        connection.connect(parts.path)
    except OSError:
        connection.close()
        raise
    return connection


def _read(connection: socket.socket) -> str:
    answer = b""
    while len(answer) < 4096 and b"\0" not in answer:
        piece = connection.recv(4096)
        if not piece:
            break
        answer += piece
    return answer.split(b"\0")[0].decode("utf-8", "replace").strip()
