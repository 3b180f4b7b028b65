"""A request from its arrival to its answer: each step is one verb."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.ajustes.queries import number_settings, text_setting
from app.auditoria.service import audit
from app.avisos.rules import Novedad
from app.avisos.service import tell
from app.buffets.models import Buffet
from app.core.clock import to_local
from app.core.errors import Refused
from app.db import db, seeing_all
from app.jobs.queue import enqueue
from app.notificaciones.queries import find_by_key
from app.notificaciones.rules import EstadoNotificacion, TipoNotificacion
from app.notificaciones.service.automatic_mails import order_mail
from app.titulares.mails import compose_letter
from app.titulares.models import Solicitud
from app.titulares.queries.data_requests import last_number
from app.titulares.queries.persona import find_person
from app.titulares.queries.portable import collect_data
from app.titulares.rules.identidad import read_buscado
from app.titulares.rules.solicitudes import (
    ANSWER_JOB,
    BLOCK_TERM,
    DECISIONES,
    EXTENSION,
    LAW,
    TERM,
    WARNING,
    CanalSolicitud,
    EstadoSolicitud,
    Plazos,
    TipoSolicitud,
    answer_key,
    block_due,
    days_left,
    due_day,
    extended_day,
    passing_key,
    write_answer,
)
from app.usuarios.models import Usuario
from app.usuarios.queries import list_active_admins

#: Between the paragraphs of an answer as it is stored.
_BETWEEN = "\n\n"


@dataclass(frozen=True)
class SolicitudData:
    """A request as it came in."""

    tipo: TipoSolicitud
    nombre: str
    detalle: str
    rut: str | None = None
    correo: str | None = None
    domicilio: str | None = None
    pide_bloqueo: bool = False


def current_terms() -> Plazos:
    """The terms that the office's settings say."""
    return Plazos(*number_settings(TERM, EXTENSION, BLOCK_TERM, WARNING))


def receive_request(
    data: SolicitudData,
    canal: CanalSolicitud,
    *,
    actor: Usuario | None,
    now: datetime,
    recibida_at: datetime | None = None,
) -> Solicitud:
    """Register a request and start its clock; the admins are told."""
    moment = recibida_at or now
    terms = current_terms()
    year = to_local(now).year
    row = Solicitud(
        numero=f"S-{year}-{last_number(year) + 1:04d}",
        canal=canal,
        recibida_at=moment,
        vence=due_day(moment, data.tipo, terms),
        bloqueo_vence=block_due(moment, terms) if data.pide_bloqueo else None,
        created_at=now,
        **vars(data),
    )
    db.session.add(row)
    db.session.flush()
    audit(
        "solicitud.recibida",
        actor=actor,
        now=now,
        entidad="solicitud",
        entidad_id=row.id,
        numero=row.numero,
        tipo=row.tipo.value,
        canal=canal.value,
    )
    _tell_admins(
        row, f"Llegó la solicitud {row.numero} ({row.tipo.label.lower()}).", "recibida", now
    )
    return row


def check_identity(solicitud: Solicitud, como: str, *, actor: Usuario, now: datetime) -> None:
    """Note how it was checked that the person asks for themselves.

    Raises:
        Refused: it was decided already.
    """
    _refuse_closed(solicitud)
    solicitud.identidad_como = como
    solicitud.identidad_at = now
    solicitud.identidad_por_id = actor.id
    solicitud.estado = EstadoSolicitud.VERIFICADA
    _note("solicitud.identidad", solicitud, actor, now)


