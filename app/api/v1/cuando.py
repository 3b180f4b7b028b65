"""When and where to go for a case, as its page says it."""

from __future__ import annotations

from flask.typing import ResponseReturnValue

from app.api.v1.access import STAFF, bearer_required, oficio_to_see
from app.api.v1.answering import answer
from app.api.v1.blueprint import ApiBlueprint
from app.api.v1.describing import gives
from app.api.v1.schemas.cuando import CuandoShown, FranjaShown
from app.core.clock import utcnow
from app.extensions import current_config
from app.patrones.queries.when_to_go import read_when

bp = ApiBlueprint("cuando", __name__, url_prefix="/oficios/<int:oficio_id>")


@bp.get("/cuando-y-donde")
@bearer_required(*STAFF)
@gives("Leer cuándo y dónde suele pasar el vehículo, y qué no se sabe.", CuandoShown)
def show(oficio_id: int) -> ResponseReturnValue:
    """The windows of the week that stand out, and what was not seen."""
    oficio = oficio_to_see(oficio_id)
    cuando = read_when(oficio, proveedor=current_config().porticos_provider, now=utcnow())
    return answer(
        CuandoShown(
            conocido_hasta=cuando.conocido_hasta,
            franjas=[FranjaShown(**vars(one)) for one in cuando.sugerencias],
            sin_sugerencia=cuando.sin_sugerencia if cuando.patron.total else None,
            terminadas=cuando.terminadas,
            no_visto=cuando.no_visto,
            advertencias=[cuando.age_warning] if cuando.age_warning else [],
        )
    )
