"""The token of a magic link, and how a buffet is told of its milestones."""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from app.core import link_signature
from app.core.labels import Labelled
from app.feature import asked_above

if TYPE_CHECKING:
    from app.auditoria.service import Actor
    from app.buffets.models import Buffet

#: The name of the job that mails a link to whoever it is of.
LINK_JOB = "portal.enlace"
#: How long the link in a mail stops the mails; each mail brings a new one.
LEAVE_LIFE = timedelta(days=90)


#: The RUT of the firm whose cases are examples: no firm has one of six digits. By it alone is
#: known what is an example, so that nobody gives it to another firm, or this one another.
SAMPLE_RUT = "100000-4"
SAMPLE_REFUSAL = "Es el buffet de ejemplo: no se le envía ningún correo."


class ModoHitos(Labelled):
    """How a buffet wants to be told of the milestones of its oficios by mail."""

    NUNCA = "nunca", "No enviar correos"
    AL_MOMENTO = "al_momento", "Un correo cuando ocurre algo"
    SEMANAL = "semanal", "Un resumen los lunes a las 8:00"


class OrigenModo(Labelled):
    """Where it was chosen how a buffet is told; the label says to the office who chose it."""

    OFICINA = "oficina", "Lo eligió la oficina"
    TABLERO = "tablero", "Lo eligió el buffet en su tablero"
    CORREO = "correo", "El buffet dejó los correos desde el enlace de uno"


def make_token(selector: str, secret: str) -> str:
    """The token of the link to a buffet's dashboard."""
    return link_signature.make_token(selector, secret, purpose="enlace")


def read_token(token: str, secret: str) -> str | None:
    """The selector of such a token, else None."""
    return link_signature.read_token(token, secret, purpose="enlace")


def asked_key(email: str, secret: str, now: datetime) -> str:
    """What an address that asks for its link is called in the ledger, which keeps no addresses.

    The same within an hour, so that nobody fills somebody's mailbox.
    """
    hour = int(now.timestamp()) // 3600
    said = f"rastro enlace {hour} {email.strip().lower()}"
    return hmac.new(secret.encode(), said.encode(), "sha256").hexdigest()[:32]


@dataclass(frozen=True)
class LeaveLink:
    """What the link says with which a buffet stops the mails about its milestones."""

    buffet_id: int
    #: Which of the buffet's links it is; a rotation makes all of before open nothing.
    version: int
    expira_at: datetime

    def is_usable(self, version: int, now: datetime) -> bool:
        """Whether it still stops them; ``version`` is the buffet's present one."""
        return self.version == version and now < self.expira_at


def make_leave_token(buffet_id: int, version: int, secret: str, now: datetime) -> str:
    """The token of such a link, which is made with each mail."""
    ends = int((now + LEAVE_LIFE).timestamp())
    return link_signature.make_token(f"{buffet_id}-{version}-{ends}", secret, purpose="baja")


def read_leave_token(token: str, secret: str) -> LeaveLink | None:
    """What a token says that this installation signed, whether or not it has ended; else None."""
    said = link_signature.read_token(token, secret, purpose="baja")
    if said is None:
        return None
    # Tokens of the first format hold only the buffet; they count as expired.
    buffet_id, version, ends = (*said.split("-"), "0", "0")[:3]
    return LeaveLink(int(buffet_id), int(version), datetime.fromtimestamp(int(ends), tz=UTC))


@asked_above
def end_access_of_buffet(buffet: Buffet, *, actor: Actor | None, now: datetime) -> None:
    """End for good what opens something in the name of a buffet's accounts, beside sessions."""
