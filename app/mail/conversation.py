"""Speaking SMTP with time limits, up to the dot that ends the message.

Everything that goes wrong here is certain: the mail was not sent.
"""

from __future__ import annotations

import logging
import smtplib
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import cast

from app.mail.answer import one_line
from app.mail.message import Mail
from app.mail.oauth import OAuthSettings
from app.mail.outcomes import Refusal, refusal

logger = logging.getLogger(__name__)

#: Seconds for the server to answer one command.
ANSWER_SECONDS = 20
#: Seconds for the body to go out, which may hold several photos on a slow line.
BODY_SECONDS = 120
#: The port where TLS begins before the first word.
TLS_PORT = 465
#: Seconds for everything up to the last dot; a server that drips one byte at a time is cut off
#: here. The lease of a job that sends must be longer.
TOTAL_SECONDS = 200
#: Seconds to say goodbye, on which nothing depends.
QUIT_SECONDS = 5
_CLOSING = 421


@dataclass(frozen=True)
class SmtpSettings:
    """The server, and how to come in. ``tls`` asks for STARTTLS; port 465 speaks TLS at once."""

    host: str
    port: int
    user: str = ""
    password: str = field(default="", repr=False)
    tls: bool = False
    #: For servers that take no password: where access tokens come from.
    oauth: OAuthSettings | None = None


class CopyBroke(Exception):
    """The server hung up when it heard of a copy; without the copy it may take the mail."""

    def __init__(self, email: str, answer: str) -> None:
        super().__init__(answer)
        self.refusal = Refusal(email, answer, is_permanent=False)


class Conversation:
    """One connection to the server, from its greeting to the dot, and then the goodbye."""

    def __init__(self, settings: SmtpSettings, own_name: str) -> None:
        """``own_name`` is what we call ourselves; smtplib would ask the DNS, which is slow."""
        self.settings = settings
        self._smtp = _make_client(settings, own_name)

    @property
    def sock(self) -> socket.socket:
        """The socket, to read the reply to DATA from."""
        return cast(socket.socket, self._smtp.sock)

    def open(self, token: str = "") -> None:
        """Connect and sign in, with the password or with an access token.

        Raises:
            OSError, smtplib.SMTPException: as smtplib tells it.
        """
        smtp, settings = self._smtp, self.settings
        code, answer = smtp.connect(settings.host, settings.port)
        if not 200 <= code < 300:
            raise smtplib.SMTPConnectError(code, answer)
        smtp.ehlo_or_helo_if_needed()
        if settings.tls and settings.port != TLS_PORT:
            smtp.starttls(context=ssl.create_default_context())
            smtp.ehlo()
        if token:
            self._sign_in(token)
        elif settings.user:
            smtp.login(settings.user, settings.password)

    def _sign_in(self, token: str) -> None:
        """SASL XOAUTH2: who we are and the token; to a server's refusal an empty line answers."""
        if "XOAUTH2" not in str(self._smtp.esmtp_features.get("auth", "")).upper().split():
            raise smtplib.SMTPNotSupportedError("no XOAUTH2")
        shown = f"user={self.settings.user}\x01auth=Bearer {token}\x01\x01"
        self._smtp.auth("XOAUTH2", lambda challenge=None: shown if challenge is None else "")

    def give(self, mail: Mail, body: bytes, skipped: tuple[Refusal, ...]) -> tuple[Refusal, ...]:
        """The envelope and the body without the last dot. Returns the copies that are refused.

        Raises:
            MailFailed: somebody whom it is for, or all of it, was refused.
            CopyBroke: the line broke at a copy.
            OSError, smtplib.SMTPException: the line broke elsewhere.
        """
        smtp = self._smtp
        options = [f"size={len(body)}"] if smtp.has_extn("size") else []
        _expect(smtp.mail(mail.sender_address.addr_spec, options), 2)
        _expect(smtp.rcpt(mail.to_address.addr_spec), 2)
        left_out = {one.email for one in skipped}
        told = [self._name_copy(one) for one in mail.copy_addresses if one not in left_out]
        _expect(smtp.docmd("DATA"), 3)
        self.sock.settimeout(BODY_SECONDS)
        smtp.send(_stuffed(body))
        self._refuse_early_answer()
        return (*skipped, *(one for one in told if one is not None))

    def end_message(self) -> None:
        """The dot. From here on nobody can say that the mail was not sent but the server."""
        self.sock.settimeout(ANSWER_SECONDS)
        self._smtp.send(b".\r\n")

    def say_goodbye(self) -> None:
        """End it as it should be; the mail's fate is known, and stays what it is."""
        with suppress(Exception), limited(self, QUIT_SECONDS):
            self.sock.settimeout(QUIT_SECONDS)
            self._smtp.quit()

    def close(self) -> None:
        """Close the socket."""
        with suppress(OSError):
            self._smtp.close()

    def cut_off(self) -> None:
        """End it from another thread, whatever it waits for."""
        with suppress(OSError, AttributeError):
            if self._smtp.sock is not None:
                self._smtp.sock.shutdown(socket.SHUT_RDWR)

    def _name_copy(self, address: str) -> Refusal | None:
        """Name a copy to the server: None, or how it was refused."""
        try:
            code, answer = self._smtp.rcpt(address)
        except (OSError, smtplib.SMTPException):
            raise CopyBroke(address, "el servidor cortó la conexión") from None
        words = f"{code} {one_line(answer)}"
        if code == _CLOSING:
            raise CopyBroke(address, words)
        if 200 <= code < 300:
            return None
        return Refusal(address, words, is_permanent=500 <= code < 600)

    def _refuse_early_answer(self) -> None:
        """An answer before its time is none to the message, and must not be taken for one later.

        Raises:
            MailFailed: the server spoke although the message had not ended.
        """
        self.sock.settimeout(0)
        try:
            early = cast(bytes, self._smtp.file.peek())  # type: ignore[union-attr]
        except OSError:
            early = b""
        if early:
            words = one_line(early)
            raise refusal(int(words[:3]) if words[:3].isdecimal() else 0, words[4:])


