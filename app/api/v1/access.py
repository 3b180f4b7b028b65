"""Who may ask: a bearer token, never a cookie, so that no page can ask in a person's name."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

from flask import current_app, g, request
from flask.typing import ResponseReturnValue

from app.api.v1.tokens import read_token
from app.extensions import current_config
from app.usuarios.models import Usuario
from app.usuarios.queries import find_by_session
from app.usuarios.rules import Rol
from app.web.errors import error_response

View = TypeVar("View", bound=Callable[..., Any])

#: The people of the firm.
STAFF = (Rol.ADMIN, Rol.INVESTIGADOR)

_UNKNOWN = (
    "Falta un token válido. Pídalo en POST /api/v1/auth/login y envíelo en la cabecera "
    "«Authorization: Bearer …»."
)


def current_usuario() -> Usuario:
    """The account that the token of this request speaks for. Only inside a guarded view."""
    usuario: Usuario = g.api_usuario
    return usuario


def bearer_required(*roles: Rol) -> Callable[[View], View]:
    """Let in who shows a living token and has one of the roles; without roles, everybody.

    401 says that nobody is known to ask, 403 that this person may not.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(*args: Any, **kwargs: Any) -> ResponseReturnValue:
            usuario = _find_usuario()
            if usuario is None:
                response = error_response(401, _UNKNOWN)
                response.headers["WWW-Authenticate"] = "Bearer"
                return response
            if roles and usuario.rol not in roles:
                return error_response(403)
            g.api_usuario = usuario
            answer: ResponseReturnValue = view(*args, **kwargs)
            return answer

        return guarded  # type: ignore[return-value]  # wraps keeps the view's signature

    return decorate


def _find_usuario() -> Usuario | None:
    header = request.authorization
    if header is None or header.type != "bearer" or not header.token:
        return None
    session_id = read_token(
        header.token, str(current_app.secret_key), algorithm=current_config().algorithm
    )
    return find_by_session(session_id) if session_id else None
