"""Law firms and the tokens of their dashboards, for admins."""

from __future__ import annotations

from datetime import timedelta

from flask import current_app
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import selectinload

from app.api.v1.access import bearer_required, current_usuario, may_write
from app.api.v1.answering import answer, answer_list, must_match
from app.api.v1.blueprint import ApiBlueprint
from app.api.v1.describing import gives
from app.api.v1.reading import takes
from app.api.v1.repeating import once
from app.api.v1.schemas.base import Paging
from app.api.v1.schemas.buffets import BuffetChange, BuffetNew, BuffetQuery, BuffetShown
from app.api.v1.schemas.usuarios import UsuarioShown
from app.auditoria.pages import note_secret
from app.buffets.models import Buffet
from app.buffets.queries import buffets_statement, current_token
from app.buffets.service import (
    BuffetData,
    RutTaken,
    create_buffet,
    rotate_enlace,
    set_active,
    update_buffet,
)
from app.core.clock import utcnow
from app.core.errors import NotFound, Stale
from app.db import db, transaction
from app.extensions import current_config
from app.usuarios.models import Usuario
from app.usuarios.queries import usuarios_statement
from app.usuarios.rules import Rol
from app.web.error_pages import error_response

bp = ApiBlueprint("buffets", __name__, url_prefix="/buffets")

_DATA = ("nombre", "rut", "email_principal", "telefono", "contacto_nombre")


@bp.post("/")
@bearer_required(Rol.ADMIN)
@once(again=lambda buffet_id: answer(_show(_get_buffet(buffet_id))))
@takes(body=BuffetNew)
@gives("Registrar un buffet, con un primer enlace a su tablero.", BuffetShown, 201, errors=(400,))
def create(body: BuffetNew) -> ResponseReturnValue:
    """Register a law firm, with a first link to its dashboard."""
    try:
        with transaction():
            buffet = create_buffet(
                BuffetData(**body.model_dump()),
                actor=current_usuario(),
                now=utcnow(),
                life=_link_life(),
            )
    except RutTaken as taken:
        return error_response(400, str(taken))
    return answer(_show(buffet), 201)


@bp.get("/")
@bearer_required(Rol.ADMIN)
@takes(query=BuffetQuery)
@gives("Listar los buffets, por nombre.", BuffetShown, many=True)
def index(query: BuffetQuery) -> ResponseReturnValue:
    """The law firms, by name."""
    statement = buffets_statement(activo=query.activo).options(selectinload(Buffet.enlaces))
    listed = answer_list(statement, query, _show)
    if may_write():
        note_secret("Enlaces a los tableros de los buffets, por la API", actor=current_usuario())
    return listed


@bp.get("/<int:buffet_id>")
@bearer_required(Rol.ADMIN)
@gives("Leer un buffet.", BuffetShown)
def detail(buffet_id: int) -> ResponseReturnValue:
    """One law firm."""
    buffet = _get_buffet(buffet_id)
    shown = _show(buffet)
    found = answer(shown)
    if shown.token_tablero:
        que = f"Enlace al tablero de {shown.nombre}, por la API"
        note_secret(que, actor=current_usuario(), buffet_id=buffet_id)
    return found


@bp.patch("/<int:buffet_id>")
@bearer_required(Rol.ADMIN)
@takes(body=BuffetChange)
@gives("Corregir lo que se envía de un buffet.", BuffetShown, errors=(400, 409, 412))
def change(buffet_id: int, body: BuffetChange) -> ResponseReturnValue:
    """Correct what is given of a law firm, and leave the rest."""
    buffet = _get_buffet(buffet_id)
    changes = body.given()
    activo = changes.pop("activo", None)
    actor, now = current_usuario(), utcnow()
    try:
        with transaction():
            must_match(_show(buffet))
            if body.version not in {None, buffet.version}:
                raise Stale("Alguien cambió este buffet desde que usted lo leyó. Léalo otra vez.")
            if changes:
                known = {name: getattr(buffet, name) for name in _DATA}
                update_buffet(buffet, BuffetData(**{**known, **changes}), actor=actor, now=now)
            if activo is not None and activo is not buffet.activo:
                set_active(buffet, activo=activo, actor=actor, now=now)
    except RutTaken as taken:
        return error_response(400, str(taken))
    return answer(_show(buffet))


@bp.delete("/<int:buffet_id>")
@bearer_required(Rol.ADMIN)
@gives("Cerrar un buffet: nada se borra; su enlace y sus cuentas dejan de abrir.", status=204)
def close(buffet_id: int) -> ResponseReturnValue:
    """Close a law firm: nothing is erased, its link and its people's accounts open nothing."""
    buffet = _get_buffet(buffet_id)
    with transaction():
        if buffet.activo:
            set_active(buffet, activo=False, actor=current_usuario(), now=utcnow())
    return "", 204


@bp.get("/<int:buffet_id>/usuarios")
@bearer_required(Rol.ADMIN)
@takes(query=Paging)
@gives("Listar las cuentas de un buffet.", UsuarioShown, many=True)
def usuarios(buffet_id: int, query: Paging) -> ResponseReturnValue:
    """The people of a law firm who have an account."""
    buffet = _get_buffet(buffet_id)
    statement = usuarios_statement().where(Usuario.buffet_id == buffet.id)
    return answer_list(statement, query, UsuarioShown.model_validate)


@bp.post("/<int:buffet_id>/rotar-token")
@bearer_required(Rol.ADMIN)
@once(again=lambda buffet_id: answer(_show(_get_buffet(buffet_id))))
@gives("Cambiar el enlace al tablero; el anterior deja de abrir.", BuffetShown)
def rotate(buffet_id: int) -> ResponseReturnValue:
    """Replace the link to the dashboard: the old one stops working at once."""
    buffet = _get_buffet(buffet_id)
    with transaction():
        rotate_enlace(buffet, actor=current_usuario(), now=utcnow(), life=_link_life())
    return answer(_show(buffet))


def _get_buffet(buffet_id: int) -> Buffet:
    buffet = db.session.get(Buffet, buffet_id)
    if buffet is None:
        raise NotFound("Buffet no encontrado")
    return buffet


def _show(buffet: Buffet) -> BuffetShown:
    # Who may only read is not handed what writes in a buffet's name.
    token = current_token(buffet, str(current_app.secret_key), utcnow()) if may_write() else None
    return BuffetShown(
        id=buffet.id,
        nombre=buffet.nombre,
        rut=buffet.rut_formateado,
        email_principal=buffet.email_principal,
        telefono=buffet.telefono,
        contacto_nombre=buffet.contacto_nombre,
        activo=buffet.activo,
        token_tablero=token,
        advertencias=buffet.advertencias,
        version=buffet.version,
        created_at=buffet.created_at,
    )


def _link_life() -> timedelta:
    return timedelta(days=current_config().link_days)
