"""Who may ask: a bearer token or key, never a cookie, so that no page asks in a person's name."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from functools import wraps
from typing import Any, TypeVar

from flask import Response, current_app, g, make_response, request
from flask.typing import ResponseReturnValue

from app.api.queries import find_key
from app.api.rules import KEY_PREFIX, Alcance, granted, mask_address, needed_for
from app.api.service import is_use_to_note, note_key_use
from app.api.v1.throttling import throttle_account, throttle_address
from app.api.v1.tokens import read_token
from app.auditoria.pages import note_look, note_shown
from app.auditoria.rules import CanalDivulgacion
from app.auditoria.service import Account
from app.buffets.permissions import Materia, buffet_reads
from app.core.clock import utcnow
from app.core.errors import NotFound, RastroError
from app.db import db, transaction
from app.extensions import current_config
from app.factores.rules import is_fresh
from app.oficios.models import Oficio
from app.oficios.permissions import can_see
from app.usuarios.models import Usuario
from app.usuarios.pages.refusals import ASKER
from app.usuarios.queries import find_by_session
from app.usuarios.rules import Rol
from app.web.error_pages import error_response

View = TypeVar("View", bound=Callable[..., Any])

#: The people of the firm.
STAFF = (Rol.ADMIN, Rol.INVESTIGADOR)

#: Answers that tell something, or that what the asker has still holds.
_TELLING = frozenset({200, 201, 202, 206, 304})

_UNKNOWN = (
    "Falta un token válido. Pídalo en POST /api/v1/auth/login y envíelo en la cabecera "
    "«Authorization: Bearer …»."
)
_LACKING = {
    Alcance.LECTURA: "Esta clave no puede leer. Pida al administrador una que también lea.",
    Alcance.ESCRITURA: "Esta clave solo puede leer. Pida al administrador una que también escriba.",
}
_EXPIRED = "Esta clave venció. Pida al administrador que la renueve."
_NO_RIGHTS_BY_KEY = (
    "Con una clave no se cambia quién entra ni qué puede hacer. Pida un token en "
    "POST /api/v1/auth/login con la cuenta de un administrador, o hágalo en la página «Personas»."
)
_NOT_FRESH = (
    "Esto no se puede deshacer y pide un token de hace 10 minutos a lo más, no una clave. Pídalo "
    "en POST /api/v1/auth/login con la cuenta de un administrador."
)


def readers(materia: Materia) -> tuple[Rol, ...]:
    """Whom ``bearer_required`` lets read a kind of data: everybody, or the firm alone."""
    return () if buffet_reads(materia) else STAFF


class Forbidden(RastroError):
    """The asker is known, and this is not theirs."""


def current_usuario() -> Usuario:
    """The account that the token of this request speaks for. Only inside a guarded view."""
    usuario: Usuario = g.api_usuario
    return usuario


def sees_personal_data() -> bool:
    """Whether the token or key of this request reads RUT, telephone and e-mail unmasked."""
    return Alcance.DATOS_PERSONALES in g.get("api_alcances", ())


def may_write() -> bool:
    """Whether the token or key of this request changes things, and is told what opens something."""
    return Alcance.ESCRITURA in g.get("api_alcances", ())


def refuse_keys() -> None:
    """Leave a deed about somebody's rights to a person who signed in.

    Raises:
        Forbidden: it is asked for with a key, which lies in a script for long.
    """
    if g.get("api_clave_id") is not None:
        raise Forbidden(_NO_RIGHTS_BY_KEY)


def need_fresh_token() -> None:
    """Leave a deed that nobody can undo to a person who proved a moment ago who they are.

    Raises:
        Forbidden: it is asked for with a key, or with a token that is not fresh any more.
    """
    if g.get("api_clave_id") is not None or not is_fresh(g.get("api_token_at"), utcnow()):
        raise Forbidden(_NOT_FRESH)


def bearer_required(*roles: Rol) -> Callable[[View], View]:
    """Let in who shows a living token or key and has one of the roles; without roles, everybody.

    401 says that nobody is known to ask, 403 that this person or their key may not, 429 that they
    asked too often. What a key or token needs follows from the method (``needed_for``).
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(*args: Any, **kwargs: Any) -> ResponseReturnValue:
            if too_many := throttle_address():
                return too_many
            usuario = _find_usuario()
            if isinstance(usuario, Response):
                return usuario
            setattr(g, ASKER, usuario.id)
            if too_many := throttle_account(usuario.id):
                return too_many
            if (needed := needed_for(request.method)) not in g.api_alcances:
                return error_response(403, _LACKING[needed])
            if roles and usuario.rol not in roles:
                return error_response(403)
            g.api_usuario = usuario
            answer: ResponseReturnValue = view(*args, **kwargs)
            _note_told(usuario, answer)
            return answer

        guarded.__roles__ = roles  # type: ignore[attr-defined]  # read by openapi.py
        return guarded  # type: ignore[return-value]  # wraps keeps the view's signature

    return decorate


