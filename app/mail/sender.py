"""Handing a mail to the SMTP server, and saying exactly how sure we are of the outcome.

Flask-Mail's own connection waits for ever and tells all failures alike, so this speaks ``smtplib``
with time limits and notes the one moment that matters: once the dot that ends the message is out,
a silence means that nobody can know whether the mail was taken.
"""

from __future__ import annotations

import logging
import smtplib
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from email.utils import parseaddr
from typing import Any, cast

from app.core.errors import RastroError
from app.extensions import current_config
from app.mail.message import Mail, Person

logger = logging.getLogger(__name__)

#: Seconds for the server to answer one command.
ANSWER_SECONDS = 20
#: Seconds for the body to go out, which may hold several photos on a slow line.
BODY_SECONDS = 120
#: The port where TLS begins before the first word.
TLS_PORT = 465
#: Seconds for everything; a server that drips one byte at a time is cut off here. The lease of a
#: job that sends must be longer.
TOTAL_SECONDS = 200


@dataclass(frozen=True)
class SmtpSettings:
    """The server, and how to come in. ``tls`` asks for STARTTLS; port 465 speaks TLS at once."""

    host: str
    port: int
    user: str = ""
    password: str = ""
    tls: bool = False


class MailFailed(RastroError):
    """The mail was not sent, or may not have been; the text says why in words."""


class TemporaryFailure(MailFailed):
    """It was certainly not sent, and may be later: busy, unreachable, silent."""


class PermanentFailure(MailFailed):
    """It was certainly not sent, and will not be by trying again: refused."""


class UncertainOutcome(MailFailed):
    """It was handed over whole and no answer came: it may have been sent."""


def configured_server() -> SmtpSettings:
    """The server that the installation is configured for at this moment."""
    config = current_config()
    return SmtpSettings(
        config.smtp_host,
        config.smtp_port,
        config.smtp_user,
        config.smtp_password,
        config.smtp_tls,
    )


def configured_sender() -> Person:
    """Whom mails come from: ``SMTP_FROM``, which may be «Oficina <avisos@oficina.cl>»."""
    nombre, email = parseaddr(current_config().smtp_from)
    return Person(email, nombre)


def send_mail(mail: Mail) -> str:
    """Send one mail through the configured server and return its answer.

    Call it without an open transaction: it takes as long as the server does.

    Raises:
        TemporaryFailure, PermanentFailure, UncertainOutcome: see there.
    """
    settings = configured_server()
    if not settings.host:
        raise PermanentFailure(
            "No hay servidor de correo configurado. Pida al administrador que complete SMTP_HOST."
        )
    body = mail.as_bytes()
    try:
        with _connected(settings, mail.sender_address.domain) as smtp:
            return _deliver(smtp, mail, body)
    except MailFailed:
        raise
    except smtplib.SMTPAuthenticationError as error:
        if error.smtp_code < 500:
            raise _refusal(error.smtp_code, error.smtp_error) from None
        raise PermanentFailure(
            "El servidor de correo no aceptó el usuario o la contraseña. "
            f"Pida al administrador que revise SMTP_USER y SMTP_PASSWORD. {_said(error)}"
        ) from None
    except smtplib.SMTPNotSupportedError:
        raise PermanentFailure(
            "El servidor de correo no ofrece el cifrado o el acceso con contraseña que están "
            "configurados. Pida al administrador que revise SMTP_TLS y SMTP_USER."
        ) from None
    except smtplib.SMTPResponseException as error:
        raise _refusal(error.smtp_code, error.smtp_error) from None
    except ssl.SSLCertVerificationError:
        raise PermanentFailure(
            "El certificado del servidor de correo no es válido. Pida al administrador que revise "
            "SMTP_HOST."
        ) from None
    except (OSError, smtplib.SMTPException) as error:
        logger.info("mail server %s:%s failed: %r", settings.host, settings.port, error)
        raise TemporaryFailure(
            "No se pudo hablar con el servidor de correo: no respondió o cortó la conexión."
        ) from None


