"""Requests of persons about their own data: for admins who read people's data unmasked."""

from __future__ import annotations

from datetime import UTC, datetime, time

from flask.typing import ResponseReturnValue

from app.api.v1.access import Forbidden, bearer_required, current_usuario, sees_personal_data
from app.api.v1.answering import answer, answer_list
from app.api.v1.blueprint import ApiBlueprint
from app.api.v1.describing import gives
from app.api.v1.reading import takes
from app.api.v1.repeating import once
from app.api.v1.schemas.solicitudes import SolicitudNew, SolicitudQuery, SolicitudShown
from app.auditoria.pages import note_file
from app.core.clock import utcnow
from app.core.errors import NotFound
from app.db import db, transaction
from app.titulares.models import Solicitud
from app.titulares.queries.data_requests import requests_statement, where_open
from app.titulares.rules.solicitudes import days_left
from app.titulares.service.data_requests import SolicitudData, receive_request
from app.usuarios.rules import Rol

bp = ApiBlueprint("solicitudes", __name__, url_prefix="/solicitudes")

_MASKED = (
    "Las solicitudes traen datos de personas sin tapar. Pida un token o una clave con el alcance "
    "«datos_personales»."
)


@bp.get("/")
@bearer_required(Rol.ADMIN)
@takes(query=SolicitudQuery)
@gives(
    "Listar las solicitudes de personas, primero las que vencen antes. Pide el alcance "
    "«datos_personales», y queda anotado.",
    SolicitudShown,
    many=True,
)
def index(query: SolicitudQuery) -> ResponseReturnValue:
    """The requests of persons, what ends first on top."""
    _need_scope()
    statement = requests_statement()
    if query.estado is not None:
        statement = statement.where(Solicitud.estado == query.estado)
    if query.abiertas is not None:
        statement = statement.where(where_open(is_open=query.abiertas))
    response = answer_list(statement, query, _show)
    note_file("Leyó solicitudes de personas (API)", actor=current_usuario())
    return response


@bp.get("/<int:solicitud_id>")
@bearer_required(Rol.ADMIN)
@gives("Leer una solicitud: qué se pide, cómo va y hasta cuándo.", SolicitudShown)
def detail(solicitud_id: int) -> ResponseReturnValue:
    """One request and how far it is."""
    _need_scope()
    row = db.session.get(Solicitud, solicitud_id)
    if row is None:
        raise NotFound("Solicitud no encontrada")
    response = answer(_show(row))
    note_file(f"Leyó la solicitud {row.numero} (API)", actor=current_usuario())
    return response


@bp.post("/")
@bearer_required(Rol.ADMIN)
@once()
@takes(body=SolicitudNew)
@gives("Registrar una solicitud que llegó; su plazo empieza a correr.", SolicitudShown, 201)
def create(body: SolicitudNew) -> ResponseReturnValue:
    """Register a request that came in, which starts its clock."""
    _need_scope()
    now = utcnow()
    # At noon in UTC it is the same day in Santiago.
    came = datetime.combine(body.recibida, time(12), tzinfo=UTC) if body.recibida else now
    with transaction():
        row = receive_request(
            SolicitudData(**body.model_dump(exclude={"canal", "recibida"})),
            body.canal,
            actor=current_usuario(),
            now=now,
            recibida_at=min(came, now),
        )
    return answer(_show(row), 201)


def _need_scope() -> None:
    """Refuse who reads people's data masked.

    Raises:
        Forbidden: the token or key has not the scope for it.
    """
    if not sees_personal_data():
        raise Forbidden(_MASKED)


def _show(row: Solicitud) -> SolicitudShown:
    names = SolicitudShown.model_fields.keys() - {"quedan"}
    left = days_left(row.vence, utcnow()) if row.estado.is_open else None
    return SolicitudShown(**{name: getattr(row, name) for name in names}, quedan=left)
