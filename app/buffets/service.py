"""What happens to buffets and their links.

These verbs are told who acts by id: accounts stand above buffets in the tree.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from app.buffets.models import Buffet, Enlace
from app.buffets.queries import find_by_rut
from app.buffets.rules import new_selector
from app.core.errors import Refused
from app.db import db

#: How long a link lives when nothing else is configured (BUFFET_LINK_DAYS).
LINK_LIFE = timedelta(days=180)


class RutTaken(Refused):
    """Another buffet has this RUT."""

    def __init__(self) -> None:
        super().__init__("Ya existe un buffet con este RUT")


@dataclass(frozen=True)
class BuffetData:
    """What is known of a law firm. ``rut`` is ``76123456-0``, right or wrong in its last digit."""

    nombre: str
    rut: str
    email_principal: str
    telefono: str | None = None
    contacto_nombre: str | None = None


def create_buffet(
    data: BuffetData, *, actor_id: int | None, now: datetime, life: timedelta = LINK_LIFE
) -> Buffet:
    """Register a law firm, with a first link to its dashboard.

    Raises:
        RutTaken: it is registered already.
    """
    if find_by_rut(data.rut) is not None:
        raise RutTaken
    buffet = Buffet(**vars(data), created_at=now)
    db.session.add(buffet)
    db.session.flush()
    rotate_enlace(buffet, actor_id=actor_id, now=now, life=life)
    return buffet


def update_buffet(buffet: Buffet, data: BuffetData) -> None:
    """Correct what is known of a law firm.

    Raises:
        RutTaken: another buffet has the new RUT.
    """
    other = find_by_rut(data.rut)
    if other is not None and other.id != buffet.id:
        raise RutTaken
    for name, value in vars(data).items():
        setattr(buffet, name, value)
    buffet.version += 1
    db.session.flush()


def set_active(buffet: Buffet, *, activo: bool) -> None:
    """Close or reopen a buffet: while closed, its links and its people's accounts open nothing."""
    buffet.activo = activo
    buffet.version += 1
    db.session.flush()


def rotate_enlace(
    buffet: Buffet, *, actor_id: int | None, now: datetime, life: timedelta = LINK_LIFE
) -> Enlace:
    """Give a buffet a new link; every earlier one stops working at once."""
    revoke_enlaces(buffet, now=now)
    enlace = Enlace(
        buffet_id=buffet.id,
        selector=new_selector(),
        expira_at=now + life,
        creado_por_id=actor_id,
        created_at=now,
    )
    db.session.add(enlace)
    db.session.flush()
    db.session.expire(buffet, ["enlaces"])
    return enlace


def revoke_enlaces(buffet: Buffet, *, now: datetime) -> int:
    """Make every link of a buffet open nothing. Returns how many were still usable."""
    usable = [enlace for enlace in buffet.enlaces if enlace.is_usable(now)]
    for enlace in usable:
        enlace.revocado_at = now
    db.session.flush()
    return len(usable)


def note_use(enlace: Enlace, *, now: datetime) -> None:
    """Remember that a link was opened by a person (not by a scanner, which only looks)."""
    enlace.usos += 1
    enlace.ultimo_uso_at = now
    db.session.flush()