@contextmanager
def _connected(settings: SmtpSettings, own_name: str) -> Iterator[smtplib.SMTP]:
    """A conversation that is over in time, whatever the other side does.

    ``own_name`` is what we call ourselves; smtplib would ask the DNS, which may take long.
    """
    smtp: smtplib.SMTP
    if settings.port == TLS_PORT:
        smtp = smtplib.SMTP_SSL(
            local_hostname=own_name, timeout=ANSWER_SECONDS, context=ssl.create_default_context()
        )
    else:
        smtp = smtplib.SMTP(local_hostname=own_name, timeout=ANSWER_SECONDS)
    # The name that a certificate is checked against. It is not given to the constructor, which
    # would connect before the limit below is in force.
    smtp._host = settings.host  # type: ignore[attr-defined]
    cut = threading.Timer(TOTAL_SECONDS, _cut_off, [smtp])
    cut.daemon = True
    cut.start()
    try:
        code, answer = smtp.connect(settings.host, settings.port)
        if code != 220:
            raise smtplib.SMTPConnectError(code, answer)
        smtp.ehlo_or_helo_if_needed()
        if settings.tls and settings.port != TLS_PORT:
            smtp.starttls(context=ssl.create_default_context())
            smtp.ehlo()
        if settings.user:
            smtp.login(settings.user, settings.password)
        yield smtp
        with suppress(OSError, smtplib.SMTPException):
            smtp.quit()
    finally:
        cut.cancel()
        smtp.close()


def _deliver(smtp: smtplib.SMTP, mail: Mail, body: bytes) -> str:
    """The envelope and the body; everything before the last dot is certain not to be a mail."""
    options = [f"size={len(body)}"] if smtp.has_extn("size") else []
    _expect(smtp.mail(mail.sender_address.addr_spec, options), 250)
    for address in mail.recipient_addresses:
        _expect(smtp.rcpt(address), 250, 251)
    _expect(smtp.docmd("DATA"), 354)
    sock = cast(socket.socket, smtp.sock)
    sock.settimeout(BODY_SECONDS)
    smtp.send(_stuffed(body))
    sock.settimeout(ANSWER_SECONDS)
    try:
        smtp.send(b".\r\n")
        code, answer = smtp.getreply()
    except (OSError, smtplib.SMTPException):
        raise UncertainOutcome(
            "El servidor de correo recibió el mensaje completo pero no confirmó: puede haber "
            "llegado o no."
        ) from None
    _expect((code, answer), 250)
    return _words(answer)


def _expect(reply: tuple[int, bytes], *codes: int) -> None:
    code, answer = reply
    if code not in codes:
        raise _refusal(code, answer)


def _refusal(code: int, answer: bytes | str) -> MailFailed:
    if 500 <= code < 600:
        return PermanentFailure(
            f"El servidor de correo rechazó el mensaje: {code} {_words(answer)}"
        )
    return TemporaryFailure(
        f"El servidor de correo no lo aceptó por ahora: {code} {_words(answer)}"
    )


def _stuffed(body: bytes) -> bytes:
    """Lines that begin with a dot get another, so that none of them ends the message."""
    body = body.replace(b"\r\n.", b"\r\n..")
    if body.startswith(b"."):
        body = b"." + body
    return body if body.endswith(b"\r\n") else body + b"\r\n"


def _said(error: smtplib.SMTPResponseException) -> str:
    return f"({error.smtp_code} {_words(error.smtp_error)})"


def _words(answer: Any) -> str:
    text = answer.decode("utf-8", "replace") if isinstance(answer, bytes) else str(answer)
    return " ".join(text.split())[:200]


def _cut_off(smtp: smtplib.SMTP) -> None:
    logger.warning("a mail server took longer than %s s and was cut off", TOTAL_SECONDS)
    with suppress(OSError, AttributeError):
        if smtp.sock is not None:
            smtp.sock.shutdown(socket.SHUT_RDWR)
