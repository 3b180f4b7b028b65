"""Proving who somebody is: the second step of signing in, and once more before what harms most."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import KW_ONLY, dataclass
from datetime import UTC, datetime
from typing import Any

from flask import (
    Blueprint,
    Flask,
    current_app,
    jsonify,
    make_response,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_login import current_user, login_required

from app.core.clock import is_within, utcnow
from app.core.errors import InvalidValue
from app.db import release, transaction
from app.factores.forms import ProofForm
from app.factores.outside import ask_for_key, check_key, is_first_use, read_key_number
from app.factores.queries import factors_of, find_key, must_enrol
from app.factores.rules import STEP_LIFE, Factors, is_fresh
from app.factores.service import note_key_used, use_code
from app.usuarios.models import Usuario
from app.usuarios.pages import check_own_password
from app.usuarios.pages.open_sessions import confirm, confirmed_at
from app.usuarios.pages.signing_in import INACTIVE, enter
from app.usuarios.pages.wrong_passwords import WrongPassword, counted_attempt, note_wrong_key
from app.usuarios.queries import find_by_session
from app.web.error_pages import HeldBack, error_response, wants_json
from app.web.fragments import is_htmx, is_read, local_path, page_before, see_other
from app.web.sentences import tell

bp = Blueprint("pasos", __name__)

#: Who has given the right password and comes in after the next step: account, when, where to.
_STEP = "factores_paso"
#: The question that the next passkey answers, and when it was put.
_CHALLENGE = "factores_desafio"
#: Whoever signed in like this may do nothing before they have a factor.
_ENROL = "factores_activar"
_PROOFS = frozenset({"confirmacion_codigo", "confirmacion_llave", "confirmacion_clave"})
#: What somebody may still do who has to get a factor.
_LEFT_OPEN = frozenset({"auth.logout", "static", "ajustes.logo", "health.health", "health.web"})


class NotProved(WrongPassword, InvalidValue):
    """What somebody gave does not prove that the account is theirs."""


def keep_challenge(options: Any) -> ResponseReturnValue:
    """Ask a browser something that its next answer must sign."""
    session[_CHALLENGE] = [options["challenge"], int(utcnow().timestamp())]
    response = make_response(jsonify(options))
    response.headers["Cache-Control"] = "no-store"
    return response


def take_challenge() -> str:
    """The question that an answer has to sign, once.

    Raises:
        NotProved: none was put, too long ago, or it was answered before.
    """
    kept = session.pop(_CHALLENGE, None)
    if kept is None or not is_within(_moment(kept[1]), utcnow(), STEP_LIFE):
        raise NotProved("Pasó demasiado tiempo: use otra vez su llave.")
    if not is_first_use(kept[0]):
        raise NotProved("Esa respuesta ya se usó: use otra vez su llave.")
    return str(kept[0])


@bp.post("/entrar/desafio")
def challenge() -> ResponseReturnValue:
    """What a passkey is shown with: to sign in, and to confirm."""
    return keep_challenge(ask_for_key())


@bp.post("/entrar/llave")
def sign_in_with_key() -> ResponseReturnValue:
    """Sign in with a passkey alone: it is what one has, and its PIN or finger what one is."""
    try:
        usuario = _owner_of_key(ProofForm().confirmacion_llave.data or "")
    except InvalidValue as wrong:
        note_wrong_key()
        tell(str(wrong))
        return redirect(url_for("auth.login_page"), 303)
    if not usuario.activo or (usuario.buffet is not None and not usuario.buffet.activo):
        tell(f"{INACTIVE}.")
        return redirect(url_for("auth.login_page"), 303)
    target = local_path(request.args.get("next", "")) or url_for("home")
    session.pop(_ENROL, None)
    return redirect(enter(usuario, target, now=utcnow()), 303)


@bp.route("/entrar/paso", methods=["GET", "POST"])
def second_step() -> ResponseReturnValue:
    """What comes after the right password, for an account that has a second factor."""
    found = _coming_in()
    if found is None:
        session.pop(_STEP, None)
        tell("Escriba primero su correo y su contraseña.", "info")
        return redirect(url_for("auth.login_page"), 303)
    usuario, target = found
    factors, form = factors_of(usuario.id), ProofForm()
    status, headers = 200, dict[str, str]()
    if not is_read():
        status, headers = _try_proof(usuario, factors, form)
        if status == 200:
            session.pop(_STEP, None)
            return redirect(enter(usuario, target, now=utcnow()), 303)
    page = render_template("factores/paso.html", form=form, factors=factors)
    return page, status, headers


@bp.route("/cuenta/confirmar", methods=["GET", "POST"])
@login_required
def confirm_page() -> ResponseReturnValue:
    """Prove again who one is, and go on to the page that was asked for."""
    target = local_path(request.args.get("next", "")) or url_for("home")
    asked = _Asked(
        has_file=request.args.get("archivo") == "1",
        before=local_path(request.args.get("desde", "")) or "",
    )
    form = ProofForm()
    if is_read():
        return _confirm_page(form, 200, {}, asked)
    status, headers = _try_proof(_own_account(), None, form, is_signed_in=True)
    if status == 200:
        return see_other(target)
    return _confirm_page(form, status, headers, asked)


def ask_before_going_on(*, has_file: bool) -> ResponseReturnValue | None:
    """Answers ``app.web.fresh.ask_again``."""
    if is_fresh(confirmed_at(), utcnow()):
        return None
    before = page_before() or ""
    if is_read():
        page = before if is_htmx() else request.full_path.rstrip("?")
        where = url_for(
            "pasos.confirm_page",
            next=page or "/",
            archivo=1 if has_file else None,
            desde=before or None if has_file else None,
        )
        return see_other(where)
    form, status, headers = ProofForm(), 422, dict[str, str]()
    if any(request.form.get(name) for name in _PROOFS):
        status, headers = _try_proof(_own_account(), None, form, is_signed_in=True)
        if status == 200:
            return None
    if is_htmx():
        # The whole page, so that what was typed in it comes along.
        headers |= {"HX-Retarget": "body", "HX-Reswap": "innerHTML", "HX-Push-Url": "false"}
        status = 422
    left_out = _PROOFS | {"csrf_token"}
    fields = [pair for pair in request.form.items(multi=True) if pair[0] not in left_out]
    asked = _Asked(request.full_path.rstrip("?"), fields, has_file=has_file, before=before)
    return _confirm_page(form, status, headers, asked)


def step_after_password(usuario: Usuario, target: str, now: datetime) -> str | None:
    """Answers ``app.usuarios.pages.signing_in.next_step``."""
    session.pop(_ENROL, None)
    if factors_of(usuario.id).has_any:
        session[_STEP] = [usuario.get_id(), int(now.timestamp()), target]
        return url_for("pasos.second_step")
    if must_enrol(usuario):
        session[_ENROL] = True
    return None


def is_enrolling() -> bool:
    """Whether this person may do nothing before they have a factor."""
    return bool(session.get(_ENROL))


def init_enrolling(app: Flask) -> None:
    """Keep who has to get a factor on the pages for that."""

    @app.before_request
    def lead_to_factors() -> ResponseReturnValue | None:
        if _ENROL not in session or not current_user.is_authenticated:
            return None
        if request.endpoint in _LEFT_OPEN or request.blueprint in {"factores", "pasos"}:
            return None
        if not must_enrol(_own_account()):
            session.pop(_ENROL)
            return None
        if wants_json():
            return error_response(403, "Active primero su segundo factor, en «Mi cuenta».")
        return see_other(url_for("factores.index"))


def prove(usuario: Usuario, *, code: str = "", answer: str = "") -> None:
    """Take a code or a passkey as the proof of an account, once. Call it outside a transaction.

    Raises:
        NotProved: it proves nothing; the attempt was counted.
        HeldBack: after too many wrong ones, whatever this one is.
    """
    email, usuario_id = usuario.email, usuario.id
    release()
    with counted_attempt(email, is_step=True):
        if answer:
            if _owner_of_key(answer).id != usuario_id:
                raise NotProved("Esa llave es de otra cuenta.")
            return
        with transaction():
            is_right = use_code(usuario_id, code, str(current_app.secret_key), now=utcnow())
        if not is_right:
            raise NotProved("Ese código no sirve: escriba uno nuevo.")


def _owner_of_key(answer: str) -> Usuario:
    """Whose the passkey is that a browser shows.

    Raises:
        NotProved: it is nobody's, or does not sign what it was asked.
    """
    asked = take_challenge()
    llave = find_key(read_key_number(answer))
    if llave is None:
        raise NotProved("Esa llave de acceso no está registrada en ninguna cuenta.")
    llave_id, usuario, before = llave.id, llave.usuario, llave.contador
    count = check_key(answer, asked, llave.clave_publica, before)
    if count is not None:
        with transaction():
            if note_key_used(llave_id, before, count, now=utcnow()):
                return usuario
    raise NotProved("No se pudo comprobar su llave de acceso: inténtelo otra vez.")


def _try_proof(
    usuario: Usuario, factors: Factors | None, form: ProofForm, *, is_signed_in: bool = False
) -> tuple[int, dict[str, str]]:
    """Judge what was sent: the HTTP status, 200 when it proves the account; the form says why not.

    Of who is signed in the session is confirmed, by the password where there is nothing else.
    """
    if not form.validate():
        return 422, {}
    factors = factors or factors_of(usuario.id)
    field = form.confirmacion_codigo if factors.has_any else form.confirmacion_clave
    try:
        if factors.has_any:
            code, answer = form.confirmacion_codigo.data, form.confirmacion_llave.data
            if not code and not answer:
                raise InvalidValue("Escriba un código o use su llave de acceso.")
            prove(usuario, code=code or "", answer=answer or "")
        elif is_signed_in:
            check_own_password(usuario, form.confirmacion_clave.data or "")
        if is_signed_in:
            with transaction():
                confirm(utcnow())
    except InvalidValue as wrong:
        field.errors = [str(wrong)]
        return 422, {}
    except HeldBack as held:
        form.form_errors.append(held.sentence)
        return 429, {"Retry-After": str(held.seconds)}
    return 200, {}


@dataclass(frozen=True)
class _Asked:
    """What somebody goes on to once they have confirmed."""

    #: Where the form goes that they sent; empty: they wanted to see a page.
    url: str = ""
    #: What they had typed.
    fields: Sequence[tuple[str, str]] = ()
    _: KW_ONLY
    #: A file comes, and the browser stays on the page where they confirm.
    has_file: bool = False
    #: The page where they asked for it.
    before: str = ""


def _confirm_page(
    form: ProofForm, status: int, headers: dict[str, str], asked: _Asked
) -> ResponseReturnValue:
    page = render_template(
        "factores/confirmar.html", form=form, factors=factors_of(current_user.id), asked=asked
    )
    return make_response(page, status, {"Cache-Control": "no-store", **headers})


def _coming_in() -> tuple[Usuario, str] | None:
    kept = session.get(_STEP)
    if kept is None or not is_within(_moment(kept[1]), utcnow(), STEP_LIFE):
        return None
    usuario = find_by_session(kept[0])
    return None if usuario is None else (usuario, local_path(kept[2]) or url_for("home"))


def _own_account() -> Usuario:
    usuario: Usuario = current_user._get_current_object()
    return usuario


def _moment(stamp: int) -> datetime:
    return datetime.fromtimestamp(stamp, UTC)
