"""Links with which a person chooses a password alone: the invitation, and for who forgot it."""

from __future__ import annotations

from flask import Blueprint, Response, abort, current_app, render_template, url_for
from flask.typing import ResponseReturnValue

from app.ajustes.pages.dead_links import dead_link
from app.core.clock import utcnow
from app.core.errors import Refused
from app.db import transaction
from app.extensions import current_config
from app.usuarios.forms import FirstPasswordForm, RecoveryForm
from app.usuarios.pages.signing_in import next_step, sign_in
from app.usuarios.pages.wrong_passwords import count_recovery, open_link
from app.usuarios.queries import find_by_session, is_session_current
from app.usuarios.rules import read_invite, read_recovery
from app.usuarios.rules.new_password import WeakPassword
from app.usuarios.service import note_entry, order_recovery, set_password
from app.web.deeds import Deed, Done, carry_out

bp = Blueprint("enlaces_propios", __name__)

#: The same for an address with an account and for one without.
_ASKED = (
    "Si hay una cuenta activa con ese correo, en unos minutos le llegará un correo con un enlace. "
    "Sirve una vez y dura 30 minutos; si no llega, mire en el correo no deseado."
)


@bp.after_request
def keep_private(response: Response) -> Response:
    """Let no other page learn the address, which is a key."""
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    return response


@bp.route("/recuperar", methods=["GET", "POST"])
def ask() -> ResponseReturnValue:
    """Ask for a link because the password is forgotten. Nobody learns here who has an account."""
    form = RecoveryForm()
    has_mail = current_config().mail_configured

    def deed() -> Done:
        if not has_mail:
            raise Refused("No se pudo enviar un enlace: esta instalación no envía correos.")
        count_recovery(form.email.value)
        with transaction():
            order_recovery(form.email.value, str(current_app.secret_key), now=utcnow())
        return Done(_ASKED, url_for("auth.login_page"), tone="info")

    def show(status: int) -> ResponseReturnValue:
        return render_template("usuarios/recuperar.html", form=form, has_mail=has_mail), status

    return carry_out(Deed(do=deed, in_transaction=False, form=form, show=show))


@bp.route("/recuperar/<token>", methods=["GET", "POST"])
def recover(token: str) -> ResponseReturnValue:
    """The page of the link for who forgot the password: choose another. It opens once."""
    session_id = read_recovery(token, str(current_app.secret_key), now=utcnow())
    return _choose_password(session_id, "Su contraseña quedó cambiada y sus sesiones, cerradas.")


@bp.route("/invitacion/<token>", methods=["GET", "POST"])
def accept(token: str) -> ResponseReturnValue:
    """The page that an invitation opens: choose the first password. It opens once."""
    session_id = read_invite(token, str(current_app.secret_key), now=utcnow())
    return _choose_password(session_id, "Su contraseña quedó guardada. Bienvenido a Rastro.")


def _choose_password(session_id: str | None, said: str) -> ResponseReturnValue:
    usuario = open_link(lambda: find_by_session(session_id) if session_id else None)
    if usuario is None:
        abort(dead_link())
    form = FirstPasswordForm()

    def deed() -> Done:
        # Of two who send the form at the same moment, the second finds that it was used.
        if not is_session_current(usuario):
            abort(dead_link())
        now = utcnow()
        set_password(usuario, form.password.data, actor=usuario, now=now)
        step = next_step(usuario, url_for("home"), now)
        if step is None:
            note_entry(usuario, now=now)
            sign_in(usuario, now=now)
        return Done(said, step or url_for("home"))

    def show(status: int) -> ResponseReturnValue:
        return render_template("usuarios/invitacion.html", form=form, usuario=usuario), status

    return carry_out(Deed(do=deed, form=form, show=show, beside={WeakPassword: form.password}))
