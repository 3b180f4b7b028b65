"""Messages between the office and a buffet on a case."""

from __future__ import annotations

from flask.typing import ResponseReturnValue

from app.api.v1.access import bearer_required, current_usuario, oficio_to_see, readers
from app.api.v1.answering import answer, show_list
from app.api.v1.blueprint import ApiBlueprint
from app.api.v1.describing import gives
from app.api.v1.reading import invalid, takes
from app.api.v1.repeating import once
from app.api.v1.schemas.base import Paging
from app.api.v1.schemas.mensajes import MensajeDiscarded, MensajeNew, MensajeShown
from app.buffets.permissions import Materia
from app.core.clock import utcnow
from app.core.errors import NotFound
from app.db import transaction
from app.mensajes.models import Mensaje
from app.mensajes.permissions import can_buffet_see
from app.mensajes.queries import find_message, list_for_buffet, list_of_case
from app.mensajes.rules import ClaseMensaje, LadoMensaje
from app.mensajes.service import (
    AutorDelBuffet,
    discard,
    release,
    write_from_buffet,
    write_to_buffet,
)
from app.oficios.models import Oficio
from app.usuarios.rules import Rol

bp = ApiBlueprint("mensajes", __name__, url_prefix="/oficios/<int:oficio_id>/mensajes")


@bp.get("/")
@bearer_required(*readers(Materia.MENSAJES))
@takes(query=Paging)
@gives("Leer los mensajes con el buffet, el primero primero.", MensajeShown, many=True)
def index(oficio_id: int, query: Paging) -> ResponseReturnValue:
    """The messages of a case; for a cliente those that were sent."""
    shown = _list(oficio_to_see(oficio_id))
    return show_list(shown[query.skip : query.skip + query.limit], len(shown))


@bp.post("/")
@bearer_required(*readers(Materia.MENSAJES))
@once()
@takes(body=MensajeNew)
@gives(
    "Escribir al buffet, o un cliente a la oficina. Lo de un investigador espera que lo validen.",
    MensajeShown,
    201,
    errors=(409,),
)
def write(oficio_id: int, body: MensajeNew) -> ResponseReturnValue:
    """Write a message on a case, or answer one of the other side."""
    oficio, usuario = oficio_to_see(oficio_id), current_usuario()
    answers = _answered(oficio, body.responde_a_id)
    if usuario.is_staff:
        with transaction():
            mensaje = write_to_buffet(
                oficio, body.texto, body.clase, actor=usuario, now=utcnow(), answers=answers
            )
    elif body.clase is ClaseMensaje.ORDEN:
        return invalid("clase", "Un cliente informa o pregunta.")
    else:
        with transaction():
            mensaje = write_from_buffet(
                oficio,
                body.texto,
                body.clase,
                autor=AutorDelBuffet(usuario=usuario),
                now=utcnow(),
                answers=answers,
            )
    return answer(next(one for one in _list(oficio) if one.id == mensaje.id), 201)


@bp.post("/<int:mensaje_id>/validar")
@bearer_required(Rol.ADMIN)
@gives("Dejar que un mensaje llegue al buffet, al que se le avisa.", MensajeShown, errors=(409,))
def release_one(oficio_id: int, mensaje_id: int) -> ResponseReturnValue:
    """Let a message of the office go to the buffet."""
    oficio = oficio_to_see(oficio_id)
    with transaction():
        mensaje = find_message(oficio.id, mensaje_id)
        if mensaje is None:
            raise NotFound("Mensaje no encontrado")
        release(mensaje, actor=current_usuario(), now=utcnow())
    return answer(next(one for one in _list(oficio) if one.id == mensaje_id))


@bp.post("/<int:mensaje_id>/descartar")
@bearer_required(Rol.ADMIN)
@takes(body=MensajeDiscarded)
@gives("No enviar un mensaje al buffet, y decir por qué.", MensajeShown, errors=(409,))
def discard_one(oficio_id: int, mensaje_id: int, body: MensajeDiscarded) -> ResponseReturnValue:
    """Keep a message of the office from the buffet; whoever wrote it reads the reason."""
    oficio = oficio_to_see(oficio_id)
    with transaction():
        mensaje = find_message(oficio.id, mensaje_id)
        if mensaje is None:
            raise NotFound("Mensaje no encontrado")
        discard(mensaje, body.motivo, actor=current_usuario(), now=utcnow())
    return answer(next(one for one in _list(oficio) if one.id == mensaje_id))


def _answered(oficio: Oficio, mensaje_id: int | None) -> Mensaje | None:
    """What a message answers, if the asker sees it.

    Raises:
        NotFound: there is no such message for them.
    """
    if mensaje_id is None:
        return None
    mensaje, usuario = find_message(oficio.id, mensaje_id), current_usuario()
    if mensaje is not None and (
        usuario.is_staff or can_buffet_see(mensaje, usuario.buffet_id or 0)
    ):
        return mensaje
    raise NotFound("Mensaje no encontrado")


def _list(oficio: Oficio) -> list[MensajeShown]:
    if current_usuario().is_staff:
        return [_of_office(mensaje) for mensaje in list_of_case(oficio.id)]
    return [
        MensajeShown(
            id=one.id,
            oficio_id=one.oficio_id,
            lado=one.lado,
            clase=one.clase,
            estado=one.estado,
            texto=one.texto,
            quien=one.quien,
            responde_a_id=one.responde_a_id,
            espera_respuesta=one.is_waiting,
            respondido_at=one.respondido_at,
            cuando=one.cuando,
        )
        for one in list_for_buffet(oficio.buffet_id, oficio_id=oficio.id)
    ]


def _of_office(mensaje: Mensaje) -> MensajeShown:
    author = mensaje.entrada.usuario.nombre if mensaje.entrada.usuario else ""
    if mensaje.lado is LadoMensaje.BUFFET and mensaje.enlace:
        author = mensaje.enlace.etiqueta or ""
    return MensajeShown(
        id=mensaje.id,
        oficio_id=mensaje.oficio_id,
        lado=mensaje.lado,
        clase=mensaje.clase,
        estado=mensaje.estado,
        texto=mensaje.texto,
        quien=author or "Por el enlace",
        responde_a_id=mensaje.responde_a_id,
        espera_respuesta=mensaje.is_waiting,
        respondido_at=mensaje.respondido_at,
        cuando=mensaje.decidido_at or mensaje.created_at,
    )
