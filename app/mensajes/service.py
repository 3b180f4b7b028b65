"""Writing messages between the office and a buffet, letting them go, and telling who is asked.

Each is an entry of the bitácora; what the office writes is seen by the buffet once it is released.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from app.ajustes.queries import text_setting
from app.auditoria.service import audit
from app.avisos.rules import Novedad
from app.avisos.service import tell
from app.buffets.models import Buffet, Enlace
from app.core.dates import format_fecha_hora
from app.core.errors import InvalidValue, Refused
from app.db import db
from app.mensajes.models import Mensaje
from app.mensajes.queries import find_twin, last_writer_address
from app.mensajes.rules import (
    RELEASE,
    ClaseMensaje,
    EstadoMensaje,
    LadoMensaje,
    goes_at_once,
    head_line,
)
from app.notificaciones.mails import compose_message
from app.notificaciones.rules import TipoNotificacion
from app.notificaciones.service.automatic_mails import order_mail
from app.oficios.models import Oficio
from app.oficios.rules import Actividad
from app.oficios.service import record
from app.oficios.service.telling import tell_case
from app.usuarios.models import Usuario
from app.usuarios.queries import list_active_admins

#: The same words again within this time are a form that was sent twice.
_TWICE = timedelta(minutes=2)


@dataclass(frozen=True)
class AutorDelBuffet:
    """Who of a buffet writes: a person with an account, or whoever holds a link."""

    usuario: Usuario | None = None
    enlace: Enlace | None = None

    @property
    def quien(self) -> str:
        """How the office is told who it was."""
        if self.usuario is not None:
            return self.usuario.nombre
        label = self.enlace.etiqueta if self.enlace else None
        return f"{label}, por su enlace" if label else "por el enlace"


def write_to_buffet(
    oficio: Oficio,
    texto: str,
    clase: ClaseMensaje,
    *,
    actor: Usuario,
    now: datetime,
    answers: Mensaje | None = None,
) -> Mensaje:
    """Write to the buffet of a case; the admins are told where one of them has to release it.

    Raises:
        InvalidValue: it says nothing.
        Refused: what it answers is not of the buffet.
    """
    _check_answer(oficio, answers, LadoMensaje.BUFFET)
    descripcion = _described(head_line(LadoMensaje.OFICINA, clase), texto)
    if twin := find_twin(oficio.id, LadoMensaje.OFICINA, descripcion, now - _TWICE):
        return twin
    mensaje = _store(
        oficio,
        descripcion,
        Mensaje(lado=LadoMensaje.OFICINA, clase=clase, estado=EstadoMensaje.POR_VALIDAR),
        actor=actor,
        now=now,
        answers=answers,
    )
    if goes_at_once(is_admin=actor.is_admin, release=text_setting(RELEASE)):
        _send(mensaje, actor=actor, now=now)
        return mensaje
    for admin in list_active_admins():
        tell(
            admin,
            f"{actor.nombre} escribió al buffet del oficio {oficio.numero_oficio}: "
            "falta validarlo.",
            novedad=Novedad.MENSAJE,
            actor=actor,
            url=f"/oficios/{oficio.id}/mensajes",
            accion="Revisar el mensaje",
            clave=f"mensaje-por-validar:{mensaje.id}",
            now=now,
            oficio_id=oficio.id,
        )
    return mensaje


def write_from_buffet(
    oficio: Oficio,
    texto: str,
    clase: ClaseMensaje,
    *,
    autor: AutorDelBuffet,
    now: datetime,
    answers: Mensaje | None = None,
) -> Mensaje:
    """Write to the office on a case of the buffet; whoever has the case is told.

    It is no act of the office: the case does not look attended to because of it.

    Raises:
        InvalidValue: it says nothing.
        Refused: what it answers is not of the office.
    """
    _check_answer(oficio, answers, LadoMensaje.OFICINA)
    descripcion = _described(head_line(LadoMensaje.BUFFET, clase, autor.quien), texto)
    if twin := find_twin(oficio.id, LadoMensaje.BUFFET, descripcion, now - _TWICE):
        return twin
    mensaje = _store(
        oficio,
        descripcion,
        Mensaje(
            lado=LadoMensaje.BUFFET,
            clase=clase,
            estado=EstadoMensaje.ENVIADO,
            enlace_id=autor.enlace.id if autor.enlace else None,
        ),
        actor=autor.usuario,
        now=now,
        answers=answers,
    )
    _note_answered(answers, now)
    asks = "pregunta" if clase.waits else ("responde" if answers else "escribe")
    tell_case(
        oficio,
        Novedad.MENSAJE,
        f"{oficio.buffet.nombre} {asks} por el oficio {oficio.numero_oficio}.",
        path=f"/oficios/{oficio.id}/mensajes",
        accion="Ver el mensaje",
        clave=f"mensaje-del-buffet:{mensaje.id}",
        now=now,
    )
    return mensaje


def release(mensaje: Mensaje, *, actor: Usuario, now: datetime) -> None:
    """Let a message of the office go to the buffet, which is told by mail.

    Raises:
        Refused: somebody decided on it before.
    """
    _hold(mensaje)
    record(
        mensaje.oficio,
        Actividad.SISTEMA,
        f"Valida el mensaje al buffet del {_day(mensaje)}: se le avisa por correo",
        actor=actor,
        now=now,
        detalle={"mensaje_id": mensaje.id},
    )
    audit(
        "mensaje.validado",
        actor=actor,
        now=now,
        entidad="oficio",
        entidad_id=mensaje.oficio_id,
        mensaje_id=mensaje.id,
    )
    _send(mensaje, actor=actor, now=now)


def discard(mensaje: Mensaje, motivo: str, *, actor: Usuario, now: datetime) -> None:
    """Keep a message of the office from the buffet; it stays in the bitácora with the reason.

    Raises:
        InvalidValue: no reason is given.
        Refused: somebody decided on it before.
    """
    if not motivo.strip():
        raise InvalidValue("Escriba por qué no se envía: lo lee quien lo escribió.")
    _hold(mensaje)
    mensaje.estado = EstadoMensaje.DESCARTADO
    mensaje.motivo = motivo.strip()
    mensaje.decidido_por_id, mensaje.decidido_at = actor.id, now
    record(
        mensaje.oficio,
        Actividad.SISTEMA,
        f"No envía al buffet el mensaje del {_day(mensaje)}: {mensaje.motivo}",
        actor=actor,
        now=now,
        detalle={"mensaje_id": mensaje.id},
    )
    audit(
        "mensaje.descartado",
        actor=actor,
        now=now,
        entidad="oficio",
        entidad_id=mensaje.oficio_id,
        mensaje_id=mensaje.id,
    )
    author = mensaje.entrada.usuario
    if author is not None:
        tell(
            author,
            f"No se envió su mensaje al buffet del oficio {mensaje.oficio.numero_oficio}: "
            f"{mensaje.motivo}",
            novedad=Novedad.MENSAJE,
            actor=actor,
            url=f"/oficios/{mensaje.oficio_id}/mensajes",
            accion="Ver el mensaje",
            clave=f"mensaje-descartado:{mensaje.id}",
            now=now,
            oficio_id=mensaje.oficio_id,
        )
    db.session.flush()


def take_note(mensaje: Mensaje, *, actor: Usuario, now: datetime) -> None:
    """Say that a message of the buffet needs no answer.

    Raises:
        Refused: it does not wait.
    """
    if mensaje.lado is not LadoMensaje.BUFFET or not mensaje.is_waiting:
        raise Refused("Ese mensaje ya no espera una respuesta.")
    _note_answered(mensaje, now)
    audit(
        "mensaje.atendido",
        actor=actor,
        now=now,
        entidad="oficio",
        entidad_id=mensaje.oficio_id,
        mensaje_id=mensaje.id,
    )


def _store(
    oficio: Oficio,
    descripcion: str,
    mensaje: Mensaje,
    *,
    actor: Usuario | None,
    now: datetime,
    answers: Mensaje | None,
) -> Mensaje:
    entry = record(
        oficio,
        Actividad.MENSAJE,
        descripcion,
        actor=actor,
        now=now,
        detalle={"lado": mensaje.lado.value, "clase": mensaje.clase.value},
        is_real=mensaje.lado is LadoMensaje.OFICINA,
    )
    mensaje.oficio_id, mensaje.buffet_id = oficio.id, oficio.buffet_id
    mensaje.entrada_id = entry.id
    mensaje.responde_a_id = answers.id if answers else None
    mensaje.created_at = now
    db.session.add(mensaje)
    db.session.flush()
    return mensaje


def _send(mensaje: Mensaje, *, actor: Usuario, now: datetime) -> None:
    """Show it to the buffet, and tell it by mail in the same transaction."""
    mensaje.estado = EstadoMensaje.ENVIADO
    mensaje.decidido_por_id, mensaje.decidido_at = actor.id, now
    _note_answered(mensaje.responde_a, now)
    oficio, buffet = mensaje.oficio, mensaje.oficio.buffet
    for email, nombre in _addressees(oficio, buffet):
        order_mail(
            TipoNotificacion.BUFFET,
            compose_message(buffet, oficio, asks=mensaje.clase.waits),
            email=email,
            nombre=nombre,
            clave=f"mensaje:{mensaje.id}:{email}"[:80],
            now=now,
            oficio_id=oficio.id,
            buffet_id=buffet.id,
        )
    db.session.flush()


def _addressees(oficio: Oficio, buffet: Buffet) -> list[tuple[str, str | None]]:
    """The buffet itself, and whoever of it wrote last on the case through a link of their own."""
    found: list[tuple[str, str | None]] = [
        (buffet.email_principal, buffet.contacto_nombre or buffet.nombre)
    ]
    writer = last_writer_address(oficio.id, buffet.id)
    if writer and writer.lower() != buffet.email_principal.lower():
        found.append((writer, None))
    return found


def _note_answered(mensaje: Mensaje | None, now: datetime) -> None:
    if mensaje is not None and mensaje.respondido_at is None:
        mensaje.respondido_at = now
        db.session.flush()


def _check_answer(oficio: Oficio, answers: Mensaje | None, lado: LadoMensaje) -> None:
    if answers is None:
        return
    sent = answers.estado is EstadoMensaje.ENVIADO
    if answers.oficio_id != oficio.id or answers.lado is not lado or not sent:
        raise Refused("Ese mensaje no se puede responder. Escriba uno nuevo.")


def _hold(mensaje: Mensaje) -> None:
    """Of two who decide at the same moment, the second is told."""
    db.session.refresh(mensaje, with_for_update={"of": Mensaje})
    if mensaje.estado is not EstadoMensaje.POR_VALIDAR:
        raise Refused(
            f"Ya se decidió sobre este mensaje: {mensaje.estado.label.lower()}. Se muestra como "
            "quedó."
        )


def _described(head: str, texto: str) -> str:
    words = texto.strip()
    if not words:
        raise InvalidValue("Escriba el mensaje.")
    return f"{head}\n{words}"


def _day(mensaje: Mensaje) -> str:
    return format_fecha_hora(mensaje.created_at)
