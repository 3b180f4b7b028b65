"""Signing in and out: the only module that speaks with Flask-Login about accounts."""

from __future__ import annotations

from datetime import datetime

from flask import (
    Blueprint,
    Flask,
    make_response,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_login import current_user, login_required, logout_user
from wtforms import PasswordField

from app.core.clock import utcnow
from app.db import dispensable_transaction, release, transaction
from app.extensions import login
from app.feature import asked_above
from app.usuarios.models import Usuario
from app.usuarios.outside import count_attempt, hashes
from app.usuarios.pages.known_devices import remember_device
from app.usuarios.pages.open_sessions import (
    begin,
    current_session,
    has_begun,
    has_ended,
    init_open_sessions,
    lend,
    load_account,
)
from app.usuarios.pages.refusals import init_refusals
from app.usuarios.pages.wrong_passwords import WrongPassword, counted_attempt
from app.usuarios.queries import find_by_email
from app.usuarios.rules import PASSWORD_MAX
from app.usuarios.rules.guessing import ENTRO, window_of
from app.usuarios.rules.sesiones import FinSesion
from app.usuarios.service import note_login, renew_hash
from app.usuarios.service.sesiones import close_sessions, end_session
from app.web.error_pages import HeldBack, error_response, wants_json
from app.web.forms import EmailField, Form, at_most, required
from app.web.fragments import is_htmx, is_read, local_path, page_before
from app.web.sentences import tell

bp = Blueprint("auth", __name__)

#: The words of the API, which programs know; pages say «correo».
WRONG = "Email o contraseña incorrectos"
_WRONG_HERE = "Correo o contraseña incorrectos"
INACTIVE = "Usuario inactivo"


class LoginForm(Form):
    """The sign-in page."""

    email = EmailField("Correo", [required("Escriba su correo.")])
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
        sentence = _WRONG_HERE if refused.sentence == WRONG else refused.sentence
        form.password.errors = [f"{sentence}."]
        return render_template("usuarios/login.html", form=form), refused.status
    except HeldBack as held:
        form.form_errors.append(held.sentence)
        headers = {"Retry-After": str(held.seconds)}
        return render_template("usuarios/login.html", form=form), 429, headers
    now = utcnow()
    target = local_path(request.args.get("next", "")) or url_for("home")
    if hashes().is_outdated(usuario.password_hash):
        with dispensable_transaction():
            renew_hash(usuario, form.password.data)
    return redirect(next_step(usuario, target, now) or enter(usuario, target, now=now), 303)


@asked_above
def next_step(usuario: Usuario, target: str, now: datetime) -> str | None:
    """The page of another step, where a right password alone does not open an account.

    Whoever answers remembers in the browser's session who is coming in, and where they want to go.
    """
    return None


def enter(usuario: Usuario, target: str, *, now: datetime) -> str:
    """Sign somebody in who has proved all that is asked of them, and say where they go on."""
    times = count_attempt(ENTRO, usuario.id, window_of(now))
    with dispensable_transaction():
        note_login(usuario, times=times, now=now)
        sign_in(usuario, now=now)
    if not has_begun(usuario):
        lend(usuario, now=now)
    return target


def remember_login(usuario: Usuario, password: str) -> None:
    """Note that the password was right, for a token of the API.

    What cannot be written, as the database is full or read-only, keeps nobody out.
    """
    now = utcnow()
    times = count_attempt(ENTRO, usuario.id, window_of(now))
    with dispensable_transaction():
        renew_hash(usuario, password)
        note_login(usuario, times=times, now=now)


def sign_in(usuario: Usuario, *, now: datetime) -> None:
    """Begin a session of an account in this browser, which from now on is known to it.

    Inside the transaction that looked at what they proved it with; the browser is told after it.
    """
    begin(usuario, now=now)
    remember_device(usuario)


@bp.post("/salir")
@login_required
def logout() -> ResponseReturnValue:
    """End this session, and what else this browser had open: the magic link of a buffet.

    With ``todas`` all others of the person end as well, and the tokens of the API.
    """
    found, now = current_session(), utcnow()
    everywhere = request.form.get("todas") == "1"
    with transaction():
        if everywhere or (found is not None and found.id is None):
            close_sessions(current_user, FinSesion.CERRADA, actor=current_user, now=now)
        elif found is not None and found.id is not None:
            end_session(found.id, FinSesion.SALIDA, now=now)
    logout_user()
    session.clear()
    where = "todos sus equipos" if everywhere else "este equipo"
    tell(f"Cerró su sesión en {where}.", "info")
    response = redirect(url_for("home"), 303)
    # Not "storage": on a shared phone it holds the visits that another person has not sent yet; the
    # page takes away this person's. Not "cookies": that this device is known lets its owner in.
    response.headers["Clear-Site-Data"] = '"cache"'
    return response


def _where_they_were() -> str | None:
    """The page that a stranger asked for, or on which they sent a form: there they go on."""
    return request.full_path.rstrip("?") if is_read() and not is_htmx() else page_before()


def init_auth(app: Flask) -> None:
    """Load the signed-in person and send strangers to the sign-in page."""
    login.init_app(app)
    login.session_protection = None  # rows end sessions, not a browser's name

    login.user_loader(load_account)
    init_open_sessions(app)
    init_refusals(app)

    @login.unauthorized_handler
    def on_stranger() -> ResponseReturnValue:
        if wants_json():
            return error_response(401, "Debe identificarse.")
        target = url_for("auth.login_page", next=_where_they_were())
        if is_htmx():
            response = make_response("", 401)
            response.headers["HX-Redirect"] = target
        else:
            response = make_response(redirect(target, 303))
        if has_ended():
            # Nobody signed out, and what the browser keeps of their pages goes all the same.
            response.headers["Clear-Site-Data"] = '"cache"'
        return response
