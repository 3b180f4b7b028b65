"""Oficios: entered, listed, corrected, entrusted and moved."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import sqlalchemy as sa
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import contains_eager, joinedload, selectinload

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
)
from app.buffets.models import Buffet
from app.core.clock import utcnow
from app.core.errors import Refused
from app.core.patente import parse_patente
from app.core.tribunales import find_tribunal
from app.db import db, transaction
from app.direcciones.rules import parse_comuna
from app.oficios.models import Oficio
from app.oficios.rules.lectura import paper_warnings
from app.oficios.service import (
    DireccionData,
    Move,
    NumeroTaken,
    OficioData,
    PropietarioData,
    VehiculoData,
    assign_oficio,
    create_oficio,
    move_oficio,
    update_oficio,
    update_vehiculo,
)
from app.oficios.service.versions import check_version
from app.tablero.queries.search import matches
from app.usuarios.models import Usuario
from app.vehiculos.models import Vehiculo
from app.web.errors import error_response

bp = ApiBlueprint("oficios", __name__, url_prefix="/oficios")

_VEHICLE = frozenset({"patente", "marca", "modelo", "anio", "color", "vin"})


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
    try:
        with transaction():
            oficio = create_oficio(
                _to_oficio(body),
                _to_vehiculo(body),
                buffet_id=body.buffet_id,
                propietario=_to_propietario(body),
                direccion=_to_direccion(body),
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
    """The oficios, the latest first: three queries, however many are shown."""
    usuario = current_usuario()
    conditions = _conditions(query)
    if not usuario.is_staff:
        refuse_hidden(query)
        return list_heads(usuario.buffet_id or 0, conditions, query.q, query)
    if query.q and query.q.strip():
        conditions.append(matches(query.q))
    statement = (
        sa.select(Oficio, sa.func.count().over())
        .join(Oficio.vehiculo)
        .where(*conditions)
        .options(
            contains_eager(Oficio.vehiculo),
            joinedload(Oficio.buffet),
            selectinload(Oficio.propietarios),
        )
        .order_by(Oficio.created_at.desc(), Oficio.id.desc())
        .offset(query.skip)
        .limit(query.limit)
    )
    rows = db.session.execute(statement).all()
    total = rows[0][1] if rows else _count(conditions)
    return show_list([show(oficio) for oficio, _total in rows], total)


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
            paper = {name: value for name, value in given.items() if name not in _VEHICLE}
            if paper:
                data = _corrected(oficio, paper)
                update_oficio(oficio, data, oficio.version, actor=actor, now=now)
            vehicle = {name: value for name, value in given.items() if name in _VEHICLE}
            if vehicle:
                data_v = _corrected_vehicle(oficio.vehiculo, vehicle)
                update_vehiculo(oficio, data_v, oficio.version, actor=actor, now=now)
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
        getattr(Oficio, name) == value
        for name in ("estado", "buffet_id", "investigador_id", "prioridad")
        if (value := getattr(query, name)) is not None
    ]
    if query.patente and query.patente.strip():
        conditions.append(_has_plate(query.patente))
    return conditions


def _has_plate(text: str) -> sa.ColumnElement[bool]:
    """Whether a vehicle has the plate however it is written; what is no plate fits nothing."""
    try:
        plates = parse_patente(text.replace("\x00", "")).equivalentes
    except ValueError:
        return sa.false()
    return Vehiculo.patente.in_(plates)


def _count(conditions: list[sa.ColumnElement[bool]]) -> int:
    """How many there are when the part that was asked for is empty."""
    statement = sa.select(sa.func.count()).select_from(Oficio).join(Oficio.vehiculo)
    return db.session.scalar(statement.where(*conditions)) or 0


def _to_oficio(body: OficioNew) -> OficioData:
    tribunal = find_tribunal(body.tribunal) if body.tribunal else None
    return OficioData(
        numero_oficio=body.numero_oficio,
        rol=body.rol,
        tribunal=tribunal.nombre if tribunal else body.tribunal,
        caratulado=body.caratulado,
        fecha_oficio=body.fecha_oficio,
        fecha_ingreso=body.fecha_ingreso,
        fecha_limite=body.fecha_limite,
        prioridad=body.prioridad,
        notas_generales=body.notas_generales,
        fuerza_publica=body.fuerza_publica,
        descerrajamiento=body.descerrajamiento,
        advertencias_ingreso=paper_warnings(
            body.tribunal,
            oficio=body.fecha_oficio,
            ingreso=body.fecha_ingreso,
            limite=body.fecha_limite,
        ),
    )


def _to_vehiculo(body: OficioNew) -> VehiculoData:
    plate = parse_patente(body.patente)
    return VehiculoData(
        plate.valor, plate.dv, body.marca, body.modelo, body.anio, body.color, body.vin
    )


def _to_propietario(body: OficioNew) -> PropietarioData | None:
    if not (body.propietario_nombre or body.propietario_rut):
        return None
    return PropietarioData(
        nombre=body.propietario_nombre,
        rut=body.propietario_rut,
        email=body.propietario_email,
        telefono=body.propietario_telefono,
    )


def _to_direccion(body: OficioNew) -> DireccionData | None:
    if not body.direccion:
        return None
    comuna = parse_comuna(body.comuna) if body.comuna else None
    return DireccionData(
        direccion=body.direccion,
        comuna=comuna.nombre if comuna else None,
        region=comuna.region_corta if comuna else body.region,
    )


def _corrected(oficio: Oficio, given: dict[str, Any]) -> OficioData:
    """What the paper says once the given fields are corrected, with its warnings."""
    known = {
        name: getattr(oficio, name)
        for name in vars(OficioData(numero_oficio=""))
        if name != "advertencias_ingreso"
    }
    data = OficioData(**{**known, **given})
    tribunal = find_tribunal(data.tribunal) if data.tribunal else None
    return replace(
        data,
        tribunal=tribunal.nombre if tribunal else data.tribunal,
        advertencias_ingreso=paper_warnings(
            data.tribunal,
            oficio=data.fecha_oficio,
            ingreso=data.fecha_ingreso,
            limite=data.fecha_limite,
        ),
    )


def _corrected_vehicle(vehiculo: Vehiculo, given: dict[str, Any]) -> VehiculoData:
    known = {name: getattr(vehiculo, name) for name in vars(VehiculoData(patente=""))}
    if "patente" in given:
        plate = parse_patente(given["patente"])
        given = {**given, "patente": plate.valor, "patente_dv": plate.dv}
    return VehiculoData(**{**known, **given})
