"""How far the jobs are: all of them for an admin, one's own for an investigador."""

from __future__ import annotations

import uuid

import sqlalchemy as sa
from flask.typing import ResponseReturnValue

from app.api.v1.access import STAFF, bearer_required, current_usuario, readers
from app.api.v1.answering import answer, answer_list
from app.api.v1.blueprint import ApiBlueprint
from app.api.v1.describing import gives
from app.api.v1.reading import takes
from app.api.v1.repeating import once
from app.api.v1.schemas.trabajos import TrabajoQuery, TrabajoShown
from app.buffets.permissions import Materia
from app.core.clock import utcnow
from app.core.errors import NotFound
from app.db import db, transaction
from app.jobs.models import Trabajo
from app.jobs.permissions import asked_for
from app.jobs.service import retry_job

bp = ApiBlueprint("trabajos", __name__, url_prefix="/trabajos")


@bp.get("/")
@bearer_required(*readers(Materia.TRABAJOS))
@takes(query=TrabajoQuery)
@gives(
    "Listar los trabajos: un administrador todos, un investigador los suyos.",
    TrabajoShown,
    many=True,
)
def index(query: TrabajoQuery) -> ResponseReturnValue:
    """The jobs, the newest first."""
    usuario = current_usuario()
    statement = sa.select(Trabajo).order_by(Trabajo.created_at.desc(), Trabajo.id)
    if query.estado is not None:
        statement = statement.where(Trabajo.estado == query.estado)
    if not usuario.is_admin:
        statement = statement.where(Trabajo.usuario_id == usuario.id)
    return answer_list(statement, query, _show)


@bp.get("/<uuid:task_id>")
@bearer_required(*readers(Materia.TRABAJOS))
@gives("Leer cómo va un trabajo.", TrabajoShown)
def detail(task_id: uuid.UUID) -> ResponseReturnValue:
    """One job."""
    return answer(_show(_get(task_id)))


@bp.post("/<uuid:task_id>/reintentar")
@bearer_required(*STAFF)
@once()
@gives("Reintentar un trabajo fallido o cancelado.", TrabajoShown, 202, errors=(409,))
def retry(task_id: uuid.UUID) -> ResponseReturnValue:
    """Give a failed job a fresh set of attempts."""
    trabajo = _get(task_id)
    with transaction():
        retry_job(trabajo, now=utcnow())
    return answer(_show(trabajo), 202)


def _get(task_id: uuid.UUID) -> Trabajo:
    """A job that the asker may know of."""
    usuario = current_usuario()
    trabajo = db.session.get(Trabajo, str(task_id))
    if trabajo is None or not (usuario.is_admin or asked_for(trabajo, usuario.id)):
        raise NotFound("Trabajo no encontrado")
    return trabajo


def _show(trabajo: Trabajo) -> TrabajoShown:
    return TrabajoShown(
        task_id=trabajo.id,
        tipo=trabajo.tipo,
        estado=trabajo.estado,
        oficio_id=trabajo.oficio_id,
        intentos=trabajo.intentos,
        error=trabajo.error,
        creado=trabajo.created_at,
        iniciado=trabajo.iniciado_at,
        terminado=trabajo.terminado_at,
    )
