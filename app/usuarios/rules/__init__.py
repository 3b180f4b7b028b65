"""What roles there are and what holds for them."""

from __future__ import annotations

import hashlib
import hmac
from datetime import datetime, timedelta

from app.core import link_signature
from app.core.labels import Labelled

PASSWORD_MIN = 10
PASSWORD_MAX = 200


#: How long the link to a first password lives.
INVITE_LIFE = timedelta(days=3)
#: How long the link for who forgot the password lives.
RECOVERY_LIFE = timedelta(minutes=30)
#: The job that mails it.
RECOVERY_JOB = "usuarios.recuperar"
#: The job that mails an invitation.
INVITE_JOB = "usuarios.invitar"
#: The job that tells a person that their password was changed.
CHANGED_JOB = "usuarios.avisar_clave"
#: How often such a link is mailed to one address, so that strangers cannot fill a mailbox.
RECOVERY_PAUSE = timedelta(minutes=10)


class Rol(Labelled):
    """What a person may do: the firm's admin and investigators, a buffet's people."""

    ADMIN = "admin", "Administrador"
    INVESTIGADOR = "investigador", "Investigador"
    CLIENTE = "cliente", "Cliente"

    @property
    def is_staff(self) -> bool:
        """Whether it belongs to the firm that searches, not to a buffet."""
        return self is not Rol.CLIENTE


def needs_buffet(rol: Rol) -> bool:
    """A cliente belongs to one buffet; nobody else belongs to any."""
    return rol is Rol.CLIENTE


def make_invite(session_id: str, secret: str, *, now: datetime) -> str:
    """The token of the link with which a person chooses the first password.

    It carries the account and the version of its sessions, which the new password raises: the
    link opens once.
    """
    return _make_link(session_id, secret, purpose="invitacion", ends=now + INVITE_LIFE)


def read_invite(token: str, secret: str, *, now: datetime) -> str | None:
    """Whose such a token is, as ``Usuario.get_id`` says it; None when it is forged or has ended."""
    return _read_link(token, secret, purpose="invitacion", now=now)


def make_recovery(session_id: str, secret: str, *, now: datetime) -> str:
    """The token of the link for who forgot the password. It opens once, as an invitation does."""
    return _make_link(session_id, secret, purpose="recuperar", ends=now + RECOVERY_LIFE)


def read_recovery(token: str, secret: str, *, now: datetime) -> str | None:
    """Whose such a token is, as ``read_invite`` says it."""
    return _read_link(token, secret, purpose="recuperar", now=now)


def recovery_key(email: str, secret: str, *, now: datetime) -> str:
    """What all askings for one address share during ``RECOVERY_PAUSE``: one mail comes of them.

    The ledger shows it to people, so it does not tell the address.
    """
    window = int(now.timestamp() // RECOVERY_PAUSE.total_seconds())
    key = hashlib.sha256(b"rastro recuperar " + secret.encode()).digest()
    digest = hmac.new(key, email.strip().lower().encode(), hashlib.sha256).hexdigest()
    return f"{digest[:32]}:{window}"


def _make_link(session_id: str, secret: str, *, purpose: str, ends: datetime) -> str:
    selector = f"{session_id}-{int(ends.timestamp())}".replace(".", "-")
    return link_signature.make_token(selector, secret, purpose=purpose)


def _read_link(token: str, secret: str, *, purpose: str, now: datetime) -> str | None:
    selector = link_signature.read_token(token, secret, purpose=purpose)
    if selector is None:
        return None
    usuario_id, version, ends = selector.split("-")
    return f"{usuario_id}.{version}" if int(ends) > now.timestamp() else None
