"""How far a job is that one asked for."""

from __future__ import annotations

import uuid

from flask.typing import ResponseReturnValue

from app.api.v1.access import STAFF, bearer_required, current_usuario
from app.api.v1.answering import answer
from app.api.v1.blueprint import ApiBlueprint
from app.api.v1.schemas import TrabajoShown
from app.core.errors import NotFound
from app.db import db
from app.jobs.models import Trabajo
from app.jobs.permissions import asked_for

bp = ApiBlueprint("trabajos", __name__, url_prefix="/trabajos")


@bp.get("/<uuid:task_id>")
@bearer_required(*STAFF)
def detail(task_id: uuid.UUID) -> ResponseReturnValue:
    """A job: an admin sees all, an investigador those that he asked for."""
    usuario = current_usuario()
    trabajo = db.session.get(Trabajo, str(task_id))
    if trabajo is None or not (usuario.is_admin or asked_for(trabajo, usuario.id)):
        raise NotFound("Trabajo no encontrado")
    return answer(
        TrabajoShown(
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
    )
