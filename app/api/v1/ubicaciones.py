"""Where the vehicle of an oficio was found: for the firm, like the search itself."""

from __future__ import annotations

from flask.typing import ResponseReturnValue

from app.api.v1.access import STAFF, bearer_required, current_usuario, oficio_to_see, readers
from app.api.v1.answering import answer, answer_list
from app.api.v1.blueprint import ApiBlueprint
from app.api.v1.describing import gives
from app.api.v1.reading import invalid, takes
from app.api.v1.repeating import once
from app.api.v1.schemas.base import Paging
from app.api.v1.schemas.ubicaciones import (
    RevisionNew,
    RevisionShown,
    UbicacionNew,
    UbicacionShown,
    UndoneNew,
    values_of,
)
from app.buffets.permissions import Materia
from app.core.clock import utcnow
from app.core.errors import InvalidValue, NotFound
from app.db import db, transaction
from app.direcciones.models import Direccion
from app.direcciones.rules import parse_comuna
from app.oficios.models import Oficio
from app.ubicado.models import Ubicacion
from app.ubicado.queries import find_current, find_location, locations_statement
from app.ubicado.rules import SinPosicion
from app.ubicado.rules.location_doubts import list_doubts
from app.ubicado.service import UbicacionData, locate, review, undo
from app.usuarios.rules import Rol

bp = ApiBlueprint("ubicaciones", __name__, url_prefix="/oficios/<int:oficio_id>/ubicaciones")

_ONE = "/<int:ubicacion_id>"


@bp.post("/")
@bearer_required(*STAFF)
@once()
@takes(body=UbicacionNew)
@gives(
    "Anotar que el vehículo fue ubicado. El caso pasa a Notificación y se detienen sus consultas.",
    UbicacionShown,
    201,
    errors=(409,),
)
def add(oficio_id: int, body: UbicacionNew) -> ResponseReturnValue:
    """Write down where a vehicle was found, at the server's time."""
    oficio = oficio_to_see(oficio_id)
    try:
        with transaction():
            ubicacion = locate(oficio, _data(body), actor=current_usuario(), now=utcnow())
    except InvalidValue as error:
        return invalid("tipo", str(error))
    return answer(_show(ubicacion), 201)


@bp.get("/")
@bearer_required(*readers(Materia.UBICACIONES))
@takes(query=Paging)
@gives("Listar las ubicaciones, la última primero.", UbicacionShown, many=True)
def index(oficio_id: int, query: Paging) -> ResponseReturnValue:
    """Every location of a case, also those that were taken back."""
    return answer_list(locations_statement(oficio_to_see(oficio_id).id), query, _show)


@bp.get(_ONE)
@bearer_required(*readers(Materia.UBICACIONES))
@gives("Leer una ubicación.", UbicacionShown)
def detail(oficio_id: int, ubicacion_id: int) -> ResponseReturnValue:
    """One location."""
    return answer(_show(_get(oficio_to_see(oficio_id), ubicacion_id)))


@bp.post(_ONE + "/revisiones")
@bearer_required(*STAFF)
@once()
@takes(body=RevisionNew)
@gives("Anotar si el vehículo sigue ahí.", RevisionShown, 201, errors=(409,))
def add_look(oficio_id: int, ubicacion_id: int, body: RevisionNew) -> ResponseReturnValue:
    """Write down what somebody found who went to see again; the case stays where it is."""
    oficio = oficio_to_see(oficio_id)
    with transaction():
        revisado = review(
            _get(oficio, ubicacion_id),
            body.resultado,
            cliente_id=body.cliente_id,
            actor=current_usuario(),
            now=utcnow(),
        )
    return answer(RevisionShown.model_validate(revisado), 201)


@bp.post(_ONE + "/deshacer")
@bearer_required(Rol.ADMIN)
@takes(body=UndoneNew)
@gives(
    "Deshacer una ubicación. El caso vuelve a Investigación y a nadie se le escribe.",
    UbicacionShown,
    errors=(409,),
)
def take_back(oficio_id: int, ubicacion_id: int, body: UndoneNew) -> ResponseReturnValue:
    """Take a location back, with a reason; it stays readable."""
    oficio = oficio_to_see(oficio_id)
    with transaction():
        ubicacion = _get(oficio, ubicacion_id)
        undo(ubicacion, body.motivo, actor=current_usuario(), now=utcnow())
    return answer(_show(ubicacion))


def _data(body: UbicacionNew) -> UbicacionData:
    values = body.model_dump(exclude={"adjuntos_ids", "comuna"})
    comuna = parse_comuna(body.comuna) if body.comuna else None
    if body.lat is None and body.sin_posicion is None:
        values["sin_posicion"] = SinPosicion.NO_DISPONIBLE
    return UbicacionData(
        **values,
        adjunto_ids=body.adjuntos_ids,
        comuna=comuna.nombre if comuna else None,
        region=comuna.region_corta if comuna else None,
    )


def _get(oficio: Oficio, ubicacion_id: int) -> Ubicacion:
    found = find_location(oficio.id, ubicacion_id)
    if found is None:
        raise NotFound("Ubicación no encontrada")
    return found


def _show(ubicacion: Ubicacion) -> UbicacionShown:
    current = find_current(ubicacion.oficio_id)
    address = db.session.get(Direccion, ubicacion.direccion_id) if ubicacion.direccion_id else None
    return UbicacionShown(
        **values_of(ubicacion),
        usuario_nombre=ubicacion.usuario.nombre,
        adjuntos_ids=[photo.id for photo in ubicacion.fotos],
        advertencias=list_doubts(ubicacion, address),
        vigente=current is not None
        and not current.is_gone
        and current.ubicacion.id == ubicacion.id,
        revisiones=[RevisionShown.model_validate(one) for one in ubicacion.revisiones],
    )
