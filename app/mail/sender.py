"""Handing a mail to the SMTP server, and saying exactly how sure we are of the outcome.

Flask-Mail's own connection waits for ever and tells all failures alike, so this speaks ``smtplib``
with time limits and notes the one moment that matters: once the dot that ends the message is out,
only a 2xx says that the mail was taken, and only a 4xx or 5xx that it was not. Anything else, and
silence, means that nobody can know.
"""

from __future__ import annotations

import logging
import smtplib
import ssl
from collections.abc import Callable
from email.utils import parseaddr

from app.extensions import current_config
from app.mail.answer import NoAnswer, NotYet, ReplyReader, SmtpReply, one_line
from app.mail.conversation import TOTAL_SECONDS, Conversation, CopyBroke, SmtpSettings, limited
from app.mail.message import Mail, Person
from app.mail.oauth import OAuthSettings, access_token, forget_token
from app.mail.outcomes import (
    MailFailed,
    PermanentFailure,
    Refusal,
    Sent,
    TemporaryFailure,
    UncertainOutcome,
    WrongCredentials,
    refusal,
)

__all__ = [
    "FINAL_SECONDS",
    "SHORT_SECONDS",
    "MailFailed",
    "Pending",
    "PermanentFailure",
    "Sent",
    "TemporaryFailure",
    "UncertainOutcome",
    "configured_sender",
    "doubt",
    "hand_over",
    "send_mail",
]

logger = logging.getLogger(__name__)

#: Seconds to wait for the answer to the last dot (RFC 5321, 4.5.3.2.6): a server may look for
#: viruses first, and who hangs up before it has answered gets the same mail sent twice.
FINAL_SECONDS = 600
#: Seconds that somebody waits who looks at a page meanwhile.
SHORT_SECONDS = 20


class Pending:
    """A mail that the server has whole, and whose fate only its answer tells."""

    def __init__(self, conversation: Conversation, refused: tuple[Refusal, ...]) -> None:
        self._conversation = conversation
        self._listener = ReplyReader(conversation.sock)
        #: The copies that it certainly does not go to.
        self.refused = refused

    def wait(self, seconds: float, *, meanwhile: Callable[[], None] = lambda: None) -> Sent | None:
        """How it went, or None: no answer came in these seconds, and one may still come.

        ``meanwhile`` is called every second.

        Raises:
            TemporaryFailure, PermanentFailure, UncertainOutcome: see there.
        """
        try:
            answer = self._listener.wait(seconds, meanwhile=meanwhile)
        except NotYet:
            return None
        except NoAnswer as silence:
            self.give_up()
            raise doubt(str(silence)) from None
        except BaseException:
            self.give_up()
            raise
        self._conversation.say_goodbye()
        self._conversation.close()
        return self._judge(answer)

    def give_up(self) -> None:
        """Close the connection without waiting for the reply."""
        self._conversation.close()

    def _judge(self, answer: SmtpReply) -> Sent:
        if answer.is_positive:
            return Sent(answer.words, self.refused)
        if answer.is_refusal:
            raise refusal(answer.code, answer.words)
        raise doubt(f"contestó «{answer.code} {answer.words}», que no dice si lo aceptó")


def doubt(why: str) -> UncertainOutcome:
    """The outcome of a message that is out and was not answered; ``why`` follows «pero»."""
    return UncertainOutcome(
        f"El servidor de correo recibió el mensaje completo pero {why}: puede haber llegado o no."
    )


def configured_server() -> SmtpSettings:
    """The server that the installation is configured for at this moment."""
    config = current_config()
    return SmtpSettings(
        config.smtp_host,
        config.smtp_port,
        config.smtp_user,
        config.smtp_password,
        config.smtp_tls,
        OAuthSettings(*config.smtp_oauth) if config.smtp_oauth else None,
    )


def configured_sender() -> Person:
    """Whom mails come from: ``SMTP_FROM``, which may be «Oficina <avisos@oficina.cl>»."""
    nombre, email = parseaddr(current_config().smtp_from)
    return Person(email, nombre)


