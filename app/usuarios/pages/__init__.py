"""Pages about accounts: the admin's list, and one's own account."""

from __future__ import annotations

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user, login_required

from app.core.clock import utcnow
from app.core.errors import InvalidValue, Refused
from app.db import db, release, transaction
from app.extensions import current_config
from app.usuarios.forms import (
    OwnPasswordForm,
    UsuarioForm,
)
from app.usuarios.mails import invite_url
from app.usuarios.models import Usuario
from app.usuarios.outside import hashes
from app.usuarios.pages.known_devices import remember_device
from app.usuarios.pages.open_sessions import confirm, current_session
from app.usuarios.pages.wrong_passwords import WrongPassword, counted_attempt
from app.usuarios.queries import usuarios_statement
from app.usuarios.queries.sesiones import list_open_sessions
from app.usuarios.rules import INVITE_LIFE, Rol
from app.usuarios.rules.new_password import WeakPassword
from app.usuarios.service import (
    EmailTaken,
    create_usuario,
    note_invite,
    order_invite,
    set_active,
    set_password,
    update_usuario,
)
from app.web.access import admin_required, or_404
from app.web.deeds import Deed, Done, carry_out
from app.web.fresh import fresh_required
from app.web.pagination import paginate

bp = Blueprint("usuarios", __name__)


@bp.get("/admin/usuarios")
@admin_required
def index() -> ResponseReturnValue:
    """All accounts."""
    rol = request.args.get("rol", "")
    chosen = Rol(rol) if rol in {member.value for member in Rol} else None
    page = paginate(usuarios_statement(chosen))
    return render_template("usuarios/index.html", page=page, roles=list(Rol), rol=rol)


@bp.route("/admin/usuarios/nuevo", methods=["GET", "POST"])
@admin_required
@fresh_required
def create() -> ResponseReturnValue:
    """Open an account."""
    form = UsuarioForm()

    def deed() -> Done:
        now = utcnow()
        usuario = create_usuario(form.to_data(), None, actor=current_user, now=now)
        if current_config().mail_configured:
            order_invite(usuario, now=now)
            text = f"Cuenta creada. {usuario.email} recibirá un enlace para elegir su contraseña."
            return Done(text, url_for("usuarios.index"))
        text = "Cuenta creada. Pida aquí el enlace para elegir contraseña y entrégueselo."
        return Done(text, url_for("usuarios.edit", usuario_id=usuario.id))

    return carry_out(
        Deed(
            do=deed,
            form=form,
            show=lambda status: _edit_page(form, None, status=status),
            beside={EmailTaken: form.email},
        )
    )


@bp.route("/admin/usuarios/<int:usuario_id>", methods=["GET", "POST"])
@admin_required
@fresh_required
def edit(usuario_id: int) -> ResponseReturnValue:
    """Change an account."""
    usuario = or_404(db.session.get(Usuario, usuario_id))
    form = UsuarioForm(obj=usuario)

    def deed() -> Done:
        before = (usuario.rol, usuario.buffet_id)
        update_usuario(usuario, form.to_data(), actor=current_user, now=utcnow())
        text = "Cambios guardados."
        if before != (usuario.rol, usuario.buffet_id):
            text += " Sus sesiones se cerraron y sus claves de la API terminaron."
        return Done(text, url_for("usuarios.index"))

    return carry_out(
        Deed(
            do=deed,
            form=form,
            show=lambda status: _edit_page(form, usuario, status=status),
            beside={EmailTaken: form.email, Refused: form.rol},
        )
    )


@bp.post("/admin/usuarios/<int:usuario_id>/activo")
@admin_required
@fresh_required
def toggle(usuario_id: int) -> ResponseReturnValue:
    """Deactivate an account, or bring it back."""
    usuario = or_404(db.session.get(Usuario, usuario_id))
    activo = request.form.get("activo") == "1"
    page = url_for("usuarios.index")

    def deed() -> Done:
        set_active(usuario, activo=activo, actor=current_user, now=utcnow())
        text = "Cuenta activada." if activo else "Cuenta desactivada: sus sesiones se cerraron."
        return Done(text, page)

    return carry_out(Deed(do=deed, back=page))


@bp.post("/admin/usuarios/<int:usuario_id>/clave")
@admin_required
@fresh_required
def invite(usuario_id: int) -> ResponseReturnValue:
    """Send a person the link to choose a password; show it where no mail can be sent."""
    usuario = or_404(db.session.get(Usuario, usuario_id))
    page = url_for("usuarios.edit", usuario_id=usuario_id)

    def deed() -> Done:
        now = utcnow()
        if current_config().mail_configured:
            order_invite(usuario, now=now)
            return Done(f"El enlace va en camino a {usuario.email}.", page)
        note_invite(usuario, actor=current_user, now=now)
        link = invite_url(usuario, now=now)
        form = UsuarioForm(formdata=None, obj=usuario)
        return Done("", page, answer=lambda: _edit_page(form, usuario, link=link))

    return carry_out(Deed(do=deed, back=page))


@bp.route("/cuenta", methods=["GET", "POST"])
@login_required
def profile() -> ResponseReturnValue:
    """One's own account: change the password, which ends every other session."""
    form = OwnPasswordForm()
    usuario = db.session.get_one(Usuario, current_user.id)

    def deed() -> Done:
        check_own_password(usuario, form.current.data)
        now, own = utcnow(), current_session()
        with transaction():
            set_password(
                usuario,
                form.password.data,
                actor=usuario,
                now=now,
                keep=own.id if own else None,
            )
            confirm(now)
            remember_device(usuario)
        return Done("Contraseña cambiada. Sus otras sesiones se cerraron.", url_for(".profile"))

    return carry_out(
        Deed(
            do=deed,
            in_transaction=False,
            form=form,
            show=lambda status: (_own_page(form), status),
            beside={NotOwnPassword: form.current, WeakPassword: form.password},
        )
    )


def _own_page(form: OwnPasswordForm) -> str:
    own = current_session()
    return render_template(
        "usuarios/profile.html",
        form=form,
        sesiones=list_open_sessions(current_user.id, now=utcnow()),
        esta=own.id if own else None,
    )


class NotOwnPassword(WrongPassword, InvalidValue):
    """Somebody who is signed in gave another password than the account's."""


def check_own_password(usuario: Usuario, password: str) -> None:
    """Refuse who does not know the password of the account that they are signed in with.

    A session left open is no door for guessing; it counts apart, so that nobody else closes it.
    """
    email, stored, session = usuario.email, usuario.password_hash, str(usuario.id)
    release()
    with counted_attempt(email, session=session):
        if not hashes().fits(stored, password):
            raise NotOwnPassword("La contraseña actual no es esa.")


def _edit_page(
    form: UsuarioForm, usuario: Usuario | None, *, status: int = 200, link: str = ""
) -> ResponseReturnValue:
    page = render_template(
        "usuarios/edit.html",
        form=form,
        usuario=usuario,
        link=link,
        sesiones=list_open_sessions(usuario.id, now=utcnow()) if usuario else [],
        days=INVITE_LIFE.days,
        has_mail=current_config().mail_configured,
    )
    return page, status
