"""What is anchored each night, as text that anybody can hash again, and which night is due."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from app.core.clock import local_today, to_local
from app.custodia.rules import canonical

#: The night's anchor is made at this hour of the office, or as soon after it as Rastro runs.
ANCHOR_HOUR = time(3, 0)
#: After so many days without an anchor somebody is told.
SILENCE_DAYS = 2

#: The job that asks one authority about one anchor.
STAMP_JOB = "anclaje.sellar"


@dataclass(frozen=True)
class ChainHead:
    """Where a chain ended when it was anchored: a leaf of the log."""

    #: As custody numbers the chains: an oficio's id.
    cadena: int
    secuencia: int
    hash: str

    @property
    def text(self) -> str:
        """What the leaf's hash is over."""
        return canonical(vars(self))


def statement_text(numero: int, fecha: date, tamano: int, raiz: str) -> str:
    """What an anchor claims, which is what a time stamp is over."""
    return canonical({"ancla": numero, "fecha": fecha, "raiz": raiz, "tamano": tamano})


def stamp_key(ancla_id: int, tsa: str) -> str:
    """The key of the job that asks an authority about an anchor."""
    return f"{STAMP_JOB}:{ancla_id}:{tsa}"


def due_night(now: datetime) -> date:
    """The newest night whose anchor is due."""
    today = local_today(now)
    is_later = to_local(now).time() >= ANCHOR_HOUR
    return today if is_later else today - timedelta(days=1)


def missing_nights(anchored: Iterable[date], until: date) -> list[date]:
    """The nights without an anchor since the first one, newest first."""
    nights = set(anchored)
    if not nights:
        return []
    first = min(nights)
    days = (until - first).days
    return [
        night
        for night in (until - timedelta(days=number) for number in range(days))
        if night not in nights
    ]


def parse_root(text: str) -> str | None:
    """The root that somebody copied from a mail, whatever stands between its digits."""
    plain = "".join(text.split()).lower()
    is_root = len(plain) == 64 and all(char in "0123456789abcdef" for char in plain)
    return plain if is_root else None