def send_mail(mail: Mail, *, patience: float | None = None) -> Sent:
    """Send one mail through the configured server and wait for its answer.

    ``patience`` is in seconds, ``FINAL_SECONDS`` if it is not given. Call it without an open
    transaction: it takes as long as the server does.

    Raises:
        TemporaryFailure, PermanentFailure, UncertainOutcome: see there.
    """
    pending = hand_over(mail)
    sent = pending.wait(FINAL_SECONDS if patience is None else patience)
    if sent is None:
        pending.give_up()
        raise doubt("no lo confirmó a tiempo")
    return sent


def hand_over(mail: Mail) -> Pending:
    """Give one mail to the configured server, up to and with its last dot.

    A copy that is refused stops nobody else's mail. If the line breaks when the server hears of a
    copy, it is called again and not told of that one.

    Raises:
        TemporaryFailure, PermanentFailure: it certainly was not sent.
        UncertainOutcome: the line broke at the dot.
    """
    settings = configured_server()
    if not settings.host:
        raise PermanentFailure(
            "No hay servidor de correo configurado. Pida al administrador que complete SMTP_HOST."
        )
    body = mail.as_bytes()
    skipped: tuple[Refusal, ...] = ()
    was_refused = False
    while True:
        token = access_token(settings.oauth) if settings.oauth else ""
        try:
            return _call(settings, token, mail, body, skipped)
        except CopyBroke as broke:
            skipped = (*skipped, broke.refusal)
        except WrongCredentials:
            # A token may be withdrawn before it ends: a fresh one is tried, once.
            if settings.oauth is None or was_refused:
                raise
            was_refused = True
            forget_token(settings.oauth, token)


def _call(
    settings: SmtpSettings, token: str, mail: Mail, body: bytes, skipped: tuple[Refusal, ...]
) -> Pending:
    conversation = Conversation(settings, mail.sender_address.domain)
    try:
        with limited(conversation, TOTAL_SECONDS):
            conversation.open(token)
            refused = conversation.give(mail, body, skipped)
        return _finish(conversation, refused)
    except (OSError, smtplib.SMTPException) as error:
        conversation.close()
        raise _failure(error, settings) from None
    except BaseException:
        conversation.close()
        raise


def _finish(conversation: Conversation, refused: tuple[Refusal, ...]) -> Pending:
    try:
        conversation.end_message()
    except (OSError, smtplib.SMTPException):
        raise doubt("cortó la conexión antes de confirmarlo") from None
    return Pending(conversation, refused)


def _failure(error: OSError | smtplib.SMTPException, settings: SmtpSettings) -> MailFailed:
    """What a broken or refused conversation means, in words for the office."""
    match error:
        case smtplib.SMTPAuthenticationError() if error.smtp_code >= 500 and settings.oauth:
            return WrongCredentials(
                "El servidor de correo no aceptó el permiso de OAuth. Pida al administrador que "
                "revise SMTP_USER, que debe ser la casilla autorizada, y SMTP_OAUTH_SCOPE. "
                f"({_told(error)})"
            )
        case smtplib.SMTPNotSupportedError() if settings.oauth:
            return PermanentFailure(
                "El servidor de correo no ofrece el acceso con OAuth 2 (XOAUTH2) o el cifrado que "
                "están configurados. Pida al administrador que revise SMTP_HOST y SMTP_TLS."
            )
        case smtplib.SMTPAuthenticationError() if error.smtp_code >= 500:
            return WrongCredentials(
                "El servidor de correo no aceptó el usuario o la contraseña. Pida al "
                f"administrador que revise SMTP_USER y SMTP_PASSWORD. ({_told(error)})"
            )
        case smtplib.SMTPNotSupportedError():
            return PermanentFailure(
                "El servidor de correo no ofrece el cifrado o el acceso con contraseña que están "
                "configurados. Pida al administrador que revise SMTP_TLS y SMTP_USER."
            )
        case smtplib.SMTPResponseException():
            return refusal(error.smtp_code, one_line(error.smtp_error))
        case ssl.SSLCertVerificationError():
            return PermanentFailure(
                "El certificado del servidor de correo no es válido. Pida al administrador que "
                "revise SMTP_HOST."
            )
    logger.info("mail server %s:%s failed: %r", settings.host, settings.port, error)
    return TemporaryFailure(
        "No se pudo hablar con el servidor de correo: no respondió o cortó la conexión."
    )


def _told(error: smtplib.SMTPResponseException) -> str:
    return f"{error.smtp_code} {one_line(error.smtp_error)}"
