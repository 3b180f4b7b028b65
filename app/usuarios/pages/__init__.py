"""Pages about accounts: the admin's list, and one's own account."""

from __future__ import annotations

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user, login_required, login_user

from app.core.clock import utcnow
from app.core.errors import InvalidValue, Refused
from app.db import after_commit, db, release, transaction
from app.usuarios.forms import (
    NewUsuarioForm,
    OwnPasswordForm,
    PasswordForm,
    UsuarioForm,
)
from app.usuarios.models import Usuario
from app.usuarios.outside import hashes
from app.usuarios.pages.wrong_passwords import WrongPassword, counted_attempt
from app.usuarios.queries import usuarios_statement
from app.usuarios.rules import Rol
from app.usuarios.rules.new_password import WeakPassword
from app.usuarios.service import (
    EmailTaken,
    create_usuario,
    set_active,
    set_password,
    update_usuario,
)
from app.web.access import admin_required, or_404
from app.web.deeds import Deed, Done, carry_out
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
def create() -> ResponseReturnValue:
    """Open an account."""
    form = NewUsuarioForm()

    def deed() -> Done:
        create_usuario(form.to_data(), form.password.data, actor=current_user, now=utcnow())
        text = f"{form.nombre.data} ya puede entrar con su email y contraseña."
        return Done(text, url_for("usuarios.index"))

    return carry_out(
        Deed(
            do=deed,
            form=form,
            show=lambda status: _edit_page(form, None, status=status),
            beside={EmailTaken: form.email, WeakPassword: form.password},
        )
    )


@bp.route("/admin/usuarios/<int:usuario_id>", methods=["GET", "POST"])
@admin_required
def edit(usuario_id: int) -> ResponseReturnValue:
    """Change an account."""
    usuario = or_404(db.session.get(Usuario, usuario_id))
    form = UsuarioForm(obj=usuario)

    def deed() -> Done:
        update_usuario(usuario, form.to_data(), actor=current_user, now=utcnow())
        return Done("Cambios guardados.", url_for("usuarios.index"))

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
def password(usuario_id: int) -> ResponseReturnValue:
    """Give somebody a new password."""
    usuario = or_404(db.session.get(Usuario, usuario_id))
    form = PasswordForm()

    def deed() -> Done:
        set_password(usuario, form.password.data, actor=current_user, now=utcnow())
        text = "Contraseña cambiada: las sesiones de esa cuenta se cerraron."
        return Done(text, url_for("usuarios.index"))

    def show(status: int) -> ResponseReturnValue:
        return _edit_page(UsuarioForm(formdata=None, obj=usuario), usuario, form, status)

    return carry_out(Deed(do=deed, form=form, show=show, beside={WeakPassword: form.password}))


@bp.route("/cuenta", methods=["GET", "POST"])
@login_required
def profile() -> ResponseReturnValue:
    """One's own account: change the password, which ends every other session."""
    form = OwnPasswordForm()
    usuario = db.session.get_one(Usuario, current_user.id)

    def deed() -> Done:
        _check_own_password(usuario, form.current.data)
        with transaction():
            set_password(current_user, form.password.data, actor=current_user, now=utcnow())
            after_commit(lambda: login_user(current_user))
        return Done("Contraseña cambiada. Sus otras sesiones se cerraron.", url_for(".profile"))

    return carry_out(
        Deed(
            do=deed,
            in_transaction=False,
            form=form,
            show=lambda status: (render_template("usuarios/profile.html", form=form), status),
            beside={_NotOwnPassword: form.current, WeakPassword: form.password},
        )
    )


class _NotOwnPassword(WrongPassword, InvalidValue):
    """Somebody who is signed in gave another password than the account's."""


def _check_own_password(usuario: Usuario, password: str) -> None:
    """Refuse who does not know the password of the account that they are signed in with.

    It counts as signing in does: a session left open is no door for guessing.
    """
    email, stored = usuario.email, usuario.password_hash
    release()
    with counted_attempt(email):
        if not hashes().fits(stored, password):
            raise _NotOwnPassword("La contraseña actual no es esa.")


def _edit_page(
    form: UsuarioForm,
    usuario: Usuario | None,
    password_form: PasswordForm | None = None,
    status: int = 200,
) -> ResponseReturnValue:
    page = render_template(
        "usuarios/edit.html",
        form=form,
        usuario=usuario,
        password_form=password_form or PasswordForm(formdata=None),
    )
    return page, status
