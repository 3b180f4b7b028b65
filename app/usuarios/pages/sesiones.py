"""Where one is signed in, and ending it: one's own sessions, and for an admin those of a person."""

from __future__ import annotations

from flask import Blueprint, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user, login_required

from app.core.clock import utcnow
from app.db import db
from app.usuarios.models import Usuario
from app.usuarios.pages.open_sessions import current_session
from app.usuarios.queries.sesiones import find_own_session
from app.usuarios.rules.sesiones import FinSesion
from app.usuarios.service.sesiones import close_session, close_sessions
from app.web.access import admin_required, or_404
from app.web.deeds import Deed, Done, carry_out
from app.web.fresh import fresh_required

bp = Blueprint("sesiones", __name__)


@bp.post("/cuenta/sesiones/<int:sesion_id>/cerrar")
@login_required
@fresh_required
def close_one(sesion_id: int) -> ResponseReturnValue:
    """End one of one's own sessions, in whatever browser it is."""
    sesion = or_404(find_own_session(sesion_id, current_user.id))

    def deed() -> Done:
        close_session(sesion, actor=current_user, now=utcnow())
        return Done("Sesión cerrada.", url_for("usuarios.profile"))

    return carry_out(Deed(do=deed, back=url_for("usuarios.profile")))


@bp.post("/cuenta/sesiones/cerrar")
@login_required
@fresh_required
def close_others() -> ResponseReturnValue:
    """End all of one's own sessions but this one, and the tokens of the API."""
    own = current_session()

    def deed() -> Done:
        close_sessions(
            current_user,
            FinSesion.CERRADA,
            actor=current_user,
            now=utcnow(),
            keep=own.id if own else None,
        )
        return Done("Se cerraron sus demás sesiones.", url_for("usuarios.profile"))

    return carry_out(Deed(do=deed, back=url_for("usuarios.profile")))


@bp.post("/admin/usuarios/<int:usuario_id>/sesiones/cerrar")
@admin_required
@fresh_required
def close_of_person(usuario_id: int) -> ResponseReturnValue:
    """End all sessions of a person."""
    usuario = or_404(db.session.get(Usuario, usuario_id))
    page = url_for("usuarios.edit", usuario_id=usuario_id)

    def deed() -> Done:
        close_sessions(usuario, FinSesion.ADMINISTRADOR, actor=current_user, now=utcnow())
        return Done(f"Se cerraron todas las sesiones de {usuario.nombre}.", page)

    return carry_out(Deed(do=deed, back=page))
