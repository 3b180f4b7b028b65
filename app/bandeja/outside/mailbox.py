"""The mailbox that feeds the tray, over IMAP."""

from __future__ import annotations

import email
import email.policy
import hashlib
import imaplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING, Any, BinaryIO

from app.core.errors import RastroError

if TYPE_CHECKING:
    from config import Config

#: Seconds that a server may stay silent.
_PATIENCE = 30
#: Mails that one look takes; the next one comes in five minutes.
_AT_ONCE = 50
_LONGEST_ID = 300


class BuzonCaido(RastroError):
    """The mailbox cannot be read now; the message says why, without any secret."""


@dataclass(frozen=True)
class CorreoRecibido:
    """A mail as the server keeps it, and the lines of its head that are looked at."""

    data: bytes
    message_id: str
    subject: str
    from_lines: list[str]
    results: list[str]

    def open(self) -> BinaryIO:
        """Its bytes, to be read once."""
        return BytesIO(self.data)


class Buzon:
    """A folder that is open."""

    def __init__(self, connection: imaplib.IMAP4) -> None:
        self._imap = connection

    def list_unread(self) -> list[bytes]:
        """The UIDs of mails that nobody has read, oldest first."""
        found = self._ask("search", "UNSEEN")
        return found[0].split()[:_AT_ONCE] if found and found[0] else []

    def size_of(self, uid: bytes) -> int:
        """Bytes of a mail."""
        answer = self._ask("fetch", uid.decode(), "(RFC822.SIZE)")
        numbers = [int(word) for word in (answer[0] or b"").rstrip(b")").split() if word.isdigit()]
        return numbers[-1] if numbers else 0

    def fetch(self, uid: bytes) -> CorreoRecibido:
        """A mail, which stays unread."""
        answer = self._ask("fetch", uid.decode(), "(BODY.PEEK[])")
        data = next((part[1] for part in answer if isinstance(part, tuple)), b"")
        return read_head(data)

    def mark_read(self, uid: bytes) -> None:
        """Note on the server that it was taken."""
        self._ask("store", uid.decode(), "+FLAGS", r"(\Seen)")

    def _ask(self, command: str, *arguments: str) -> list[Any]:
        status, answer = self._imap.uid(command, *arguments)
        if status != "OK":
            raise BuzonCaido("El buzón de la bandeja no respondió como se esperaba.")
        return answer


def read_head(data: bytes) -> CorreoRecibido:
    """Read what the tray asks of a mail; one without Message-ID is named by its bytes."""
    message = email.message_from_bytes(data, policy=email.policy.default)

    def lines(name: str) -> list[str]:
        with suppress(ValueError, IndexError, AttributeError, LookupError):
            return [str(line) for line in message.get_all(name, [])]
        return []

    given = " ".join(lines("message-id"))[:_LONGEST_ID].strip()
    return CorreoRecibido(
        data,
        given or f"sha256:{hashlib.sha256(data).hexdigest()}",
        " ".join(lines("subject"))[:150],
        lines("from"),
        lines("authentication-results"),
    )


@contextmanager
def open_mailbox(config: Config) -> Iterator[Buzon]:
    """Sign in and open the folder; signed out in the end.

    Raises:
        BuzonCaido: it is away, or refuses.
    """
    try:
        connection = _connect(config)
    except (OSError, imaplib.IMAP4.error) as error:
        raise BuzonCaido(f"El buzón de la bandeja no responde ({type(error).__name__}).") from None
    try:
        try:
            connection.login(config.imap_user, config.imap_password)
            status, _ = connection.select(config.imap_folder)
        except imaplib.IMAP4.error:
            raise BuzonCaido("El buzón de la bandeja no aceptó el usuario o la clave.") from None
        if status != "OK":
            raise BuzonCaido(f"El buzón no tiene la carpeta «{config.imap_folder}».")
        yield Buzon(connection)
    except (OSError, imaplib.IMAP4.error) as error:
        raise BuzonCaido(f"El buzón de la bandeja se cortó ({type(error).__name__}).") from None
    finally:
        with suppress(OSError, imaplib.IMAP4.error):
            connection.logout()


def _connect(config: Config) -> imaplib.IMAP4:
    if config.imap_tls == "none":
        return imaplib.IMAP4(config.imap_host, config.imap_port, timeout=_PATIENCE)
    context = ssl.create_default_context()
    if config.imap_tls == "starttls":
        connection = imaplib.IMAP4(config.imap_host, config.imap_port, timeout=_PATIENCE)
        connection.starttls(context)
        return connection
    return imaplib.IMAP4_SSL(
        config.imap_host, config.imap_port, ssl_context=context, timeout=_PATIENCE
    )