def extend_term(solicitud: Solicitud, motivo: str, *, actor: Usuario, now: datetime) -> None:
    """Take the one extension, before the term ends.

    Raises:
        Refused: it was taken, the term is over, or it is a block, which has none.
    """
    _refuse_closed(solicitud)
    if solicitud.tipo is TipoSolicitud.BLOQUEO:
        raise Refused("El plazo para decidir un bloqueo no se prorroga.")
    if solicitud.prorrogada_at is not None:
        raise Refused("El plazo ya se prorrogó una vez, y la ley permite una sola.")
    if days_left(solicitud.vence, now) < 0:
        raise Refused("El plazo ya venció: no se puede prorrogar.")
    solicitud.vence = extended_day(solicitud.vence, current_terms())
    solicitud.prorrogada_at = now
    solicitud.prorroga_motivo = motivo
    _note("solicitud.prorrogada", solicitud, actor, now)


def decide(
    solicitud: Solicitud,
    decision: EstadoSolicitud,
    fundamento: str,
    *,
    actor: Usuario,
    now: datetime,
) -> list[str]:
    """Answer a request; returns the paragraphs. What is given is kept with its hash as proof.

    The PDF is drawn by a job of this transaction, which then orders the mail.

    Raises:
        Refused: it was decided already, or nobody checked whose request it is.
    """
    _refuse_closed(solicitud)
    if solicitud.identidad_at is None and decision is not EstadoSolicitud.RECHAZADA:
        raise Refused("Compruebe primero la identidad: así no se entregan datos a otra persona.")
    if decision not in DECISIONES:
        raise Refused("Elija si la solicitud se acoge, se acoge en parte o se rechaza.")
    solicitud.estado = decision
    solicitud.fundamento = fundamento
    solicitud.resuelta_at = now
    solicitud.resuelta_por_id = actor.id
    if solicitud.tipo.gives_data and decision is not EstadoSolicitud.RECHAZADA:
        body = _portable(solicitud, now)
        solicitud.datos_json = body
        solicitud.json_sha256 = hashlib.sha256(body).hexdigest()
    paragraphs = answer_of(solicitud)
    solicitud.respuesta = _BETWEEN.join(paragraphs)
    enqueue(
        ANSWER_JOB,
        key=f"{ANSWER_JOB}:{solicitud.numero}",
        now=now,
        args={"solicitud_id": solicitud.id},
        usuario_id=actor.id,
    )
    _note("solicitud.resuelta", solicitud, actor, now)
    return paragraphs


def answer_of(solicitud: Solicitud) -> list[str]:
    """The paragraphs of the answer to a request that was decided, as they were written then."""
    if solicitud.respuesta:
        return solicitud.respuesta.split(_BETWEEN)
    return write_answer(
        numero=solicitud.numero,
        nombre=solicitud.nombre,
        tipo=solicitud.tipo,
        decision=solicitud.estado,
        recibida=solicitud.recibida_at,
        fundamento=solicitud.fundamento or "",
        ley=text_setting(LAW),
    )


def pass_on(solicitud: Solicitud, buffet: Buffet, *, actor: Usuario, now: datetime) -> None:
    """Hand a request to the law firm that the office works for; the firm decides on it.

    Raises:
        Refused: it was decided already.
    """
    _refuse_closed(solicitud)
    text = [
        f"{buffet.nombre}:",
        f"Recibimos la solicitud {solicitud.numero} de {solicitud.tipo.label.lower()} sobre datos "
        "que tratamos por encargo de ustedes. Les corresponde responderla a más tardar el "
        f"{solicitud.vence:%d-%m-%Y}.",
        f"La envía {solicitud.nombre}"
        + (f", {solicitud.correo}" if solicitud.correo else "")
        + f": {solicitud.detalle}",
    ]
    order_mail(
        TipoNotificacion.BUFFET,
        compose_letter(f"Solicitud {solicitud.numero} de un titular", text),
        email=buffet.email_principal,
        nombre=buffet.contacto_nombre or buffet.nombre,
        clave=passing_key(solicitud.numero, buffet.id),
        now=now,
        buffet_id=buffet.id,
    )
    solicitud.estado = EstadoSolicitud.DERIVADA
    solicitud.derivada_buffet_id = buffet.id
    solicitud.derivada_a = buffet.email_principal
    solicitud.derivada_at = now
    _note("solicitud.derivada", solicitud, actor, now, buffet=buffet.id)


