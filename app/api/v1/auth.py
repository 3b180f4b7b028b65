"""Getting a token, and asking whose it is."""

from __future__ import annotations

from flask import current_app
from flask.typing import ResponseReturnValue

from app.api.v1.access import bearer_required, current_usuario
from app.api.v1.answering import answer
from app.api.v1.blueprint import ApiBlueprint
from app.api.v1.describing import gives
from app.api.v1.reading import takes
from app.api.v1.schemas.usuarios import Credentials, TokenShown, UsuarioShown
from app.api.v1.tokens import make_token
from app.core.clock import utcnow
from app.extensions import current_config
from app.factores.pages.proving import NotProved, prove
from app.factores.queries import factors_of, must_enrol
from app.usuarios.pages.signing_in import SignInRefused, check_credentials, remember_login
from app.web.error_pages import error_response

NEEDS_CODE = "La cuenta tiene un segundo factor: envíe también «codigo»."
NEEDS_FACTOR = "Active primero su segundo factor en la página de Rastro."

bp = ApiBlueprint("auth", __name__)


@bp.post("/auth/login")
@takes(body=Credentials)
@gives("Pedir un token con email y contraseña.", TokenShown, errors=(401, 403))
def login(body: Credentials) -> ResponseReturnValue:
    """A token for an e-mail and its password."""
    try:
        usuario = check_credentials(body.email, body.password)
    except SignInRefused as refused:
        return error_response(refused.status, refused.sentence)
    if factors_of(usuario.id).has_any:
        if not body.codigo:
            return error_response(401, NEEDS_CODE, reason="codigo_requerido")
        try:
            prove(usuario, code=body.codigo)
        except NotProved as wrong:
            return error_response(401, str(wrong), reason="codigo_equivocado")
    elif must_enrol(usuario):
        return error_response(403, NEEDS_FACTOR, reason="segundo_factor_por_activar")
    remember_login(usuario, body.password)
    token = make_token(
        usuario,
        str(current_app.secret_key),
        now=utcnow(),
        minutes=current_config().access_token_minutes,
        algorithm=current_config().algorithm,
        scopes=[alcance.value for alcance in body.alcances],
    )
    return answer(TokenShown(access_token=token, user=UsuarioShown.model_validate(usuario)))


@bp.get("/auth/me")
@bp.get("/usuarios/me", endpoint="usuarios_me")
@bearer_required()
@gives("Leer de quién es el token.", UsuarioShown)
def me() -> ResponseReturnValue:
    """Whose token this is."""
    return answer(UsuarioShown.model_validate(current_usuario()))
