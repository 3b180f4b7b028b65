"""The session that a request comes with: begun, asked, confirmed and left here alone.

Flask-Login keeps who is signed in; what its cookie names is a row of ``sesiones``. Who wants to
know when this person last proved who they are asks ``confirmed_at()``; who has seen them prove it
calls ``confirm(now)``.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from flask import Flask, Response, g, has_request_context, request, session
from flask_login import current_user, login_user

from app.auditoria.rules import Origin
from app.core.clock import is_within, utcnow
from app.db import after_commit, dispensable_transaction
from app.usuarios.models import Sesion, Usuario
from app.usuarios.queries import find_by_session
from app.usuarios.queries.sesiones import find_open_session
from app.usuarios.rules.sesiones import (
    INSTALLED_WITHIN,
    SEEN_EVERY,
    TipoSesion,
    lend_session,
    mask_address,
    name_device,
    new_session_token,
    read_lent,
)
from app.usuarios.service.sesiones import confirm_session, note_seen, resume_session, start_session
from app.web.fragments import is_read

#: Where Flask-Login keeps what its ``user_loader`` is given.
_KEY = "_user_id"


@dataclass(frozen=True)
class OpenSession:
    """What a request knows of its session, whatever becomes of the row meanwhile."""

    #: None: it was lent, as nothing could be written, and has no row.
    id: int | None
    usuario_id: int
    tipo: TipoSesion
    created_at: datetime
    vista_at: datetime
    confirmada_at: datetime
    #: Whether this browser may keep pages; until the next request knows, it may not.
    keeps_pages: bool = False
    #: Whether this device may keep cases and what could not be sent. A lent session does not know:
    #: what a phone has kept is not thrown away for that.
    keeps_data: bool = True

    @classmethod
    def of(cls, sesion: Sesion) -> OpenSession:
        """As the row says now."""
        return cls(
            sesion.id,
            sesion.usuario_id,
            sesion.tipo,
            sesion.created_at,
            sesion.vista_at,
            sesion.confirmada_at,
            sesion.guarda_paginas,
            sesion.guarda_datos,
        )

    @classmethod
    def lent(cls, usuario: Usuario, now: datetime) -> OpenSession:
        """One without a row."""
        return cls(None, usuario.id, TipoSesion.ESCRITORIO, now, now, now)


def load_account(token: str) -> Usuario | None:
    """Whose the session is that a cookie names; None when it has ended."""
    now = utcnow()
    lent = read_lent(token, now)
    if lent is not None:
        usuario = find_by_session(lent[0])
        if usuario is not None:
            g.rastro_session = OpenSession.lent(usuario, lent[1])
        return usuario
    sesion = find_open_session(token, now=now)
    if sesion is None:
        return None
    g.rastro_session = OpenSession.of(sesion)
    return sesion.usuario


def current_session() -> OpenSession | None:
    """The session of this request; None for a stranger and for who asks with a token."""
    found: OpenSession | None = None
    if current_user.is_authenticated:
        found = g.get("rastro_session")
    return found


def has_ended() -> bool:
    """Whether this browser comes with a session that is over."""
    return _KEY in session and not current_user.is_authenticated


def confirmed_at() -> datetime | None:
    """When the person of this session last proved who they are (UTC); None without a session."""
    found = current_session()
    return found.confirmada_at if found else None


def begin(usuario: Usuario, *, now: datetime) -> None:
    """Sign somebody in in this browser once the transaction that is open has committed."""
    token = new_session_token()
    sesion = start_session(usuario, token, lugar=current_place(), equipo=current_device(), now=now)
    found = OpenSession.of(sesion)
    after_commit(lambda: _tell_browser(usuario, token, found))


def has_begun(usuario: Usuario) -> bool:
    """Whether ``begin`` came to its end in this request."""
    found: OpenSession | None = g.get("rastro_session")
    return found is not None and found.usuario_id == usuario.id


def lend(usuario: Usuario, *, now: datetime) -> None:
    """Sign somebody in for ``LENT`` without a row: a full database keeps nobody out."""
    _tell_browser(usuario, lend_session(usuario.get_id(), now), OpenSession.lent(usuario, now))


def confirm(now: datetime) -> None:
    """Remember that this session's person has proved now who they are. Inside a transaction.

    Raises:
        Refused: the session was ended meanwhile.
        RuntimeError: nobody is signed in.
    """
    found = current_session()
    if found is None:
        raise RuntimeError("nobody is signed in")
    usuario = current_user._get_current_object()
    if found.id is None:
        begin(usuario, now=now)
        return
    token = new_session_token()
    confirm_session(found.id, token, now=now)
    confirmed = replace(found, vista_at=now, confirmada_at=now)
    after_commit(lambda: _tell_browser(usuario, token, confirmed))


def may_keep_data() -> bool:
    """Whether this device may keep cases and forms for when they can be sent."""
    found = current_session()
    return found is None or found.keeps_data


def may_become_phone() -> bool:
    """Whether this session may become that of an installed phone: just begun or confirmed."""
    found = current_session()
    if found is None or found.id is None or found.tipo is TipoSesion.TELEFONO:
        return False
    return is_within(found.confirmada_at, utcnow(), INSTALLED_WITHIN)


def resume(sesion: Sesion, *, now: datetime) -> None:
    """Go on with the session of a phone in this browser, once the open transaction has committed.

    Raises:
        Refused: the session was ended meanwhile.
    """
    token = new_session_token()
    resume_session(sesion.id, token, lugar=current_place(), now=now)
    usuario, found = sesion.usuario, replace(OpenSession.of(sesion), vista_at=now)
    after_commit(lambda: _tell_browser(usuario, token, found))


def _tell_browser(usuario: Usuario, token: str, found: OpenSession) -> None:
    login_user(usuario)
    session[_KEY] = token
    g.rastro_session = found


def current_place() -> str:
    """The network that this request comes from."""
    return mask_address(request.remote_addr or "")


def current_device() -> str:
    """The browser that asks, in people's words."""
    return name_device(request.headers.get("User-Agent", ""))


def current_origin() -> Origin:
    """From where this request comes; nothing outside of one. A program says what it is by its key.

    ``find_origin`` is answered by it.
    """
    if not has_request_context():
        return Origin()
    is_program = g.get("api_clave_id") is not None
    return Origin(current_place(), "Programa, por la API" if is_program else current_device())


def init_open_sessions(app: Flask) -> None:
    """Have it written when a person last used their session."""

    @app.after_request
    def write_seen(response: Response) -> Response:
        found: OpenSession | None = g.get("rastro_session")
        now = utcnow()
        if found is not None and found.id is not None and _is_use(found, now):
            with dispensable_transaction():
                note_seen(found.id, lugar=current_place(), now=now)
        return response


def _is_use(found: OpenSession, now: datetime) -> bool:
    """Whether a person does something with it, and nobody wrote that down a moment ago."""
    return not is_within(found.vista_at, now, SEEN_EVERY) and is_by_a_person()


def is_by_a_person() -> bool:
    """Whether somebody opened a page or sent something; what open pages ask by themselves is none.

    Without this a board that was left open would keep its session for ever.
    """
    if request.method in {"HEAD", "OPTIONS"}:
        return False
    return (
        not is_read()
        or request.headers.get("Sec-Fetch-Mode", "navigate") == "navigate"
        or "Rastro-Persona" in request.headers
    )