@contextmanager
def limited(conversation: Conversation, seconds: float) -> Iterator[None]:
    """Cut the line when what happens inside takes longer, whatever the other side does."""
    cut = threading.Timer(seconds, _give_up, [conversation, seconds])
    cut.daemon = True
    cut.start()
    try:
        yield
    finally:
        cut.cancel()


def _give_up(conversation: Conversation, seconds: float) -> None:
    logger.warning("a mail server took longer than %s s and was cut off", seconds)
    conversation.cut_off()


def _make_client(settings: SmtpSettings, own_name: str) -> smtplib.SMTP:
    smtp: smtplib.SMTP
    if settings.port == TLS_PORT:
        smtp = smtplib.SMTP_SSL(
            local_hostname=own_name, timeout=ANSWER_SECONDS, context=ssl.create_default_context()
        )
    else:
        smtp = smtplib.SMTP(local_hostname=own_name, timeout=ANSWER_SECONDS)
    # The name that a certificate is checked against. It is not given to the constructor, which
    # would connect before a limit is in force.
    smtp._host = settings.host  # type: ignore[attr-defined]
    return smtp


def _expect(reply: tuple[int, bytes], digit: int) -> None:
    """The first digit tells success from failure (RFC 5321, 4.2.1); servers vary in the others.

    Raises:
        MailFailed: it is another one.
    """
    code, answer = reply
    if code // 100 != digit:
        raise refusal(code, one_line(answer))


def _stuffed(body: bytes) -> bytes:
    """Lines that begin with a dot get another, so that none of them ends the message."""
    body = body.replace(b"\r\n.", b"\r\n..")
    if body.startswith(b"."):
        body = b"." + body
    return body if body.endswith(b"\r\n") else body + b"\r\n"
