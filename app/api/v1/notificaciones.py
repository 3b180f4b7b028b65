"""The mails of an oficio: sent, waiting, failed, and those of which nobody knows."""

from __future__ import annotations

import secrets

from flask.typing import ResponseReturnValue

from app.api.v1.access import STAFF, bearer_required, current_usuario, oficio_to_see, readers
from app.api.v1.answering import answer, answer_list
from app.api.v1.blueprint import ApiBlueprint
from app.api.v1.describing import gives
from app.api.v1.reading import invalid, takes
from app.api.v1.repeating import once
from app.api.v1.schemas.notificaciones import (
    NotificacionQuery,
    NotificacionShown,
    RechazoShown,
    RespuestaNew,
    RespuestaShown,
)
from app.buffets.permissions import Materia
from app.core.clock import utcnow
from app.core.errors import NotFound
from app.db import transaction
from app.notificaciones.models import Notificacion, Respuesta
from app.notificaciones.queries import NoticeLine, find_notice, find_notice_line, notices_statement
from app.notificaciones.queries.removals import removal_days
from app.notificaciones.rules.diligencias import EMBARGOS, DiligenciaRefused, removal_from
from app.notificaciones.service import RespuestaData, answer_notice, check_answerable

bp = ApiBlueprint("notificaciones", __name__, url_prefix="/oficios/<int:oficio_id>/notificaciones")

_APART = frozenset(
    {
        "adjuntos_ids",
        "usuario_nombre",
        "task_id",
        "respuestas",
        "proximo_intento",
        "oficio_id",
        "rechazos",
    }
)


@bp.get("/")
@bearer_required(*readers(Materia.NOTIFICACIONES))
@takes(query=NotificacionQuery)
@gives(
    "Listar los correos del caso con su estado, el último primero.", NotificacionShown, many=True
)
def index(oficio_id: int, query: NotificacionQuery) -> ResponseReturnValue:
    """The mails of a case, newest first: to receptores, to its buffet and inside the office."""
    statement = notices_statement(oficio_to_see(oficio_id).id)
    if query.estado is not None:
        statement = statement.where(Notificacion.estado == query.estado)
    if query.tipo is not None:
        statement = statement.where(Notificacion.tipo == query.tipo)
    return answer_list(
        statement, query, lambda row: _show(NoticeLine.of(*row), oficio_id), scalars=False
    )


@bp.post("/<int:notificacion_id>/respuestas")
@bearer_required(*STAFF)
@once()
@takes(body=RespuestaNew)
@gives(
    "Anotar lo que un receptor respondió por otro medio.", RespuestaShown, 201, errors=(404, 409)
)
def note_answer(oficio_id: int, notificacion_id: int, body: RespuestaNew) -> ResponseReturnValue:
    """Write down what a receptor said by telephone or in person."""
    notice = find_notice(oficio_to_see(oficio_id).id, notificacion_id)
    if notice is None:
        raise NotFound("Notificación no encontrada")
    try:
        with transaction():
            check_answerable(notice)
            respuesta = answer_notice(
                notice,
                RespuestaData(**dict(body)),
                clave=secrets.token_urlsafe(24),
                actor=current_usuario(),
                now=utcnow(),
            )
    except DiligenciaRefused as error:
        return invalid(error.campo, str(error))
    return answer(_answer(respuesta), 201)


@bp.get("/<int:notificacion_id>")
@bearer_required(*readers(Materia.NOTIFICACIONES))
@gives("Leer un correo del caso: a quién, cómo va y por qué.", NotificacionShown)
def detail(oficio_id: int, notificacion_id: int) -> ResponseReturnValue:
    """One mail of a case."""
    line = find_notice_line(oficio_to_see(oficio_id).id, notificacion_id)
    if line is None:
        raise NotFound("Notificación no encontrada")
    return answer(_show(line, oficio_id))


def _show(line: NoticeLine, oficio_id: int) -> NotificacionShown:
    notice = line.notice
    names = NotificacionShown.model_fields.keys() - _APART
    return NotificacionShown(
        **{name: getattr(notice, name) for name in names},
        oficio_id=oficio_id,
        adjuntos_ids=[photo.id for photo in notice.adjuntos],
        usuario_nombre=notice.usuario.nombre if notice.usuario else None,
        task_id=notice.trabajo_id,
        rechazos=[RechazoShown(**row) for row in notice.rechazos or ()],
        respuestas=[_answer(row) for row in notice.respuestas],
        proximo_intento=line.proximo_intento,
    )


def _answer(respuesta: Respuesta) -> RespuestaShown:
    acto = respuesta.acto
    return RespuestaShown(
        id=respuesta.id,
        tipo=respuesta.tipo,
        diligencia=respuesta.diligencia,
        fecha_diligencia=respuesta.fecha_diligencia,
        motivo=respuesta.motivo,
        retiro_desde=removal_from(acto.fecha, removal_days())
        if acto and acto.diligencia in EMBARGOS
        else None,
        anotada_por_id=respuesta.anotada_por_id,
        hora_llegada=respuesta.hora_llegada,
        comentario=respuesta.comentario,
        adjuntos_ids=[photo.id for photo in respuesta.adjuntos],
        created_at=respuesta.created_at,
    )
