"""What happens to buffets and their links, each deed with its entry in the audit."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from app.auditoria.service import Actor, audit
from app.buffets.models import Buffet, Enlace
from app.buffets.queries import find_by_rut
from app.buffets.rules import ModoHitos, OrigenModo, end_access_of_buffet
from app.core.errors import Refused
from app.core.link_signature import new_selector
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
    data: BuffetData, *, actor: Actor | None, now: datetime, life: timedelta = LINK_LIFE
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
    _add_enlace(buffet, actor=actor, now=now, life=life)
    _audit("buffet.creado", buffet, actor, now)
    return buffet


def update_buffet(buffet: Buffet, data: BuffetData, *, actor: Actor | None, now: datetime) -> None:
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
    _audit("buffet.modificado", buffet, actor, now)
    db.session.flush()


def set_active(buffet: Buffet, *, activo: bool, actor: Actor | None, now: datetime) -> None:
    """Close or reopen a buffet: while closed, its links and its people's accounts open nothing.

    The keys of its accounts end for good.
    """
    buffet.activo = activo
    if not activo:
        end_access_of_buffet(buffet, actor=actor, now=now)
    buffet.version += 1
    _audit("buffet.activado" if activo else "buffet.desactivado", buffet, actor, now)
    db.session.flush()


def set_milestone_mails(
    buffet: Buffet,
    modo: ModoHitos,
    *,
    actor: Actor | None,
    now: datetime,
    origen: OrigenModo = OrigenModo.OFICINA,
    enlace_id: int | None = None,
) -> None:
    """Set how a buffet is told of milestones by mail. What happened before is not told.

    ``actor`` is None when the buffet itself chooses, through its link (``enlace_id``) or through
    the one in such a mail.
    """
    if modo is buffet.modo_hitos:
        return
    # Switching between modes keeps the start date; leaving «never» sets it anew.
    if buffet.modo_hitos is ModoHitos.NUNCA:
        buffet.modo_hitos_desde = now
    buffet.modo_hitos = modo
    buffet.resumen_hasta = now
    buffet.version += 1
    detalle: dict[str, Any] = {"modo": modo.value, "origen": origen.value}
    if enlace_id is not None:
        detalle["enlace_id"] = enlace_id
    _audit("buffet.correos", buffet, actor, now, **detalle)
    db.session.flush()


def rotate_leave_link(
    buffet: Buffet, *, actor: Actor | None, now: datetime, enlace_id: int | None = None
) -> None:
    """Make the links to leave the mails, in those that were sent, stop working; the next mail has
    a new one. ``actor`` is None when the buffet itself does it, through its link.
    """
    buffet.baja_version += 1
    buffet.version += 1
    detalle = {"enlace_id": enlace_id} if enlace_id is not None else {}
    _audit("buffet.baja_rotada", buffet, actor, now, **detalle)
    db.session.flush()


def rotate_enlace(
    buffet: Buffet, *, actor: Actor | None, now: datetime, life: timedelta = LINK_LIFE
) -> Enlace:
    """Give a buffet a new link; every earlier one stops working at once."""
    _end_enlaces(buffet, now)
    enlace = _add_enlace(buffet, actor=actor, now=now, life=life)
    _audit("enlace.rotado", buffet, actor, now)
    return enlace


def revoke_enlaces(buffet: Buffet, *, actor: Actor | None, now: datetime) -> int:
    """Make every link of a buffet open nothing. Returns how many were still usable."""
    ended = _end_enlaces(buffet, now)
    _audit("enlace.revocado", buffet, actor, now)
    return ended


def note_use(enlace: Enlace, *, now: datetime) -> None:
    """Count the opening of a link by a person; prefetching mail scanners do not count."""
    enlace.usos += 1
    enlace.ultimo_uso_at = now
    db.session.flush()


def _end_enlaces(buffet: Buffet, now: datetime) -> int:
    usable = [enlace for enlace in buffet.enlaces if enlace.is_usable(now)]
    for enlace in usable:
        enlace.revocado_at = now
    db.session.flush()
    return len(usable)


def _add_enlace(buffet: Buffet, *, actor: Actor | None, now: datetime, life: timedelta) -> Enlace:
    enlace = Enlace(
        buffet_id=buffet.id,
        selector=new_selector(),
        expira_at=now + life,
        creado_por_id=actor.id if actor else None,
        created_at=now,
    )
    db.session.add(enlace)
    db.session.flush()
    db.session.expire(buffet, ["enlaces"])
    return enlace


def _audit(accion: str, buffet: Buffet, actor: Actor | None, now: datetime, **detalle: Any) -> None:
    audit(accion, actor=actor, now=now, entidad="buffet", entidad_id=buffet.id, **detalle)
