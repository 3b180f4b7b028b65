"""Lists that were uploaded: which there are, and «Mover al buffet…»."""

from __future__ import annotations

import sqlalchemy as sa
from flask.typing import ResponseReturnValue

from app.api.v1.access import STAFF, bearer_required, current_usuario
from app.api.v1.answering import answer, answer_list
from app.api.v1.blueprint import ApiBlueprint
from app.api.v1.describing import gives
from app.api.v1.reading import invalid, takes
from app.api.v1.repeating import once
from app.api.v1.schemas.importaciones import (
    ImportacionesQuery,
    ImportacionShown,
    OtherBuffet,
    OtherBuffetShown,
)
from app.buffets.models import Buffet
from app.core.clock import utcnow
from app.core.errors import NotFound
from app.db import db, transaction
from app.planillas.models import Importacion
from app.planillas.service.moving_buffet import change_row, order_change

bp = ApiBlueprint("importaciones", __name__, url_prefix="/importaciones")


@bp.get("")
@bearer_required(*STAFF)
@takes(query=ImportacionesQuery)
@gives("Listar las planillas subidas, lo más nuevo primero.", ImportacionShown, many=True)
def index(query: ImportacionesQuery) -> ResponseReturnValue:
    """Lists that were uploaded."""
    statement = sa.select(Importacion).order_by(Importacion.id.desc())
    if query.estado is not None:
        statement = statement.where(Importacion.estado == query.estado)
    return answer_list(statement, query, ImportacionShown.model_validate)


@bp.post("/<int:importacion_id>/mover")
@bearer_required(*STAFF)
@once()
@takes(body=OtherBuffet)
@gives(
    "Mover a otro buffet lo que trajo una planilla, dentro de un día y mientras nadie haya "
    "trabajado en ello: todo, o un caso.",
    OtherBuffetShown,
    errors=(409,),
)
def move(importacion_id: int, body: OtherBuffet) -> ResponseReturnValue:
    """Give what a list brought to another buffet, all of it by a job or one case at once."""
    draft = db.session.get(Importacion, importacion_id)
    if draft is None:
        raise NotFound("Importación no encontrada")
    if db.session.get(Buffet, body.buffet_id) is None:
        return invalid("buffet_id", "No existe un buffet con ese id.")
    touched = taken = 0
    with transaction():
        actor, now = current_usuario(), utcnow()
        if body.oficio_id is not None:
            change_row(draft, body.oficio_id, body.buffet_id, actor=actor, now=now)
        else:
            touched, taken = order_change(draft, body.buffet_id, actor=actor, now=now)
    return answer(
        OtherBuffetShown(
            estado=draft.estado,
            buffet_id=body.buffet_id,
            quedan_trabajados=touched,
            quedan_repetidos=taken,
        )
    )
