"""Accounts, for admins."""

from __future__ import annotations

from typing import Any

from flask.typing import ResponseReturnValue

from app.api.v1.access import bearer_required, current_usuario, refuse_keys
from app.api.v1.answering import answer, answer_list, must_match
from app.api.v1.blueprint import ApiBlueprint
from app.api.v1.describing import gives
from app.api.v1.reading import invalid, takes
from app.api.v1.repeating import once
from app.api.v1.schemas.usuarios import (
    RolChange,
    UsuarioChange,
    UsuarioNew,
    UsuarioQuery,
    UsuarioShown,
)
from app.buffets.models import Buffet
from app.core.clock import utcnow
from app.core.errors import NotFound, Refused
from app.db import db, transaction
from app.extensions import current_config
from app.usuarios.models import Usuario
from app.usuarios.queries import usuarios_statement
from app.usuarios.rules import Rol
from app.usuarios.service import (
    BuffetMismatch,
    EmailTaken,
    UsuarioData,
    create_usuario,
    order_invite,
    set_active,
    update_usuario,
)
from app.web.error_pages import error_response

bp = ApiBlueprint("usuarios", __name__, url_prefix="/usuarios")

#: As the first version of the API says it; pages say «correo».
_EMAIL_TAKEN = "Ya existe un usuario con este email"
_NO_BUFFET = "No hay un buffet con ese id."
_NO_MAIL = (
    "Esta instalación no envía correos: pida el enlace en la página «Personas» y entréguelo usted."
)
#: Who gets in, and how: the link for a forgotten password goes to the address.
_ABOUT_RIGHTS = frozenset({"activo", "email"})


@bp.post("/")
@bearer_required(Rol.ADMIN)
@once()
@takes(body=UsuarioNew)
@gives(
    "Abrir una cuenta; su persona recibe un enlace y elige su contraseña.",
    UsuarioShown,
    201,
    errors=(400,),
)
def create(body: UsuarioNew) -> ResponseReturnValue:
    """Open an account. Its person is invited by mail, where this installation sends any."""
    refuse_keys()
    if not _buffet_exists(body.buffet_id):
        return invalid("buffet_id", _NO_BUFFET)
    data = UsuarioData(body.email, body.nombre, body.rol, body.buffet_id, body.telefono)
    try:
        with transaction():
            now = utcnow()
            usuario = create_usuario(data, None, actor=current_usuario(), now=now)
            if current_config().mail_configured:
                order_invite(usuario, now=now)
    except EmailTaken:
        return error_response(400, _EMAIL_TAKEN)
    except BuffetMismatch as mismatch:
        return invalid("buffet_id", str(mismatch))
    return answer(_show(usuario), 201)


@bp.get("/")
@bearer_required(Rol.ADMIN)
@takes(query=UsuarioQuery)
@gives("Listar las cuentas, por nombre.", UsuarioShown, many=True)
def index(query: UsuarioQuery) -> ResponseReturnValue:
    """The accounts, by name."""
    return answer_list(usuarios_statement(query.rol, activo=query.activo), query, _show)


@bp.get("/<int:usuario_id>")
@bearer_required(Rol.ADMIN)
@gives("Leer una cuenta.", UsuarioShown)
def detail(usuario_id: int) -> ResponseReturnValue:
    """One account."""
    return answer(_show(_get_usuario(usuario_id)))


@bp.patch("/<int:usuario_id>")
@bearer_required(Rol.ADMIN)
@takes(body=UsuarioChange)
@gives(
    "Corregir lo que se envía de una cuenta; lo demás queda igual.",
    UsuarioShown,
    errors=(400, 409, 412),
)
def change(usuario_id: int, body: UsuarioChange) -> ResponseReturnValue:
    """Change what is given of an account, and leave the rest."""
    usuario = _get_usuario(usuario_id)
    given = body.given()
    if _ABOUT_RIGHTS & given.keys():
        refuse_keys()
    activo = given.pop("activo", None)
    actor, now = current_usuario(), utcnow()
    try:
        with transaction():
            must_match(_show(usuario))
            if given:
                update_usuario(usuario, _data(usuario, **given), actor=actor, now=now)
            if activo is not None and activo is not usuario.activo:
                set_active(usuario, activo=activo, actor=actor, now=now)
    except EmailTaken:
        return error_response(400, _EMAIL_TAKEN)
    return answer(_show(usuario))


@bp.post("/<int:usuario_id>/invitar")
@bearer_required(Rol.ADMIN)
@gives("Enviar otra vez el enlace para elegir contraseña.", UsuarioShown, 202, errors=(409,))
def invite(usuario_id: int) -> ResponseReturnValue:
    """Have a person mailed the link to choose a password; the former one goes on until used."""
    refuse_keys()
    usuario = _get_usuario(usuario_id)
    if not current_config().mail_configured:
        raise Refused(_NO_MAIL)
    with transaction():
        order_invite(usuario, now=utcnow())
    return answer(_show(usuario), 202)


@bp.delete("/<int:usuario_id>")
@bearer_required(Rol.ADMIN)
@gives("Desactivar una cuenta: nada se borra y sus sesiones terminan.", status=204, errors=(409,))
def close(usuario_id: int) -> ResponseReturnValue:
    """Deactivate an account: nothing is erased, its sessions end."""
    refuse_keys()
    usuario = _get_usuario(usuario_id)
    with transaction():
        if usuario.activo:
            set_active(usuario, activo=False, actor=current_usuario(), now=utcnow())
    return "", 204


@bp.patch("/<int:usuario_id>/cambiar-rol")
@bearer_required(Rol.ADMIN)
@takes(body=RolChange)
@gives("Dar otro rol a una cuenta; sus sesiones terminan.", UsuarioShown, errors=(400, 409, 412))
def change_role(usuario_id: int, body: RolChange) -> ResponseReturnValue:
    """Give an account another role; its sessions end."""
    refuse_keys()
    usuario = _get_usuario(usuario_id)
    if not _buffet_exists(body.buffet_id):
        return error_response(400, _NO_BUFFET)
    actor, now = current_usuario(), utcnow()
    try:
        with transaction():
            must_match(_show(usuario))
            data = _data(usuario, rol=body.rol, buffet_id=body.buffet_id)
            update_usuario(usuario, data, actor=actor, now=now)
    except BuffetMismatch as mismatch:
        return error_response(400, str(mismatch))
    return answer(_show(usuario))


def _get_usuario(usuario_id: int) -> Usuario:
    usuario = db.session.get(Usuario, usuario_id)
    if usuario is None:
        raise NotFound("Usuario no encontrado")
    return usuario


def _buffet_exists(buffet_id: int | None) -> bool:
    return buffet_id is None or db.session.get(Buffet, buffet_id) is not None


def _data(usuario: Usuario, **changes: Any) -> UsuarioData:
    """What an account is made of, with some of it changed."""
    names = ("email", "nombre", "rol", "buffet_id", "telefono")
    return UsuarioData(**{**{name: getattr(usuario, name) for name in names}, **changes})


def _show(usuario: Usuario) -> UsuarioShown:
    return UsuarioShown.model_validate(usuario)
