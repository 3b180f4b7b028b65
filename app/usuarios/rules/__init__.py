"""What roles there are and what holds for them."""

from __future__ import annotations

from datetime import datetime, timedelta

from app.core import link_signature
from app.core.labels import Labelled

PASSWORD_MIN = 10
PASSWORD_MAX = 200


#: How long the link to a first password lives.
INVITE_LIFE = timedelta(days=3)


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
    ends = int((now + INVITE_LIFE).timestamp())
    return link_signature.make_token(
        f"{session_id}-{ends}".replace(".", "-"), secret, purpose="invitacion"
    )


def read_invite(token: str, secret: str, *, now: datetime) -> str | None:
    """Whose such a token is, as ``Usuario.get_id`` says it; None when it is forged or has ended."""
    selector = link_signature.read_token(token, secret, purpose="invitacion")
    if selector is None:
        return None
    usuario_id, version, ends = selector.split("-")
    return f"{usuario_id}.{version}" if int(ends) > now.timestamp() else None
