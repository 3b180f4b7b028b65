"""Outcomes of handing a mail to the SMTP server, by their certainty."""

from __future__ import annotations

from dataclasses import dataclass

from app.core.errors import RastroError


@dataclass(frozen=True)
class Refusal:
    """Somebody of the envelope whom the server did not take, while it took others."""

    email: str
    answer: str
    #: Whether it never will (5xx); else it may later (4xx, or it hung up).
    is_permanent: bool


@dataclass(frozen=True)
class Sent:
    """The server took the mail: its answer, and the copies that it refused."""

    answer: str
    refused: tuple[Refusal, ...] = ()


class MailFailed(RastroError):
    """The mail was not sent, or may not have been; the text says why in words."""


class TemporaryFailure(MailFailed):
    """It was certainly not sent, and may be later: busy, unreachable, silent."""


class PermanentFailure(MailFailed):
    """It was certainly not sent, and will not be by trying again: refused."""


class UncertainOutcome(MailFailed):
    """It was handed over whole and nothing came that says whether it was taken."""


class WrongCredentials(PermanentFailure):
    """The server rejected the credentials."""


def refusal(code: int, words: str) -> MailFailed:
    """The failure that a code of a server means, before or after the message; never a success."""
    if 500 <= code < 600:
        return PermanentFailure(f"El servidor de correo rechazó el mensaje: {code} {words}")
    if 200 <= code < 500:
        return TemporaryFailure(f"El servidor de correo no lo aceptó por ahora: {code} {words}")
    return TemporaryFailure(f"El servidor de correo contestó algo que no se entiende: «{words}»")
