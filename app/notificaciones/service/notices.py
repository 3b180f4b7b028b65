"""A notice is previewed and ordered once."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from app.adjuntos.models import Adjunto
from app.adjuntos.rules import format_size
from app.core.dates import format_fecha_hora
from app.core.errors import InvalidValue, Refused
from app.db import db
from app.jobs.queue import enqueue
from app.notificaciones.models import Borrador, Notificacion, Receptor
from app.notificaciones.queries import find_by_key, find_earlier, list_photos, max_mail_bytes
from app.notificaciones.queries.receptor_directory import find_receptor_by_email
from app.notificaciones.rules import (
    DRAFT_LIFE,
    LINK_LIFE,
    SEND_JOB,
    AskedOnce,
    Incomplete,
    TipoNotificacion,
    describe_lacking,
)
from app.notificaciones.service.receptores import ReceptorData, create_receptor
from app.oficios.models import Oficio
from app.usuarios.models import Usuario


class MailTooBig(Refused):
    """Even without photos it is over the limit; what does not fit goes behind the link."""


class AlreadyNotified(AskedOnce):
    """This address was told of this case before."""

    def __init__(self, earlier: Notificacion) -> None:
        when = format_fecha_hora(earlier.enviada_at or earlier.created_at)
        super().__init__(
            f"Ya hay un aviso de este caso a {earlier.destinatario_email}, del {when} "
            f"({earlier.estado.label.lower()})."
        )


@dataclass(frozen=True)
class Destinatario:
    """Whom a notice is for: somebody of the directory, or a name and an address as typed."""

    email: str
    nombre: str | None = None
    receptor_id: int | None = None
    #: Add him to the directory.
    guardar: bool = False


@dataclass(frozen=True)
class NoticeData:
    """A notice with its contents, as ``mails.compose`` wrote them."""

    destinatario: Destinatario
    asunto: str
    texto: str
    html: str
    tamano_bytes: int
    mensaje: str | None = None
    adjunto_ids: list[int] = field(default_factory=list)
    #: Those of them that do not fit into the mail and are seen through its link.
    enlace_ids: list[int] = field(default_factory=list)
    cc_email: str | None = None
    #: Where answers by mail go; None is whoever sends it.
    responder_a: str | None = None
    #: The public half of the link to the receptor's page, which the contents name.
    selector: str | None = None


def choose_photos(oficio_id: int, ids: list[int]) -> list[Adjunto]:
    """The photos with these ids.

    Raises:
        InvalidValue: one of them is of another case, was deleted, or is no picture.
    """
    photos = [photo for photo in list_photos(oficio_id, ids) if photo.is_drawn]
    if len(photos) != len(set(ids)):
        raise InvalidValue("Una de las fotos ya no está en este caso. Revise las fotos elegidas.")
    return photos


def check_size(tamano_bytes: int) -> None:
    """Refuse what mail servers would.

    Raises:
        MailTooBig: naming how much it is and how much may be.
    """
    limit = max_mail_bytes()
    if tamano_bytes > limit:
        raise MailTooBig(
            f"El correo pesaría {format_size(tamano_bytes)} y el máximo es "
            f"{format_size(limit)}. Acorte el mensaje."
        )


def save_draft(
    oficio: Oficio,
    clave: str,
    data: NoticeData,
    datos: dict[str, Any],
    *,
    actor: Usuario,
    now: datetime,
) -> Borrador:
    """Keep a preview so that exactly this can be sent, and forget those that nobody sent.

    ``datos`` is what was typed, to open the form again.
    """
    db.session.execute(sa.delete(Borrador).where(Borrador.created_at < now - DRAFT_LIFE))
    return db.session.merge(
        Borrador(
            clave=clave,
            oficio_id=oficio.id,
            usuario_id=actor.id,
            datos=datos,
            destinatario_nombre=data.destinatario.nombre,
            destinatario_email=data.destinatario.email,
            asunto=data.asunto,
            cuerpo_texto=data.texto,
            cuerpo_html=data.html,
            tamano_bytes=data.tamano_bytes,
            cc_email=data.cc_email,
            responder_a=data.responder_a,
            adjuntos_enlace=data.enlace_ids,
            selector=data.selector,
            created_at=now,
        )
    )


def create_notice(
    oficio: Oficio,
    data: NoticeData,
    *,
    clave: str,
    confirmed: bool,
    confirmed_incomplete: bool,
    dominio: str,
    actor: Usuario,
    now: datetime,
    recordatorio_de: Notificacion | None = None,
) -> Notificacion:
    """Order a notice to be sent. The same ``clave`` is the same notice, however often it comes.

    The oficio is locked meanwhile, so that two people do not both find that nobody was told.

    Raises:
        AlreadyNotified: the address was told of this case and ``confirmed`` is false.
        Incomplete: it goes without photos or address and ``confirmed_incomplete`` is false.
        MailTooBig: it is over the limit.
        InvalidValue: a photo is not of this case any more.
        Refused: the case is an example.
    """
    db.session.get_one(Oficio, oficio.id, with_for_update=True, populate_existing=True)
    existing = find_by_key(clave)
    if existing is not None:
        return existing
    if oficio.buffet.is_sample:
        raise Refused("Es un caso de ejemplo: no se envía ningún correo.")
    check_size(data.tamano_bytes)
    photos = choose_photos(oficio.id, data.adjunto_ids)
    earlier = find_earlier(oficio.id, data.destinatario.email)
    if earlier is not None and not confirmed:
        raise AlreadyNotified(earlier)
    lacking = describe_lacking(data.texto, len(photos))
    if lacking and not confirmed_incomplete:
        raise Incomplete(lacking)
    token = secrets.token_hex(8)
    notice = Notificacion(
        oficio_id=oficio.id,
        tipo=TipoNotificacion.RECEPTOR_JUDICIAL,
        receptor_id=_receptor_id(data.destinatario, actor, now),
        destinatario_nombre=data.destinatario.nombre,
        destinatario_email=data.destinatario.email,
        cc_email=data.cc_email,
        responder_a=data.responder_a,
        asunto=data.asunto,
        mensaje_adicional=data.mensaje or None,
        cuerpo_texto=data.texto,
        cuerpo_html=data.html,
        message_id=f"<{token}@{dominio}>",
        clave=clave,
        usuario_id=actor.id,
        created_at=now,
        adjuntos=photos,
        adjuntos_enlace=data.enlace_ids,
        selector=data.selector,
        enlace_expira_at=now + LINK_LIFE if data.selector else None,
        recordatorio_de_id=recordatorio_de.id if recordatorio_de else None,
    )
    db.session.add(notice)
    db.session.flush()
    notice.message_id = f"<notificacion-{notice.id}.{token}@{dominio}>"
    order_sending(notice, f"notificacion:{notice.id}", actor, now)
    db.session.execute(sa.delete(Borrador).where(Borrador.clave == clave))
    return notice


def order_sending(notice: Notificacion, key: str, actor: Usuario | None, now: datetime) -> None:
    """Put the sending of a notice into the ledger, in the transaction that stores the notice."""
    trabajo = enqueue(
        SEND_JOB,
        key=key,
        now=now,
        args={"notificacion_id": notice.id},
        oficio_id=notice.oficio_id,
        usuario_id=actor.id if actor else None,
    )
    notice.trabajo_id = trabajo.id
    db.session.flush()


def _receptor_id(destinatario: Destinatario, actor: Usuario, now: datetime) -> int | None:
    """The directory's entry for the addressee, made when that was asked for."""
    if destinatario.receptor_id is not None:
        return db.session.get_one(Receptor, destinatario.receptor_id).id
    known = find_receptor_by_email(destinatario.email)
    if known is not None:
        return known.id
    if not destinatario.guardar:
        return None
    data = ReceptorData(destinatario.nombre or destinatario.email, destinatario.email)
    return create_receptor(data, actor=actor, now=now).id
