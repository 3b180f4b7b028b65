"""What happens to buffets and their links, each deed with its entry in the audit."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from app.auditoria.rules import CanalDivulgacion
from app.auditoria.service import Actor, audit, record_disclosure
from app.buffets.models import Buffet, Enlace
from app.buffets.queries import find_asked_link, find_by_rut
from app.buffets.rules import (
    LINK_JOB,
    SAMPLE_REFUSAL,
    SAMPLE_RUT,
    ModoHitos,
    OrigenModo,
    asked_key,
    end_access_of_buffet,
)
from app.core.errors import Refused
from app.core.link_signature import new_selector
from app.db import db
from app.jobs.queue import enqueue, enqueue_once_a_minute

#: How long a link lives when nothing else is configured (BUFFET_LINK_DAYS).
LINK_LIFE = timedelta(days=180)


class LinkTaken(Refused):
    """Somebody of the buffet has a link at this address already."""

    def __init__(self) -> None:
        super().__init__("Ya hay un enlace que funciona con este correo: renuévelo o quítelo.")


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
    data: BuffetData,
    *,
    actor: Actor | None,
    now: datetime,
    life: timedelta = LINK_LIFE,
    is_sample: bool = False,
) -> Buffet:
    """Register a law firm, with a first link to its dashboard.

    Raises:
        RutTaken: it is registered already, or its RUT is that of the examples.
    """
    if find_by_rut(data.rut) is not None or (data.rut == SAMPLE_RUT) is not is_sample:
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
    if (data.rut == SAMPLE_RUT) is not buffet.is_sample:
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
    if buffet.is_sample:
        raise Refused(SAMPLE_REFUSAL)
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
    """Give a buffet a new link of its own; every earlier one stops working at once.

    Those of its people go on.
    """
    _end([one for one in buffet.enlaces if not one.is_personal], now)
    enlace = _add_enlace(buffet, actor=actor, now=now, life=life)
    _audit("enlace.rotado", buffet, actor, now)
    return enlace


def revoke_enlaces(buffet: Buffet, *, actor: Actor | None, now: datetime) -> int:
    """Make every link of a buffet open nothing. Returns how many were still usable."""
    ended = _end(buffet.enlaces, now)
    _audit("enlace.revocado", buffet, actor, now)
    return ended


def add_personal_link(
    buffet: Buffet,
    etiqueta: str,
    email: str,
    *,
    actor: Actor | None,
    now: datetime,
    life: timedelta = LINK_LIFE,
) -> Enlace:
    """Give one person of a buffet a link of their own, and mail it to them.

    Raises:
        LinkTaken: that address has one that works.
        Refused: it is the firm of the examples.
    """
    if buffet.is_sample:
        raise Refused(SAMPLE_REFUSAL)
    usable = (one for one in buffet.enlaces if one.is_usable(now))
    if any((one.email or "").lower() == email.lower() for one in usable):
        raise LinkTaken
    enlace = _add_enlace(buffet, actor=actor, now=now, life=life, etiqueta=etiqueta, email=email)
    _audit("enlace.creado", buffet, actor, now, enlace_id=enlace.id)
    order_link_mail(enlace, now=now)
    return enlace


def renew_enlace(
    enlace: Enlace, *, actor: Actor | None, now: datetime, life: timedelta = LINK_LIFE
) -> Enlace:
    """Replace the link of one person: what they had opens nothing from now on."""
    buffet = enlace.buffet
    _end([enlace], now)
    renewed = _add_enlace(
        buffet, actor=actor, now=now, life=life, etiqueta=enlace.etiqueta, email=enlace.email
    )
    _audit("enlace.rotado", buffet, actor, now, enlace_id=renewed.id, anterior_id=enlace.id)
    return renewed


def revoke_enlace(enlace: Enlace, *, actor: Actor | None, now: datetime) -> None:
    """Take the link of one person away. They cannot ask for it again."""
    if enlace.revocado_at is None:
        enlace.revocado_at = now
        db.session.flush()
    _audit("enlace.revocado", enlace.buffet, actor, now, enlace_id=enlace.id)


def order_link_mail(enlace: Enlace, *, now: datetime) -> None:
    """Have a link mailed to whoever it is of, once a minute at most."""
    enqueue_once_a_minute(LINK_JOB, f"{enlace.id}", now=now, args={"enlace_id": enlace.id})


def order_asked_link(email: str, secret: str, *, now: datetime) -> None:
    """Have the link of an address mailed to it, if it has one.

    What is looked up and written is the same for every address, so that neither the answer nor its
    time tells who works for a buffet. Only a job in the ledger tells it, to who may see that.
    """
    args = {"enlace_id": find_asked_link(email) or 0, "pedido": True}
    enqueue(LINK_JOB, key=f"{LINK_JOB}:{asked_key(email, secret, now)}", now=now, args=args)


def share_enlace(enlace: Enlace, *, actor: Actor, now: datetime) -> None:
    """Write down that somebody of the office was given a link, to hand it to the buffet.

    Raises:
        Refused: it opens nothing.
    """
    if not enlace.is_usable(now):
        raise Refused("Ese enlace ya no abre nada: cree uno nuevo.")
    _audit("enlace.compartido", enlace.buffet, actor, now, enlace_id=enlace.id)
    record_disclosure(
        CanalDivulgacion.PORTAL,
        "Enlace al tablero del buffet, para WhatsApp",
        enlace.email or enlace.buffet.email_principal,
        now=now,
        actor=actor,
        buffet_id=enlace.buffet_id,
    )


def note_use(enlace: Enlace, *, now: datetime) -> None:
    """Count the opening of a link by a person; prefetching mail scanners do not count."""
    enlace.usos += 1
    enlace.ultimo_uso_at = now
    db.session.flush()


def _end(enlaces: Iterable[Enlace], now: datetime) -> int:
    """End those that have not been taken away; how many of them still worked."""
    left = [enlace for enlace in enlaces if enlace.revocado_at is None]
    usable = sum(enlace.is_usable(now) for enlace in left)
    for enlace in left:
        enlace.revocado_at = now
    db.session.flush()
    return usable


def _add_enlace(
    buffet: Buffet,
    *,
    actor: Actor | None,
    now: datetime,
    life: timedelta,
    etiqueta: str | None = None,
    email: str | None = None,
) -> Enlace:
    enlace = Enlace(
        buffet_id=buffet.id,
        etiqueta=etiqueta,
        email=email,
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