def oficio_to_see(oficio_id: int) -> Oficio:
    """An oficio that the asker may read.

    Raises:
        NotFound: there is none of that id.
        Forbidden: it belongs to another buffet.
    """
    oficio = db.session.get(Oficio, oficio_id)
    if oficio is None:
        raise NotFound("Oficio no encontrado")
    if not can_see(current_usuario(), oficio):
        raise Forbidden("No tiene acceso a este oficio")
    return oficio


def _note_told(usuario: Usuario, answer: ResponseReturnValue) -> None:
    """Record what leaves by the API to a buffet's account or to a program with a key.

    Once an hour for each of them, route and case; the answer to a change tells as much as that to
    a question. The firm's own people ask as on the pages.
    """
    clave_id = g.get("api_clave_id")
    if usuario.is_staff and clave_id is None:
        return
    if make_response(answer).status_code not in _TELLING:
        return
    casos: set[int] = g.get("api_casos", set())
    named = (request.view_args or {}).get("oficio_id")
    oficio_id = named or (min(casos) if len(casos) == 1 else None)
    note_shown(
        CanalDivulgacion.API,
        _name_reading(),
        *_name_reader(usuario),
        actor=usuario,
        oficio_id=oficio_id,
        buffet_id=usuario.buffet_id,
        casos=casos - {oficio_id},
    )


def _name_reader(usuario: Usuario) -> tuple[str, str]:
    """Who is told, as a disclosure names them, and as its key does."""
    clave_id = g.get("api_clave_id")
    if clave_id is None:
        return usuario.email, f"cuenta {usuario.id}"
    return f"{usuario.email}, clave {clave_id}", f"clave {clave_id}"


def add_told_cases(casos: Collection[int]) -> None:
    """Say of which cases the answer tells, where no schema of it does."""
    g.setdefault("api_casos", set()).update(casos)


def reading_note(usuario: Usuario) -> Callable[[Collection[int]], bool] | None:
    """What writes down later, while an answer still goes on, of which cases it told.

    None for the firm's own people, who are recorded as on the pages.
    """
    if usuario.is_staff and g.get("api_clave_id") is None:
        return None
    what, (reader, who) = _name_reading(), _name_reader(usuario)
    actor, buffet_id = Account(usuario.id), usuario.buffet_id

    def note(casos: Collection[int]) -> bool:
        return note_look(
            CanalDivulgacion.API,
            what,
            reader,
            who,
            actor=actor,
            buffet_id=buffet_id,
            casos=casos,
        )

    return note


def _name_reading() -> str:
    """What was asked for, as the document of the API says it, with the name of the route."""
    endpoint = str(request.endpoint)
    gives: Any = getattr(current_app.view_functions[endpoint], "__gives__", None)
    words = re.split(r"[.,;:(]", gives.summary)[0].strip() if gives else "Leer"
    return f"{words} ({endpoint})"


def _find_usuario() -> Usuario | Response:
    """Who asks, or why nobody is let in."""
    header = request.authorization
    if header is None or header.type != "bearer" or not header.token:
        return _refuse_stranger()
    if header.token.startswith(KEY_PREFIX):
        return _find_by_key(header.token)
    token = read_token(
        header.token, str(current_app.secret_key), algorithm=current_config().algorithm
    )
    if token is None:
        return _refuse_stranger()
    g.api_alcances = granted(token.scopes)
    g.api_token_at = token.issued_at
    usuario = find_by_session(token.session_id)
    return usuario or _refuse_stranger()


def _find_by_key(key: str) -> Usuario | Response:
    clave = find_key(key)
    if clave is None:
        return _refuse_stranger()
    now = utcnow()
    if clave.vence_at <= now:
        return _refuse_stranger(_EXPIRED)
    g.api_clave_id = clave.id
    g.api_alcances = frozenset(clave.scopes)
    if request.method != "HEAD" and is_use_to_note(clave, now):
        clave_id = clave.id
        with transaction():
            note_key_use(clave_id, mask_address(request.remote_addr or ""), now=now)
    return clave.usuario


def _refuse_stranger(sentence: str = _UNKNOWN) -> Response:
    response = error_response(401, sentence)
    response.headers["WWW-Authenticate"] = "Bearer"
    return response
