"""Oficios: entered, listed, corrected, entrusted and moved."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import joinedload, selectinload

from app.api.v1.access import STAFF, bearer_required, current_usuario, oficio_to_see
from app.api.v1.answering import answer, must_match, show_list
from app.api.v1.blueprint import ApiBlueprint
from app.api.v1.cliente import list_heads, refuse_hidden, show_head
from app.api.v1.describing import gives
from app.api.v1.reading import invalid, takes
from app.api.v1.repeating import once
from app.api.v1.schemas.cliente import OficioDelBuffet
from app.api.v1.schemas.oficios import (
    AssignChange,
    EstadoChange,
    OficioChange,
    OficioNew,
    OficioQuery,
    OficioShown,
    VehiculoShown,
    paper_texts,
)
from app.buffets.models import Buffet
from app.core.clock import local_today, utcnow
from app.core.errors import Refused
from app.core.patente import parse_patente
from app.db import db, transaction
from app.oficios.models import Oficio
from app.oficios.rules import OPEN_STATES
from app.oficios.rules.campos import GrupoDeCampos, fields_of
from app.oficios.rules.papel import STRICT, Papel, read_papel
from app.oficios.service import (
    Move,
    NumeroTaken,
    OficioData,
    VehiculoData,
    assign_oficio,
    create_oficio,
    move_oficio,
    update_oficio,
    update_vehiculo,
)
from app.oficios.service.papel import (
    direccion_of,
    oficio_of,
    propietario_of,
    vehiculo_of,
    warnings_of,
)
from app.oficios.service.versions import check_version
from app.promesas.queries import cases_that
from app.promesas.rules import EstadoPromesa
from app.tablero.queries.search import matches
from app.titulares.queries.case_counts import count_visible
from app.usuarios.models import Usuario
from app.vehiculos.models import Vehiculo
from app.web.error_pages import error_response

bp = ApiBlueprint("oficios", __name__, url_prefix="/oficios")

_VEHICLE = frozenset(fields_of(GrupoDeCampos.VEHICULO))


@bp.post("/")
@bearer_required(*STAFF)
@once()
@takes(body=OficioNew)
@gives(
    "Ingresar un oficio con su vehículo, y con su primera persona y dirección si se conocen.",
    OficioShown,
    201,
    errors=(400,),
)
def create(body: OficioNew) -> ResponseReturnValue:
    """Enter an oficio with its vehicle, and its first person and address if known."""
    buffet = db.session.get(Buffet, body.buffet_id)
    if buffet is None or not buffet.activo:
        return invalid("buffet_id", "No hay un buffet activo con ese id.")
    papel = body.papel
    try:
        with transaction():
            oficio = create_oficio(
                oficio_of(
                    papel,
                    fuerza_publica=body.fuerza_publica,
                    descerrajamiento=body.descerrajamiento,
                ),
                vehiculo_of(papel),
                buffet_id=body.buffet_id,
                propietario=propietario_of(papel),
                direccion=direccion_of(papel),
                actor=current_usuario(),
                now=utcnow(),
            )
    except NumeroTaken as taken:
        return error_response(400, str(taken))
    return answer(show(oficio), 201)


@bp.get("/")
@bearer_required()
@takes(query=OficioQuery)
@gives(
    "Listar los oficios, los últimos ingresados primero; un cliente ve los de su buffet.",
    OficioShown,
    many=True,
    cliente=OficioDelBuffet,
    errors=(403,),
)
def index(query: OficioQuery) -> ResponseReturnValue:
    """The oficios, the latest first: four queries, however many are shown."""
    usuario = current_usuario()
    conditions = _conditions(query)
    if not usuario.is_staff:
        refuse_hidden(query)
        return list_heads(usuario.buffet_id or 0, conditions, query.q, query)
    if query.q and query.q.strip():
        conditions.append(matches(query.q))
    newest = (Oficio.created_at.desc(), Oficio.id.desc())
    ids = sa.select(Oficio.id).where(*conditions).order_by(*newest)
    part = list(db.session.scalars(ids.offset(query.skip).limit(query.limit)))
    statement = (
        sa.select(Oficio)
        .where(Oficio.id.in_(part))
        .options(
            joinedload(Oficio.vehiculo),
            joinedload(Oficio.buffet),
            selectinload(Oficio.propietarios),
        )
        .order_by(*newest)
    )
    rows = list(db.session.scalars(statement)) if part else []
    return show_list([show(oficio) for oficio in rows], _count(query, conditions))


@bp.get("/<int:oficio_id>")
@bearer_required()
@gives(
    "Leer un oficio; un cliente lee su cabecera, lo que sigue y sus hitos.",
    OficioShown,
    errors=(403,),
    cliente=OficioDelBuffet,
)
def detail(oficio_id: int) -> ResponseReturnValue:
    """One oficio."""
    oficio = oficio_to_see(oficio_id)
    return answer(show(oficio) if current_usuario().is_staff else show_head(oficio))


@bp.patch("/<int:oficio_id>")
@bearer_required(*STAFF)
@takes(body=OficioChange)
@gives(
    "Corregir lo que se envía de un oficio y su vehículo; lo demás queda igual.",
    OficioShown,
    errors=(400, 409, 412),
)
def change(oficio_id: int, body: OficioChange) -> ResponseReturnValue:
    """Correct what is given of an oficio and its vehicle, and leave the rest."""
    oficio = oficio_to_see(oficio_id)
    given = body.given()
    actor, now = current_usuario(), utcnow()
    try:
        with transaction():
            must_match(show(oficio))
            check_version(oficio, body.version or oficio.version, now)
            papel = _corrected(oficio, given)
            if given.keys() - _VEHICLE:
                granted = {
                    name: given.get(name, getattr(oficio, name))
                    for name in ("fuerza_publica", "descerrajamiento")
                }
                data = oficio_of(papel, **granted)
                update_oficio(oficio, data, oficio.version, actor=actor, now=now)
            if given.keys() & _VEHICLE:
                update_vehiculo(
                    oficio,
                    vehiculo_of(papel),
                    oficio.version,
                    advertencias=warnings_of(papel),
                    actor=actor,
                    now=now,
                )
    except NumeroTaken as taken:
        return error_response(400, str(taken))
    return answer(show(oficio))


@bp.patch("/<int:oficio_id>/asignar")
@bearer_required(*STAFF)
@takes(body=AssignChange)
@gives("Encargar un oficio a una persona de la oficina, o a nadie.", OficioShown, errors=(409, 412))
def assign(oficio_id: int, body: AssignChange) -> ResponseReturnValue:
    """Entrust an oficio to somebody of the firm, or to nobody."""
    oficio = oficio_to_see(oficio_id)
    now = utcnow()
    try:
        with transaction():
            must_match(show(oficio))
            check_version(oficio, body.version or oficio.version, now)
            chosen = body.investigador_id
            person = db.session.get(Usuario, chosen) if chosen is not None else None
            if chosen is not None and person is None:
                raise Refused("No hay una persona con ese id.")
            assign_oficio(oficio, person, actor=current_usuario(), now=now)
    except Refused as refused:
        return invalid("investigador_id", str(refused))
    return answer(show(oficio))


@bp.patch("/<int:oficio_id>/estado")
@bearer_required(*STAFF)
@takes(body=EstadoChange)
@gives(
    "Mover un oficio a otro estado, con las mismas reglas del tablero.",
    OficioShown,
    errors=(409, 412),
)
def move(oficio_id: int, body: EstadoChange) -> ResponseReturnValue:
    """Move an oficio by the rules of the board."""
    oficio = oficio_to_see(oficio_id)
    with transaction():
        must_match(show(oficio))
        command = Move(body.estado, body.version or oficio.version)
        if command.estado is not oficio.estado or body.version:
            move_oficio(oficio, command, actor=current_usuario(), now=utcnow())
    return answer(show(oficio))


def show(oficio: Oficio) -> OficioShown:
    """An oficio as the API tells it."""
    values: dict[str, Any] = {
        name: getattr(oficio, name)
        for name in OficioShown.model_fields
        if name not in {"buffet_nombre", "vehiculo"}
    }
    return OficioShown(
        **values,
        buffet_nombre=oficio.buffet.nombre,
        vehiculo=VehiculoShown.model_validate(oficio.vehiculo),
    )


def _conditions(query: OficioQuery) -> list[sa.ColumnElement[bool]]:
    """The filters except the search, which differs by who asks."""
    conditions: list[sa.ColumnElement[bool]] = [
        getattr(Oficio, name) == value for name, value in _values(query).items()
    ]
    if query.promesa is not None:
        pressing = cases_that(EstadoPromesa(query.promesa), utcnow())
        conditions += [Oficio.id.in_(pressing), Oficio.estado.in_(OPEN_STATES)]
    if query.patente and query.patente.strip():
        conditions.append(_has_plate(query.patente))
    return conditions


def _values(query: OficioQuery) -> dict[str, Any]:
    """What the cases must have in columns of which the database keeps count."""
    names = ("estado", "buffet_id", "investigador_id", "prioridad")
    return {name: value for name in names if (value := getattr(query, name)) is not None}


def _has_plate(text: str) -> sa.ColumnElement[bool]:
    """Whether a vehicle has the plate however it is written; what is no plate fits nothing."""
    try:
        plates = parse_patente(text.replace("\x00", "")).equivalentes
    except ValueError:
        return sa.false()
    vehicles = Vehiculo.__table__.c
    return Oficio.id.in_(sa.select(vehicles.oficio_id).where(vehicles.patente.in_(plates)))


def _count(query: OficioQuery, conditions: list[sa.ColumnElement[bool]]) -> int:
    """How many there are in all: known without counting unless something else is asked for."""
    values = _values(query)
    if len(values) == len(conditions):
        return count_visible(values)
    return db.session.scalar(sa.select(sa.func.count(Oficio.id)).where(*conditions)) or 0


def _corrected(oficio: Oficio, given: dict[str, Any]) -> Papel:
    """What the paper says once the given values are in it; the others stay as they are stored."""
    known = {name: getattr(oficio, name) for name in vars(OficioData(numero_oficio=""))}
    known |= {name: getattr(oficio.vehiculo, name) for name in vars(VehiculoData(patente=""))}
    if known["patente_dv"]:
        known["patente"] = f"{known['patente']}-{known['patente_dv']}"
    return read_papel(
        paper_texts(known | given),
        today=local_today(utcnow()),
        policy=STRICT,
        stored=set(paper_texts(known)) - set(paper_texts(given)),
    )
