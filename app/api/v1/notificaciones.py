"""The mails of an oficio: sent, waiting, failed, and those of which nobody knows."""

from __future__ import annotations

from flask.typing import ResponseReturnValue

from app.api.v1.access import bearer_required, oficio_to_see, readers
from app.api.v1.answering import answer, answer_list
from app.api.v1.blueprint import ApiBlueprint
from app.api.v1.describing import gives
from app.api.v1.reading import takes
from app.api.v1.schemas.notificaciones import (
    NotificacionQuery,
    NotificacionShown,
    RechazoShown,
    RespuestaShown,
)
from app.buffets.permissions import Materia
from app.core.errors import NotFound
from app.notificaciones.models import Notificacion, Respuesta
from app.notificaciones.queries import NoticeLine, find_notice_line, notices_statement

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
    return RespuestaShown(
        id=respuesta.id,
        tipo=respuesta.tipo,
        hora_llegada=respuesta.hora_llegada,
        comentario=respuesta.comentario,
        adjuntos_ids=[photo.id for photo in respuesta.adjuntos],
        created_at=respuesta.created_at,
    )