def note_sending(solicitud: Solicitud) -> None:
    """Keep as proof when the mail server took the answer, or the request for the buffet.

    A mail that waits or that was refused proves nothing.
    """
    buffet_id = solicitud.derivada_buffet_id
    numero = solicitud.numero
    key = passing_key(numero, buffet_id) if buffet_id else answer_key(numero)
    notice = find_by_key(key)
    if notice is not None and notice.estado is EstadoNotificacion.ENVIADA:
        solicitud.enviada_at = notice.enviada_at


def warn_of_failed_answer(solicitud: Solicitud, now: datetime) -> None:
    """Tell the admins that an answer could not be drawn, so that nothing was sent."""
    texto = f"No se pudo componer la respuesta {solicitud.numero}: repita su tarea en Trabajos."
    _tell_admins(solicitud, texto, "sin-pdf", now)


def warn_of_term(solicitud: Solicitud, now: datetime) -> None:
    """Tell the admins that a term ends soon, or has passed: once for each of the two."""
    left = days_left(solicitud.vence, now)
    word = "vencida" if left < 0 else "por-vencer"
    _tell_admins(solicitud, f"La solicitud {solicitud.numero} {_when(left)}.", word, now)


def warn_of_block(solicitud: Solicitud, now: datetime) -> None:
    """Tell the admins until when to decide on the temporary block, and again once it is late."""
    if solicitud.bloqueo_vence is None:
        return
    left = days_left(solicitud.bloqueo_vence, now)
    word = "b-tarde" if left < 0 else "b-pronto"
    texto = f"El plazo para decidir el bloqueo que pide {solicitud.numero} {_when(left)}."
    _tell_admins(solicitud, texto, word, now)


def _when(left: int) -> str:
    if left < 0:
        return "venció"
    return "vence hoy" if left == 0 else f"vence en {left} día{'' if left == 1 else 's'}"


def _tell_admins(solicitud: Solicitud, texto: str, why: str, now: datetime) -> None:
    path = f"/admin/personas/solicitudes/{solicitud.id}"
    key = f"solicitud:{solicitud.id}:{why}:{solicitud.vence.isoformat()}"
    tell_admins(texto, path, "Ver la solicitud", key=key, now=now)


def tell_admins(
    texto: str,
    path: str,
    accion: str,
    *,
    key: str,
    now: datetime,
    oficio_id: int | None = None,
) -> None:
    """Tell every admin, once for each ``key``, as each of them wants it."""
    for admin in list_active_admins():
        tell(
            admin,
            texto,
            novedad=Novedad.OBLIGACION,
            url=path,
            accion=accion,
            clave=key,
            now=now,
            oficio_id=oficio_id,
        )


def _portable(solicitud: Solicitud, now: datetime) -> bytes:
    buscado = read_buscado(
        rut=solicitud.rut or "", nombre="" if solicitud.rut else solicitud.nombre
    )
    with seeing_all():  # what is blocked is theirs too
        data = collect_data(find_person(buscado))
    head = {"solicitud": solicitud.numero, "generado": now.isoformat(), "ley": text_setting(LAW)}
    return json.dumps(head | data, ensure_ascii=False, indent=2).encode()


def _refuse_closed(solicitud: Solicitud) -> None:
    if not solicitud.estado.is_open:
        raise Refused(f"La solicitud {solicitud.numero} ya se respondió o se derivó.")


def _note(accion: str, row: Solicitud, actor: Usuario, now: datetime, **detalle: Any) -> None:
    audit(
        accion,
        actor=actor,
        now=now,
        entidad="solicitud",
        entidad_id=row.id,
        numero=row.numero,
        estado=row.estado.value,
        **detalle,
    )
    db.session.flush()
