"""Signing in and out: the only module that speaks with Flask-Login about accounts."""

from __future__ import annotations

from flask import (
    Blueprint,
    Flask,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_login import current_user, login_required, login_user, logout_user
from wtforms import PasswordField

from app.core.clock import utcnow
from app.db import dispensable_transaction, release, transaction
from app.extensions import login
from app.usuarios.models import Usuario
from app.usuarios.outside import count_attempt, hashes
from app.usuarios.pages.known_devices import remember_device
from app.usuarios.pages.wrong_passwords import WrongPassword, counted_attempt
from app.usuarios.queries import find_by_email, find_by_session
from app.usuarios.rules import PASSWORD_MAX
from app.usuarios.rules.guessing import ENTRO, window_of
from app.usuarios.service import end_sessions, note_login
from app.web.error_pages import HeldBack, error_response, wants_json
from app.web.forms import EmailField, Form, at_most, required
from app.web.fragments import is_htmx, is_read, local_path
from app.web.sentences import tell

bp = Blueprint("auth", __name__)

WRONG = "Email o contraseña incorrectos"
INACTIVE = "Usuario inactivo"


class LoginForm(Form):
    """The sign-in page."""

    email = EmailField("Email", [required("Escriba su email.")])
    password = PasswordField(
        "Contraseña", [required("Escriba su contraseña."), at_most(PASSWORD_MAX)]
    )


class SignInRefused(Exception):
    """Why nobody was signed in: the sentence, and the HTTP status of the API."""

    def __init__(self, sentence: str, status: int) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.status = status


class _WrongCredentials(SignInRefused, WrongPassword):
    """The one refusal that counts as a guess."""

    def __init__(self) -> None:
        super().__init__(WRONG, 401)


def check_credentials(email: str, password: str) -> Usuario:
    """The account that an address and a password belong to.

    An unknown address takes as long and says the same as a wrong password; that an account is
    inactive is told only to who knows its password. No transaction is open while hashing.

    Raises:
        SignInRefused: with the sentence to show.
        HeldBack: after too many wrong passwords, whatever this one is.
    """
    with counted_attempt(email):
        usuario = find_by_email(email)
        stored = usuario.password_hash if usuario else None
        release()
        if not hashes().fits(stored, password) or usuario is None:
            raise _WrongCredentials
    if not usuario.activo or (usuario.buffet is not None and not usuario.buffet.activo):
        raise SignInRefused(INACTIVE, 403)
    return usuario


@bp.route("/entrar", methods=["GET", "POST"])
def login_page() -> ResponseReturnValue:
    """Sign in with e-mail and password."""
    if current_user.is_authenticated and is_read():
        return redirect(url_for("home"), 303)
    form = LoginForm()
    if not form.is_submitted():
        return render_template("usuarios/login.html", form=form)
    if not form.validate():
        return render_template("usuarios/login.html", form=form), 422
    try:
        usuario = check_credentials(form.email.value, form.password.data)
    except SignInRefused as refused:
        form.password.errors = [f"{refused.sentence}."]
        return render_template("usuarios/login.html", form=form), refused.status
    except HeldBack as held:
        form.form_errors.append(held.sentence)
        headers = {"Retry-After": str(held.seconds)}
        return render_template("usuarios/login.html", form=form), 429, headers
    remember_login(usuario, form.password.data)
    sign_in(usuario)
    return redirect(local_path(request.args.get("next", "")) or url_for("home"), 303)


def remember_login(usuario: Usuario, password: str) -> None:
    """Note that the password was right, here or for a token of the API.

    What cannot be written, as the database is full or read-only, keeps nobody out.
    """
    now = utcnow()
    times = count_attempt(ENTRO, usuario.id, window_of(now))
    with dispensable_transaction():
        note_login(usuario, password, times=times, now=now)


def sign_in(usuario: Usuario) -> None:
    """Begin a session of an account in this browser, which from now on is known to it."""
    login_user(usuario)
    remember_device(usuario)


@bp.post("/salir")
@login_required
def logout() -> ResponseReturnValue:
    """Sign out: every copy of the session, on every device, ends at once."""
    with transaction():
        end_sessions(current_user)
    logout_user()
    tell("Cerró su sesión en todos sus dispositivos.", "info")
    return redirect(url_for("home"), 303)


def init_auth(app: Flask) -> None:
    """Load the signed-in person and send strangers to the sign-in page."""
    login.init_app(app)
    login.session_protection = None  # the server-side version ends sessions, not a browser's name

    @login.user_loader
    def load(session_id: str) -> Usuario | None:
        return find_by_session(session_id)

    @login.unauthorized_handler
    def on_stranger() -> ResponseReturnValue:
        if wants_json():
            return error_response(401, "Debe identificarse.")
        target = url_for("auth.login_page")
        if is_htmx():
            response = make_response("", 401)
            response.headers["HX-Redirect"] = target
            return response
        if is_read():
            target = url_for("auth.login_page", next=request.full_path.rstrip("?"))
        return redirect(target, 303)
